import { HIDDEN } from '../engine/output.ts'
import type { Json } from '../engine/types.ts'

/** The texts of an output in their order, and all that an agent would see of it as one text. */
export interface Leaves {
  readonly texts: readonly string[]
  /** With these texts in the place of its own. */
  readonly whole: (texts: readonly string[]) => string
  /** The output in its shape, with these texts in the place of its own. */
  readonly rebuilt: (texts: readonly string[]) => Json
}

/** Take an output apart. Keys and numbers are judged with it, but nothing can stand in their place. */
export function leavesOf(output: Json): Leaves {
  const texts: string[] = []
  const fixed: string[] = []
  walk(output, (text) => texts.push(text), (text) => fixed.push(text))
  return {
    texts,
    whole: (given) => [...given, ...fixed].join('\n'),
    rebuilt: (given) => {
      let at = 0
      return mapTexts(output, () => given[at++] ?? HIDDEN)
    },
  }
}

/** The output with nothing of its texts. */
export function blanked(output: Json): Json {
  return mapTexts(output, (text) => text === '' ? '' : HIDDEN)
}

function walk(value: Json, text: (text: string) => void, fixed: (text: string) => void): void {
  if (typeof value === 'string') text(value)
  else if (typeof value === 'number') fixed(String(value))
  else if (Array.isArray(value)) { for (const one of value) walk(one, text, fixed) }
  else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) {
      fixed(key)
      walk(one, text, fixed)
    }
  }
}

function mapTexts(value: Json, text: (text: string) => string): Json {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map((one: Json) => mapTexts(one, text))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapTexts(one, text)]))
}

/** An output as one text, for hosts that take nothing else. */
export function shownText(output: Json): string {
  return typeof output === 'string' ? output : JSON.stringify(output)
}
