/** Why bytes are not the canonical text of a JSON value. */
export type ScanReason =
  | 'syntax'
  | 'utf8'
  | 'blank'
  | 'escape'
  | 'number'
  | 'key_order'
  | 'duplicate_key'
  | 'depth'

/** Deepest nesting that is canonical (canonical.ts). */
const DEEPEST = 512
/** Longest text of a number that ECMAScript writes. */
const LONGEST_NUMBER = 32

const QUOTE = 34
const COMMA = 44
const MINUS = 45
const ZERO = 48
const NINE = 57
const COLON = 58
const BACKSLASH = 92

/** What a byte is inside a string: 0 stands for itself, 1 ends it, 2 escapes, 3 may not be, 4 is not ASCII. */
const IN_STRING = Uint8Array.from(
  { length: 256 },
  (_, byte) => byte >= 128 ? 4 : byte < 32 ? 3 : byte === QUOTE ? 1 : byte === BACKSLASH ? 2 : 0,
)

/** Bytes that go on with a number. */
const IN_NUMBER = Uint8Array.from(
  { length: 256 },
  (_, byte) => /[0-9+.eE-]/.test(chr(byte)) ? 1 : 0,
)

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i

function chr(byte: number): string {
  return String.fromCharCode(byte)
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Reads the canonical JSON (RFC 8785) of a value off its bytes: what it accepts is exactly what parsing and
 * writing again leaves as it is, at a fraction of the cost. Each byte is looked at once.
 */
export class Scanner {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  end = 0
  /** Set where reading ended before its time. */
  reason: ScanReason | undefined
  /** Whether the string that was read last stands for itself, byte for byte. */
  plain = true

  /** Read from there; `end` is left out. */
  start(bytes: Uint8Array, from: number, end: number): void {
    this.bytes = bytes
    this.at = from
    this.end = end
    this.reason = undefined
  }

  /** Whether all of the bytes are one canonical value. */
  whole(): boolean {
    return this.value(0) && (this.at === this.end || this.fail('syntax'))
  }

  fail(reason: ScanReason): false {
    const byte = this.at < this.end ? this.bytes[this.at]! : 0
    const isBlank = byte === 32 || byte === 9 || byte === 13 || byte === 10
    this.reason = reason === 'syntax' && isBlank ? 'blank' : reason
    return false
  }

  /** Take a byte that must come now. */
  take(byte: number): boolean {
    if (this.at < this.end && this.bytes[this.at] === byte) {
      this.at += 1
      return true
    }
    return this.fail('syntax')
  }

  /** Whether a byte comes now; then it is taken. */
  takes(byte: number): boolean {
    if (this.at < this.end && this.bytes[this.at] === byte) {
      this.at += 1
      return true
    }
    return false
  }

  value(depth: number): boolean {
    if (this.at >= this.end) return this.fail('syntax')
    switch (this.bytes[this.at]) {
      case QUOTE:
        return this.string()
      case 123:
        return this.object(depth)
      case 91:
        return this.array(depth)
      case 116:
        return this.word('true')
      case 102:
        return this.word('false')
      case 110:
        return this.word('null')
      default:
        return this.number()
    }
  }

  word(word: string): boolean {
    for (let i = 0; i < word.length; i++) {
      if (!this.take(word.charCodeAt(i))) return false
    }
    return true
  }

  array(depth: number): boolean {
    if (depth > DEEPEST) return this.fail('depth')
    this.at += 1
    if (this.takes(93)) return true
    do {
      if (!this.value(depth + 1)) return false
    } while (this.takes(COMMA))
    return this.take(93)
  }

  object(depth: number): boolean {
    if (depth > DEEPEST) return this.fail('depth')
    this.at += 1
    if (this.takes(125)) return true
    let last = -1
    let lastEnd = 0
    let lastPlain = true
    do {
      const from = this.at
      if (!this.string()) return false
      const plain = this.plain
      if (last >= 0 && !this.ascends(last, lastEnd, from, this.at, plain && lastPlain)) return false
      last = from
      lastEnd = this.at
      lastPlain = plain
      if (!this.take(COLON) || !this.value(depth + 1)) return false
    } while (this.takes(COMMA))
    return this.take(125)
  }

  /** Whether the second of two keys, quotes included, comes behind the first by UTF-16 units. */
  ascends(a: number, aEnd: number, b: number, bEnd: number, plain: boolean): boolean {
    const order = plain
      ? compareBytes(this.bytes, a + 1, aEnd - 1, b + 1, bEnd - 1)
      : compareTexts(this.#text(a, aEnd), this.#text(b, bEnd))
    if (order < 0) return true
    return this.fail(order === 0 ? 'duplicate_key' : 'key_order')
  }

  #text(from: number, end: number): string {
    return JSON.parse(decoder.decode(this.bytes.subarray(from, end))) as string
  }

  string(): boolean {
    const { bytes, end } = this
    if (this.at >= end || bytes[this.at] !== QUOTE) return this.fail('syntax')
    this.plain = true
    for (let i = this.at + 1; i < end; i++) {
      const what = IN_STRING[bytes[i]!]!
      if (what === 0) continue
      if (what === 1) {
        this.at = i + 1
        return true
      }
      if (what === 3) return this.fail('syntax')
      this.plain = false
      const length = what === 2 ? escapeLength(bytes, i, end) : sequenceLength(bytes, i, end)
      if (length === 0) return this.fail(what === 2 ? 'escape' : 'utf8')
      i += length - 1
    }
    this.at = end
    return this.fail('syntax')
  }

  number(): boolean {
    const { bytes, end } = this
    const from = this.at
    let i = from
    if (bytes[i] === MINUS) i += 1
    const digits = i
    while (i < end && bytes[i]! >= ZERO && bytes[i]! <= NINE) i += 1
    const isPlain = i > digits && i - digits <= 15 && (i === end || IN_NUMBER[bytes[i]!] === 0)
    if (isPlain && (bytes[digits] !== ZERO || (i - digits === 1 && digits === from))) {
      this.at = i
      return true
    }
    while (i < end && i - from <= LONGEST_NUMBER && IN_NUMBER[bytes[i]!] === 1) i += 1
    if (i === from) return this.fail('syntax')
    const text = String.fromCharCode(...bytes.subarray(from, i))
    if (i - from > LONGEST_NUMBER || !NUMBER.test(text) || String(Number(text)) !== text) {
      return this.fail('number')
    }
    this.at = i
    return true
  }
}

function compareBytes(
  bytes: Uint8Array,
  a: number,
  aEnd: number,
  b: number,
  bEnd: number,
): number {
  for (; a < aEnd && b < bEnd; a++, b++) {
    if (bytes[a] !== bytes[b]) return bytes[a]! - bytes[b]!
  }
  return (aEnd - a) - (bEnd - b)
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** `\b \t \n \f \r \" \\`: what has such an escape is written no other way. */
const SHORT = new Set([98, 116, 110, 102, 114, QUOTE, BACKSLASH])
const HAS_SHORT = new Set([8, 9, 10, 12, 13])

/** How long an escape is that stands where it must; 0 for any other. */
function escapeLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 < end && SHORT.has(bytes[at + 1]!)) return 2
  if (at + 6 > end || bytes[at + 1] !== 117 || bytes[at + 2] !== ZERO || bytes[at + 3] !== ZERO) {
    return 0
  }
  const high = bytes[at + 4]! - ZERO
  const low = hexOf(bytes[at + 5]!)
  const unit = high * 16 + low
  return (high === 0 || high === 1) && low >= 0 && !HAS_SHORT.has(unit) ? 6 : 0
}

/** The value of a lower-case hex digit, else -1. */
function hexOf(byte: number): number {
  if (byte >= ZERO && byte <= NINE) return byte - ZERO
  return byte >= 97 && byte <= 102 ? byte - 87 : -1
}

/** How long a UTF-8 sequence is; 0 where it is none (RFC 3629: no surrogates, no long forms). */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
  if (length === 0 || at + length > end) return 0
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (bytes[at + 1]! < least || bytes[at + 1]! > most) return 0
  for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0
  return length
}
