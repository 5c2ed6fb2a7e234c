import { compileCommandGlob } from './match/command-glob.ts'
import type { ContextTest } from './policy-set.ts'
import type { Json } from './types.ts'

export interface CountWindow {
  readonly tool?: string | undefined
  readonly gte: number
  readonly window: string
}

/**
 * `tool_param_matches`: every entry's dotted path must lead to a value that one of its globs matches,
 * letter case aside. Through a list the path goes by index, or into any element.
 */
export function paramMatcher(entries: Readonly<Record<string, readonly string[]>>): ContextTest {
  const compiled = Object.entries(entries).map(([path, sources]) => ({
    path,
    keys: path.split('.'),
    globs: sources.map((source) => compileCommandGlob(source.toLowerCase())),
  }))
  return ({ call, stance }) => {
    for (const { keys, globs } of compiled) {
      const texts = textsAt(call.params, keys)
      const meets = (text: string) => globs.some((glob) => glob.test(text.toLowerCase()))
      const held = stance === 'permissive'
        ? texts.length > 0 && texts.every(meets)
        : texts.some(meets)
      if (!held) return null
    }
    return `parameters match ${compiled.map(({ path }) => path).join(', ')}`
  }
}

/** Longest list whose elements are looked at one by one. */
const ELEMENTS = 10_000

function textsAt(value: Json | undefined, keys: readonly string[]): string[] {
  if (value === undefined) return []
  const [key, ...rest] = keys
  if (Array.isArray(value)) {
    const index = key !== undefined && /^\d+$/.test(key) ? Number(key) : undefined
    if (index !== undefined) return textsAt(value[index], rest)
    return value.slice(0, ELEMENTS).flatMap((element: Json) => textsAt(element, keys))
  }
  if (key === undefined) {
    return [typeof value === 'string' ? value : JSON.stringify(value)]
  }
  if (value === null || typeof value !== 'object') return []
  return Object.hasOwn(value, key)
    ? textsAt((value as Readonly<Record<string, Json>>)[key], rest)
    : []
}
