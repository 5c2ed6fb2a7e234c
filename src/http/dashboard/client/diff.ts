import { type Child, h } from './dom.ts'
import { brief, shown } from './shown.ts'
import type { Json } from './wire.ts'

/** Beyond so many pairs of lines they are not compared: all old ones, then all new ones. */
const PAIRS = 250_000
/** Lines that are drawn at first. */
const DRAWN = 400
/** Characters of a line that are drawn at first. */
const LONG = 2000

export interface Line {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

/** The lines of both texts: kept, removed, added (longest common subsequence). */
export function diffLines(before: string, after: string): readonly Line[] {
  const [old, fresh] = [linesOf(before), linesOf(after)]
  if (old.length * fresh.length > PAIRS) {
    return [
      ...old.map((text) => ({ sign: '-', text }) as const),
      ...fresh.map((text) => ({ sign: '+', text }) as const),
    ]
  }
  const width = fresh.length + 1
  const common = new Uint32Array((old.length + 1) * width)
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      common[i * width + j] = old[i] === fresh[j]
        ? common[(i + 1) * width + j + 1]! + 1
        : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!)
    }
  }
  return walk(old, fresh, common)
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split('\n')
}

function walk(old: readonly string[], fresh: readonly string[], common: Uint32Array): Line[] {
  const width = fresh.length + 1
  const lines: Line[] = []
  let i = 0
  let j = 0
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      lines.push({ sign: ' ', text: old[i]! })
      i++
      j++
    } else if (
      j >= fresh.length ||
      (i < old.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!)
    ) {
      lines.push({ sign: '-', text: old[i++]! })
    } else lines.push({ sign: '+', text: fresh[j++]! })
  }
  return lines
}

/** What a call would write, as far as its parameters say; undefined where they say nothing of it. */
export function changesOf(
  params: Readonly<Record<string, Json>>,
): readonly (readonly Line[])[] | undefined {
  const edits = Array.isArray(params.edits) ? params.edits as readonly Json[] : [params]
  const changes = edits.flatMap((edit) => {
    if (edit === null || typeof edit !== 'object') return []
    const { old_string, new_string } = edit as Record<string, Json>
    return typeof old_string === 'string' && typeof new_string === 'string'
      ? [diffLines(old_string, new_string)]
      : []
  })
  if (changes.length > 0) return changes
  const content = params.content ?? params.contents ?? params.file_text
  return typeof content === 'string' ? [diffLines('', content)] : undefined
}

const WORDS = { ' ': '', '-': 'removed: ', '+': 'added: ' } as const
const CLASSES = { ' ': 'same', '-': 'del', '+': 'add' } as const

/** Head and tail of a long one, all of it on demand. */
export function diffBlock(lines: readonly Line[]): HTMLElement {
  const pre = h('pre', { class: 'code diff', tabindex: 0, role: 'region', 'aria-label': 'Changes' })
  const draw = (some: readonly Line[], all = false): Child[] =>
    some.map(({ sign, text }) =>
      h(
        'span',
        { class: CLASSES[sign] },
        h('span', { class: 'sr' }, WORDS[sign]),
        h('span', { 'aria-hidden': 'true' }, `${sign} `),
        all ? shown(text) : brief(text, LONG),
        '\n',
      )
    )
  const box = h('div', { class: 'block' }, pre)
  if (lines.length <= DRAWN && lines.every(({ text }) => text.length <= LONG)) {
    pre.append(...draw(lines) as Node[])
    return box
  }
  const half = DRAWN / 2
  const left = lines.length - DRAWN
  pre.append(
    ...draw(lines.slice(0, left > 0 ? half : DRAWN)) as Node[],
    ...left > 0
      ? [
        h('span', { class: 'cut' }, `… ${left} more lines …\n`),
        ...draw(lines.slice(-half)) as Node[],
      ]
      : [],
  )
  const all = h('button', {
    class: 'quiet',
    onclick: () => {
      pre.replaceChildren(...draw(lines, true) as Node[])
      all.remove()
    },
  }, lines.length === 1 ? 'Show all of the line' : `Show all of ${lines.length} lines`)
  box.append(all)
  return box
}
