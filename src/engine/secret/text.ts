import type { Alphabet } from './rules.ts'

/** Where a secret stands: in a place that is only ever data, or in one that may be run. */
export type Place = 'data' | 'variable' | 'bare' | 'key' | 'known'

export interface Finding {
  /** The rule's id. */
  readonly rule: string
  readonly place: Place
  readonly start: number
  readonly end: number
  /** The variable that holds it, whose expansion may run it. */
  readonly name?: string | undefined
}

/** How what stands in the place of a secret begins. */
export const MARK = '[redacted-'
const MARKS = /\[redacted-\d{1,9}(?:-\w{1,24})?\]/g
const MARK_START = /^\[redacted-\d{1,9}(?:-\w{1,24})?\]/
const MARK_END = /\[redacted-\d{1,9}(?:-\w{1,24})?\]$/
const LONGEST_MARK = 48

/** Whether a mark stands in the text. */
export function hasMark(text: string): boolean {
  return text.includes(MARK) && text.search(MARKS) >= 0
}

export function startsMark(text: string): boolean {
  return text.startsWith(MARK) && MARK_START.test(text)
}

/** Whether a mark ends there, behind its bracket: it stands for literal text. */
export function endsMark(text: string, end: number): boolean {
  return MARK_END.test(text.slice(Math.max(0, end - LONGEST_MARK), end))
}

/** No character of a literal: what ends a word, and what a shell acts on. */
const ENDS = ' \t\n\r\'";|&<>)]},'
const ACTIVE = '$`({\\'

const END = 1
const ACTS = 2
const KINDS = new Uint8Array(128)
for (const character of ENDS) KINDS[character.charCodeAt(0)] = END
for (const character of ACTIVE) KINDS[character.charCodeAt(0)] = ACTS

/** From where to where, two and two. */
const LETTERS: Readonly<Record<Alphabet, string>> = {
  alnum: 'AZaz09',
  upper: 'AZ09',
  digit: '09',
  hex: '09af',
  word: 'AZaz09__--',
  dots: 'AZaz09__..--',
  base64: 'AZaz09__++//==--',
  path: 'AZaz09__//--',
}

const ALPHABETS = Object.keys(LETTERS) as Alphabet[]
/** For each character one bit for each alphabet that has it. */
const BITS = new Uint16Array(128)
ALPHABETS.forEach((name, index) => {
  const ranges = LETTERS[name]
  for (let i = 0; i < ranges.length; i += 2) {
    const last = ranges.charCodeAt(i + 1)
    for (let code = ranges.charCodeAt(i); code <= last; code++) BITS[code]! |= 1 << index
  }
})

/** The bit of an alphabet, which is how it is named where it is used often. */
export function bitOf(alphabet: Alphabet): number {
  return 1 << ALPHABETS.indexOf(alphabet)
}

export function isIn(bit: number, code: number): boolean {
  return code < 128 && (BITS[code]! & bit) !== 0
}

export const ALNUM: number = bitOf('alnum')
export const WORD: number = bitOf('word')
export const DOTS: number = bitOf('dots')
export const BASE64: number = bitOf('base64')

/** No blank, no quote, nothing that a shell acts on. */
export function isLiteral(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 128 && KINDS[code] !== 0) return false
  }
  return true
}

/** A short option of a program that holds a secret. */
export interface ShortOption {
  readonly letter: string
  /** Without a blank, or only with one. */
  readonly glued: boolean
}

/** What a command that begins at `from` says of short options. */
export interface CommandWords {
  readonly from: number
  readonly options: readonly ShortOption[]
  /** Its `-u` takes `name:secret`. */
  readonly hasUsers: boolean
}

/** The last two dots, from behind, and where the run ends without those that end it. */
interface Dots {
  readonly end: number
  readonly at: readonly number[]
}

/**
 * A text that is being looked through, with what was found. Ends of runs are remembered, so that many
 * looks from within one run cost no more than one.
 */
export class Reading {
  readonly text: string
  readonly findings: Finding[] = []
  /** Of the run last looked at, by the bit of its alphabet. */
  readonly #runFrom = new Int32Array(16)
  readonly #runEnd = new Int32Array(16)
  #literalFrom = 0
  #literalEnd = -1
  #marked = { end: -1, at: -1 }
  #stretch = { from: 0, runEnd: -1, start: -1, end: -1 }
  #dots: Dots & { readonly runEnd: number } = { runEnd: -1, end: -1, at: [] }
  /** Where the last finding of a name ends. */
  named = 0
  /** Where the last token ends: none begins within it. */
  tokenEnd = 0
  /** What the command that begins at `from` says of its short options, once it was asked for. */
  command: CommandWords | undefined
  /** Up to here there is no such piece as `stretchEnd` looks for. */
  barren = 0
  #command = { start: 0, seen: 0 }

  constructor(text: string) {
    this.text = text
  }

  code(at: number): number {
    return at < 0 || at >= this.text.length ? 0 : this.text.charCodeAt(at)
  }

  /** Where the run of such letters ends that holds `from`. */
  runEnd(bit: number, from: number): number {
    const index = 31 - Math.clz32(bit)
    if (from >= this.#runFrom[index]! && from < this.#runEnd[index]!) return this.#runEnd[index]!
    const { text } = this
    let end = from
    while (end < text.length) {
      const code = text.charCodeAt(end)
      if (code > 127 || (BITS[code]! & bit) === 0) break
      end++
    }
    this.#runFrom[index] = from
    this.#runEnd[index] = end
    return end
  }

  /**
   * Where the first piece of 16 letters without `_` and `-` ends, with a digit in it, in the run up to
   * `runEnd`; -1 where there is none. Asked for at the beginnings of pieces.
   */
  stretchEnd(from: number, runEnd: number): number {
    const known = this.#stretch
    if (known.runEnd === runEnd && from >= known.from) {
      if (known.end < 0 || known.start >= from) return known.end
    }
    let start = from
    let digits = 0
    let end = -1
    for (let at = from; at < runEnd && end < 0; at++) {
      const code = this.text.charCodeAt(at)
      if (code === DASH || code === UNDERSCORE) {
        start = at + 1
        digits = 0
      } else {
        if (isDigit(code)) digits++
        if (digits > 0 && at + 1 - start >= STRETCH) end = at + 1
      }
    }
    this.#stretch = { from, runEnd, start, end }
    if (end < 0) this.barren = runEnd
    return end
  }

  /** The last dots of a run that is looked at from `from` on, without those at its end. */
  dotsBefore(from: number, runEnd: number): Dots {
    if (this.#dots.runEnd === runEnd) return this.#dots
    let end = runEnd
    while (end > from && this.code(end - 1) === DOT) end--
    const at: number[] = []
    for (let i = end - 1; i > from && at.length < 2; i--) if (this.code(i) === DOT) at.push(i)
    this.#dots = { runEnd, end, at }
    return this.#dots
  }

  /** Where a literal ends, or runs into something that a shell acts on. */
  literalEnd(from: number): number {
    if (from >= this.#literalFrom && from <= this.#literalEnd) return this.#literalEnd
    const { text } = this
    let end = from
    while (end < text.length) {
      const code = text.charCodeAt(end)
      if (code < 128 && KINDS[code] !== 0 && !(code === CLOSER && endsMark(text, end + 1))) break
      end++
    }
    this.#literalFrom = from
    this.#literalEnd = end
    return end
  }

  /** Whether a mark stands in a literal that ends there. Asked for from front to back. */
  hasMark(from: number, end: number): boolean {
    if (this.#marked.end !== end) {
      let at = -1
      const literal = this.text.slice(from, end)
      if (literal.includes(MARK)) {
        for (const { index } of literal.matchAll(MARKS)) at = from + index
      }
      this.#marked = { end, at }
    }
    return this.#marked.at >= from
  }

  /** Whether what stopped a literal is an end, and nothing that a shell acts on. */
  isEnd(at: number): boolean {
    const code = this.code(at)
    if (at >= this.text.length || code > 127 || KINDS[code] === END) return true
    // `\"`: a quote within quotes.
    return code === BACKSLASH && isQuote(this.code(at + 1))
  }

  afterBlanks(from: number): number {
    let end = from
    while (isBlank(this.code(end))) end++
    return end
  }

  /** Where the command begins that holds `at`, which never goes back: behind the last separator. */
  commandStart(at: number, separators: string): number {
    for (let i = this.#command.seen; i < at; i++) {
      if (separators.includes(this.text[i]!)) this.#command.start = i + 1
    }
    this.#command.seen = Math.max(at, this.#command.seen)
    return this.#command.start
  }

  add(
    rule: string,
    place: Place,
    [start, end]: readonly [start: number, end: number],
    name?: string,
  ): void {
    if (end > start) this.findings.push({ rule, place, start, end, name })
  }
}

export const BACKSLASH = 0x5c
const DOT = 0x2e
const CLOSER = 0x5d
const STRETCH = 16
const DASH = 0x2d
const UNDERSCORE = 0x5f

export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

export function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27
}

export function isBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d
}

export function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
