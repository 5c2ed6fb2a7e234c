import { type Automaton, automatonOf } from './automaton.ts'
import type { Node } from './path-pattern.ts'

/** Not a dot: what a wildcard in front of a name stands for. */
const NO_DOT: Node = { kind: 'class', negated: true, ranges: [['.', '.']] }

/** A shell's pattern for names of files, with what can be said of it at a glance. */
export interface FilePattern {
  readonly text: string
  /** What is plain in front of its first wildcard and behind its last. */
  readonly front: string
  readonly back: string
  /** Some segment of it may begin with a dot. */
  readonly dotted: boolean
  /** It says nothing about the last name: `*`, `.*`, `[^.]*`. */
  readonly takesAll: boolean
  /** The directory it stands in. */
  readonly directory: () => FilePattern
  readonly automaton: () => Automaton
}

/** Read a pattern; its automaton is built when something may meet it. */
export function filePattern(text: string): FilePattern {
  let automaton: Automaton | undefined
  let directory: FilePattern | undefined
  return {
    text,
    front: plainFront(text, '*?['),
    back: plainBack(text, '*?]'),
    dotted: /(?:^|\/)[.[]/.test(text),
    takesAll: /(?:^|\/)\.{0,2}(?:[*?]|\[[^\]/]*\])+$/.test(text),
    directory: () => directory ??= filePattern(text.slice(0, Math.max(0, text.lastIndexOf('/')))),
    automaton: () => automaton ??= automatonFor(text),
  }
}

/** The text in front of the first of these characters. */
export function plainFront(text: string, special: string): string {
  let end = 0
  while (end < text.length && !special.includes(text[end]!)) end++
  return text.slice(0, end)
}

/** The text behind the last of these characters. */
export function plainBack(text: string, special: string): string {
  let start = text.length
  while (start > 0 && !special.includes(text[start - 1]!)) start--
  return text.slice(start)
}

/**
 * `*` and `?` stay inside a segment, and none in front of a segment meets a dot (POSIX 2.14.3).
 */
function automatonFor(text: string): Automaton {
  const nodes: Node[] = []
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    const first = i === 0 || text[i - 1] === '/'
    if (char === '*') {
      while (text[i + 1] === '*') i++
      if (!first) nodes.push({ kind: 'star' })
      else nodes.push(leadingStar(text[i + 1]))
    } else if (char === '?') nodes.push(first ? NO_DOT : { kind: 'one' })
    else if (char === '[' && text.indexOf(']', i + 2) > 0) {
      const end = text.indexOf(']', i + 2)
      nodes.push(classOf(text.slice(i + 1, end)))
      i = end
    } else nodes.push({ kind: 'char', char })
  }
  return automatonOf({ kind: 'all', nodes })
}

/** In front of a segment it is nothing, or a name without a dot; nothing only where a letter follows. */
function leadingStar(next: string | undefined): Node {
  const some: Node = { kind: 'all', nodes: [NO_DOT, { kind: 'star' }] }
  if (next === undefined || '/.[?'.includes(next)) return some
  return { kind: 'any', options: [{ kind: 'all', nodes: [] }, some] }
}

/** Classes by name (`[:alpha:]`) are rare: any character may be in them. */
function classOf(body: string): Node {
  if (body.includes('[:')) return { kind: 'one' }
  const negated = body.startsWith('!') || body.startsWith('^')
  const chars = negated ? body.slice(1) : body
  const ranges: [string, string][] = []
  for (let i = 0; i < chars.length; i++) {
    const range = chars[i + 1] === '-' && i + 2 < chars.length
    ranges.push([chars[i]!, range ? chars[i + 2]! : chars[i]!])
    if (range) i += 2
  }
  return { kind: 'class', negated, ranges }
}
