import { HASH_BYTES } from './merkle.ts'

export const PREFIX = 'sha256:'
export const HASH_TEXT = PREFIX.length + 64

/** The bytes of `sha256:` and hex; zeros for anything else. */
export function hexInto(hash: string, out: Uint8Array, at: number): void {
  const bytes = Uint8Array.from(hash, (unit) => Math.min(unit.charCodeAt(0), 255))
  if (!isHash(hash) || !hexAt(bytes, 0, out, at)) out.fill(0, at, at + HASH_BYTES)
}

export function isHash(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text)
}

/** The value of a lower-case hex digit; 16 for any other byte. */
const NIBBLE = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(byte))
  return value < 0 ? 16 : value
})
const PREFIX_BYTES = new TextEncoder().encode(PREFIX)

/** Put the bytes of a hash text into `out`; false where it is none. */
export function hexAt(bytes: Uint8Array, from: number, out: Uint8Array, at: number): boolean {
  for (let i = 0; i < PREFIX_BYTES.length; i++) {
    if (bytes[from + i] !== PREFIX_BYTES[i]) return false
  }
  for (let i = 0, place = from + PREFIX_BYTES.length; i < HASH_BYTES; i++, place += 2) {
    const high = NIBBLE[bytes[place]!]!
    const low = NIBBLE[bytes[place + 1]!]!
    if (high > 15 || low > 15) return false
    out[at + i] = high * 16 + low
  }
  return true
}

/** Length of a time and of a hash as text. */
export const TIME_BYTES = 24
/** Digits, but for these. */
const MARKS = new Map([[4, 45], [7, 45], [10, 84], [13, 58], [16, 58], [19, 46], [23, 90]])
const TIME_FORM = Array.from({ length: TIME_BYTES }, (_, at) => MARKS.get(at) ?? 0)

/** Whether a time of the one spelling stands there (chain.ts, `isTime`). */
export function isTimeAt(bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < TIME_BYTES; i++) {
    const byte = bytes[from + i]!
    const mark = TIME_FORM[i]!
    if (mark === 0 ? byte < 48 || byte > 57 : byte !== mark) return false
  }
  return true
}
