import { matchSegments, meets, type Segment, segmentsOf } from './segments.ts'

/** Compiled command glob: anchored at both ends, linear in the text for every pattern users write. */
export interface CommandGlob {
  readonly source: string
  /** The longest run of literal characters that every match holds; '' when there is none. */
  readonly literal: string
  /**
   * Whether the whole text matches. With `fences`, no wildcard may stand for a character inside one
   * of these ranges: it must be met by a literal (semantics.md 4).
   */
  readonly test: (text: string, fences?: Fences) => boolean
}

type Fences = readonly (readonly [start: number, end: number])[]

/** One element of a pattern: a literal character, any one character, a class, or any run. */
export type Atom =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'one' }
  | {
    readonly kind: 'class'
    readonly negated: boolean
    readonly ranges: readonly [string, string][]
  }
  | { readonly kind: 'star' }

/** Longest pattern accepted, in characters. */
export const GLOB_LIMIT = 8192

/**
 * Compile a command glob (contract.md): `*` any run of characters, also `/` and blanks, `?` one,
 * `[a-z]` a class (`[!…]` or `[^…]` negates), `\` escapes the next character. A `[` that is never
 * closed stands for itself.
 *
 * @throws RangeError when the pattern is longer than `GLOB_LIMIT`.
 */
export function compileCommandGlob(source: string): CommandGlob {
  if (source.length > GLOB_LIMIT) {
    throw new RangeError(
      `Glob is longer than ${GLOB_LIMIT} characters: it has ${source.length}`,
    )
  }
  const literal = globLiteral(source)
  if (!SPECIAL.test(source)) return { source, literal, test: (text) => text === source }
  // Most globs of a policy never meet a text that holds their literal: they are not taken apart.
  let atoms: Atom[] | undefined
  const runs = /[?[\\]/.test(source) ? undefined : source.split('*')
  let segments: Segment[] | undefined
  return {
    source,
    literal,
    test: (text, fences = NO_FENCES) => {
      if (runs !== undefined && fences.length === 0) return holdsRuns(runs, text)
      if (!text.includes(literal)) return false
      atoms ??= parseGlob(source)
      return fences.length === 0
        ? matchSegments(segments ??= segmentsOf(atoms), text)
        : matchAtoms(atoms, text, fences)
    },
  }
}

const SPECIAL = /[*?[\\]/
const NO_FENCES: Fences = []

/** A glob of nothing but stars between texts: each is looked for behind the one before it. */
function holdsRuns(runs: readonly string[], text: string): boolean {
  const last = runs.length - 1
  let at = runs[0]!.length
  const end = text.length - runs[last]!.length
  if (end < at || !text.startsWith(runs[0]!) || !text.endsWith(runs[last]!)) return false
  for (let i = 1; i < last; i++) {
    const found = text.indexOf(runs[i]!, at)
    if (found < 0) return false
    at = found + runs[i]!.length
  }
  return at <= end
}

/** The glob that only this text meets. */
export function plainGlob(text: string): string {
  return text.replaceAll(/[*?[\\]/g, '\\$&')
}

/** The `literal` of the glob without the glob. */
export function globLiteral(source: string): string {
  if (/[?[\\]/.test(source)) return longestLiteral(parseGlob(source))
  return source.includes('*') ? longest(source.split('*')) : source
}

function longest(texts: readonly string[]): string {
  return texts.reduce((best, text) => text.length > best.length ? text : best, '')
}

/** A glob in its elements; of stars side by side only one is kept. */
export function parseGlob(source: string): Atom[] {
  const atoms: Atom[] = []
  for (let i = 0; i < source.length; i++) {
    const char = source[i]!
    if (char === '*') {
      if (atoms.at(-1)?.kind !== 'star') atoms.push({ kind: 'star' })
    } else if (char === '?') {
      atoms.push({ kind: 'one' })
    } else if (char === '\\' && i + 1 < source.length) {
      atoms.push({ kind: 'char', char: source[++i]! })
    } else if (char === '[') {
      const end = classEnd(source, i)
      if (end < 0) atoms.push({ kind: 'char', char })
      else {
        atoms.push(parseClass(source.slice(i + 1, end)))
        i = end
      }
    } else {
      atoms.push({ kind: 'char', char })
    }
  }
  return atoms
}

/** The index of the `]` that closes the class at `open`, or -1. A `]` right after the `[` is literal. */
function classEnd(source: string, open: number): number {
  let i = open + 1
  if (source[i] === '!' || source[i] === '^') i++
  if (source[i] === ']') i++
  for (; i < source.length; i++) {
    if (source[i] === '\\') i++
    else if (source[i] === ']') return i
  }
  return -1
}

function parseClass(body: string): Atom {
  const negated = body[0] === '!' || body[0] === '^'
  const chars: { char: string; escaped: boolean }[] = []
  for (let i = negated ? 1 : 0; i < body.length; i++) {
    if (body[i] === '\\' && i + 1 < body.length) chars.push({ char: body[++i]!, escaped: true })
    else chars.push({ char: body[i]!, escaped: false })
  }
  const ranges: [string, string][] = []
  for (let i = 0; i < chars.length; i++) {
    const from = chars[i]!.char
    const dash = chars[i + 1]
    const to = chars[i + 2]
    if (dash?.char === '-' && !dash.escaped && to !== undefined) {
      ranges.push([from, to.char])
      i += 2
    } else {
      ranges.push([from, from])
    }
  }
  return { kind: 'class', negated, ranges }
}

function longestLiteral(atoms: readonly Atom[]): string {
  let best = ''
  let run = ''
  for (const atom of atoms) {
    run = atom.kind === 'char' ? run + atom.char : ''
    if (run.length > best.length) best = run
  }
  return best
}

/**
 * With fences: greedy with one backtrack point, so the cost is at most pattern × text. Commands come
 * from the agent: a RegExp here would let it choose its own worst case.
 */
function matchAtoms(atoms: readonly Atom[], text: string, fences: Fences): boolean {
  let p = 0
  let t = 0
  let star = -1
  let resume = 0
  while (t < text.length) {
    const atom = atoms[p]
    if (atom?.kind === 'star') {
      star = p++
      resume = t
    } else if (atom !== undefined && meets(atom, text[t]!) && !blocked(atom, t, fences)) {
      p++
      t++
    } else if (star >= 0 && !inFence(resume, fences)) {
      p = star + 1
      t = ++resume
    } else {
      return false
    }
  }
  while (atoms[p]?.kind === 'star') p++
  return p === atoms.length
}

function blocked(atom: Atom, index: number, fences: Fences): boolean {
  return atom.kind !== 'char' && inFence(index, fences)
}

function inFence(index: number, fences: Fences): boolean {
  return fences.some(([start, end]) => start <= index && index < end)
}
