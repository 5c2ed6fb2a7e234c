import { type TokenRule, TOKENS } from './rules.ts'
import { ALNUM, BACKSLASH, bitOf, DOTS, isDigit, isIn, isLetter, type Reading } from './text.ts'

/** A prefix, with what its rule says in one shape for all of them: this is read often. */
interface Start {
  readonly id: string
  readonly prefix: string
  /** Of the second letter of the pair that it is found by. */
  readonly offset: number
  /** Of the letters of its body. */
  readonly bit: number
  readonly least: number
  readonly most: number
  readonly stretch: boolean
  readonly dots: number
  readonly keep: boolean
}

/** The rarest pairs of letters: an underscore, a dash or a dot, else what prose has least. */
const RARE = '_-.~'
const RARE_LETTERS = 'zqjxkJKZQXWPGITS8p'

/** Every prefix by the pair of letters that it is found by; longer ones first. */
export const TOKEN_STARTS: ReadonlyMap<number, readonly Start[]> = startsOf(TOKENS)

function startsOf(rules: readonly TokenRule[]): Map<number, Start[]> {
  const starts = new Map<number, Start[]>()
  for (const rule of rules) {
    for (const prefix of rule.prefix) {
      const start = startOf(rule, prefix)
      const { offset } = start
      const pair = (prefix.charCodeAt(offset - 1) << 7) | prefix.charCodeAt(offset)
      const known = starts.get(pair) ?? []
      known.push(start)
      starts.set(pair, known.sort((a, b) => b.prefix.length - a.prefix.length))
    }
  }
  return starts
}

function startOf(rule: TokenRule, prefix: string): Start {
  return {
    id: rule.id,
    prefix,
    offset: rareOffset(prefix),
    bit: bitOf(rule.body),
    least: rule.least,
    most: rule.most ?? 1e9,
    stretch: rule.stretch ?? false,
    dots: rule.dots ?? 0,
    keep: rule.keep ?? false,
  }
}

function rareOffset(prefix: string): number {
  for (const letters of [RARE, ...RARE_LETTERS]) {
    for (let at = 1; at < prefix.length; at++) if (letters.includes(prefix[at]!)) return at
  }
  throw new Error(`${prefix} has no rare letter`)
}

/** For each pair, and for each letter behind it, the prefixes that may stand there: made when it is met. */
const BY_PAIR: (readonly (readonly Start[])[] | undefined)[] = new Array(1 << 14).fill(undefined)

function startsAt(pair: number): readonly (readonly Start[])[] {
  const starts = TOKEN_STARTS.get(pair)!
  const before = (next: number) =>
    starts.filter(({ prefix, offset }) =>
      prefix.length === offset + 1 || prefix.charCodeAt(offset + 1) === next
    )
  // Behind nearly every letter stand those that end with the pair.
  const lists: (readonly Start[])[] = new Array(128).fill(before(-1))
  for (const { prefix, offset } of starts) {
    if (prefix.length === offset + 1) continue
    const next = prefix.charCodeAt(offset + 1)
    lists[next] = before(next)
  }
  return BY_PAIR[pair] = lists
}

const NOTHING: readonly Start[] = []

/** Look for a token around a pair that ends at `at`; where to go on. */
export function findToken(reading: Reading, at: number, pair: number): number {
  const { text } = reading
  const starts = (BY_PAIR[pair] ?? startsAt(pair))[reading.code(at + 1)] ?? NOTHING
  for (let i = 0; i < starts.length; i++) {
    const one = starts[i]!
    const start = at - one.offset
    // In a flood of prefixes most are followed by nothing, which is known from the first.
    if (one.stretch && start < reading.barren) continue
    if (start < reading.tokenEnd || !isAround(text, one, start)) continue
    const body = start + one.prefix.length
    const end = bodyEnd(reading, one, body)
    if (end < 0 || !(one.keep || isLeftFree(text, start))) continue
    reading.tokenEnd = end
    reading.add(one.id, 'bare', [one.keep ? body : start, end])
    return end - 1
  }
  return at
}

/** Whether the rest of a prefix stands around its pair; the letter behind it was compared too. */
function isAround(text: string, { prefix, offset }: Start, start: number): boolean {
  for (let i = offset - 2; i >= 0; i--) {
    if (text.charCodeAt(start + i) !== prefix.charCodeAt(i)) return false
  }
  for (let i = offset + 2; i < prefix.length; i++) {
    if (text.charCodeAt(start + i) !== prefix.charCodeAt(i)) return false
  }
  return true
}

/** Where the body ends that begins there, -1 where it is none of this rule. */
function bodyEnd(reading: Reading, one: Start, body: number): number {
  const { bit, least, most, stretch, dots } = one
  const runEnd = reading.runEnd(bit, body)
  if (runEnd - body < least) return -1
  const found = bit === DOTS ? reading.dotsBefore(body, runEnd) : undefined
  // Dots at its end are those of a sentence.
  const end = found === undefined ? runEnd : found.end
  if (end - body < least || end - body > most) return -1
  if (bit !== ALNUM && isIn(ALNUM, reading.code(end))) return -1
  if (stretch && !hasStretch(reading, body, end)) return -1
  if (dots > 0 && !((found?.at[dots - 1] ?? -1) > body)) return -1
  return end
}

/** How far into a body its first stretch may end. */
const LOOKED = 128

function hasStretch(reading: Reading, body: number, end: number): boolean {
  const found = reading.stretchEnd(body, end)
  return found >= 0 && found - body <= LOOKED
}

/** Whether a token may begin here: behind no letter or digit, unless that is the end of an escape. */
export function isLeftFree(text: string, start: number): boolean {
  const before = start === 0 ? 0 : text.charCodeAt(start - 1)
  if (!isLetter(before) && !isDigit(before)) return true
  if (text.charCodeAt(start - 2) === BACKSLASH) return 'ntrbf'.includes(text[start - 1]!)
  return /(?:%|\\x|\\u00)[0-9A-Fa-f]{2}$/.test(text.slice(Math.max(0, start - 6), start))
}
