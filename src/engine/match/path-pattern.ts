/** A path glob as a tree; `path-glob.ts` turns it into states. */
export type Node =
  | { readonly kind: 'char'; readonly char: string }
  /** One character that is not `/`. */
  | { readonly kind: 'one' }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly Range[] }
  /** Any run inside one segment. */
  | { readonly kind: 'star' }
  /** Any run across segments. */
  | { readonly kind: 'deep' }
  | { readonly kind: 'all'; readonly nodes: readonly Node[] }
  | { readonly kind: 'any'; readonly options: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly min: 0 | 1; readonly many: boolean }

type Range = readonly [from: string, to: string]

/** Groups inside groups; deeper patterns are refused. */
const DEPTH_LIMIT = 16
const RANGE_LIMIT = 1000

/**
 * Parse picomatch's language (with `dot: true`): `*` `?` `[…]` `**` as a whole segment, `{a,b}`
 * `{1..9}`, `(a|b)` and the extglobs `@(…)` `?(…)` `*(…)` `+(…)`, `\` escapes. What never closes
 * stands for itself.
 *
 * @throws RangeError for `!(…)`, whose complement cannot be matched in one pass (`path_not_matches` says
 * the same), and for groups nested too deep.
 */
export function parsePathPattern(source: string): Node {
  return sequence(source, 0)
}

function sequence(source: string, depth: number): Node {
  if (depth > DEPTH_LIMIT) throw new RangeError(`Groups nest deeper than ${DEPTH_LIMIT}`)
  const nodes: Node[] = []
  for (let i = 0; i < source.length;) {
    const [node, next] = step(source, i, depth)
    nodes.push(node)
    i = next
  }
  return { kind: 'all', nodes }
}

function step(source: string, i: number, depth: number): readonly [Node, number] {
  const char = source[i]!
  if (char === '\\' && i + 1 < source.length) return [literal(source[i + 1]!), i + 2]
  return extglob(source, i, depth) ?? wildcard(source, i) ?? group(source, i, depth) ??
    [literal(char), i + 1]
}

function literal(char: string): Node {
  return { kind: 'char', char }
}

function wildcard(source: string, i: number): readonly [Node, number] | undefined {
  const char = source[i]!
  if (char === '/' && source.startsWith('**', i + 1)) {
    const end = starsEnd(source, i + 1)
    if (end === source.length || source[end] === '/') {
      const nodes: Node[] = [literal('/'), { kind: 'deep' }]
      return [{ kind: 'repeat', node: { kind: 'all', nodes }, min: 0, many: false }, end]
    }
  }
  if (char === '?') return [{ kind: 'one' }, i + 1]
  if (char !== '*') return undefined
  const end = starsEnd(source, i)
  if (i === 0 && end - i >= 2) {
    if (end === source.length) return [{ kind: 'deep' }, end]
    if (source[end] === '/') {
      const nodes: Node[] = [{ kind: 'deep' }, literal('/')]
      return [{ kind: 'repeat', node: { kind: 'all', nodes }, min: 0, many: false }, end + 1]
    }
  }
  const sole = (i === 0 || source[i - 1] === '/') && (end === source.length || source[end] === '/')
  // A whole segment is never empty.
  const nodes: Node[] = [{ kind: 'one' }, { kind: 'star' }]
  return [sole ? { kind: 'all', nodes } : { kind: 'star' }, end]
}

/** Behind a run of stars; the last one may belong to an extglob. */
function starsEnd(source: string, i: number): number {
  do i++
  while (source[i] === '*' && source[i + 1] !== '(')
  return i
}

function extglob(source: string, i: number, depth: number): readonly [Node, number] | undefined {
  const sign = source[i]!
  if (!'@?*+!'.includes(sign) || source[i + 1] !== '(') return undefined
  const end = closing(source, i + 1)
  if (end < 0) return undefined
  if (sign === '!') throw new RangeError('"!(…)" is not supported: use path_not_matches')
  const node = options(source.slice(i + 2, end), '|', depth)
  const next = end + 1
  if (sign === '@') return [node, next]
  const min = sign === '+' ? 1 : 0
  return [{ kind: 'repeat', node, min, many: sign !== '?' }, next]
}

function group(source: string, i: number, depth: number): readonly [Node, number] | undefined {
  const char = source[i]!
  if (char === '[') return classAt(source, i)
  if (char !== '(' && char !== '{') return undefined
  const end = closing(source, i)
  if (end < 0) return undefined
  const body = source.slice(i + 1, end)
  if (char === '(') return [options(body, '|', depth), end + 1]
  if (splitAt(body, ',').length > 1) return [options(body, ',', depth), end + 1]
  const range = rangeOf(body)
  return range && [range, end + 1]
}

function options(body: string, separator: string, depth: number): Node {
  const list = splitAt(body, separator).map((option) => sequence(option, depth + 1))
  return { kind: 'any', options: list }
}

/** Index of the bracket that closes the one at `open`, or -1. */
function closing(source: string, open: number): number {
  let depth = 0
  for (let i = open; i < source.length; i++) {
    const char = source[i]!
    if (char === '\\') i++
    else if (char === '(' || char === '{') depth++
    else if (char === ')' || char === '}') {
      if (--depth === 0) return i
    }
  }
  return -1
}

function splitAt(body: string, separator: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < body.length; i++) {
    const char = body[i]!
    if (char === '\\') i++
    else if (char === '(' || char === '{') depth++
    else if (char === ')' || char === '}') depth--
    else if (char === separator && depth === 0) {
      parts.push(body.slice(start, i))
      start = i + 1
    }
  }
  return [...parts, body.slice(start)]
}

function rangeOf(body: string): Node | undefined {
  const letters = /^([a-zA-Z])\.\.([a-zA-Z])$/.exec(body)
  if (letters) return { kind: 'class', negated: false, ranges: [[letters[1]!, letters[2]!]] }
  const numbers = /^(-?\d{1,9})\.\.(-?\d{1,9})$/.exec(body)
  if (!numbers) return undefined
  const [from, to] = [Number(numbers[1]), Number(numbers[2])].sort((a, b) => a - b) as [
    number,
    number,
  ]
  if (to - from >= RANGE_LIMIT) throw new RangeError(`A range has more than ${RANGE_LIMIT} numbers`)
  const list = Array.from({ length: to - from + 1 }, (_, n) => sequence(String(from + n), 1))
  return { kind: 'any', options: list }
}

function classAt(source: string, open: number): readonly [Node, number] | undefined {
  let i = open + 1
  const negated = source[i] === '!' || source[i] === '^'
  if (negated) i++
  const chars: { readonly char: string; readonly escaped: boolean }[] = []
  for (; i < source.length; i++) {
    const char = source[i]!
    if (char === ']' && chars.length > 0) {
      return [{ kind: 'class', negated, ranges: rangesOf(chars) }, i + 1]
    }
    if (char === '\\' && i + 1 < source.length) chars.push({ char: source[++i]!, escaped: true })
    else chars.push({ char, escaped: false })
  }
  return undefined
}

function rangesOf(chars: readonly { char: string; escaped: boolean }[]): Range[] {
  const ranges: Range[] = []
  for (let i = 0; i < chars.length; i++) {
    const from = chars[i]!.char
    const [dash, to] = [chars[i + 1], chars[i + 2]]
    if (dash?.char === '-' && !dash.escaped && to !== undefined) {
      ranges.push([from, to.char])
      i += 2
    } else ranges.push([from, from])
  }
  return ranges
}
