/** One line as it came, or what is known of one that was longer than is kept. */
export type Line =
  | { readonly text: string }
  | { readonly fault: 'encoding'; readonly start: string }
  | { readonly fault: 'length'; readonly start: string; readonly end: string }

/** Longest line that is read, in bytes. */
export const LINE_LIMIT = 16 << 20
/** What is kept of a longer one at either end, to say whose it was. */
const ENDS = 256
const NEWLINE = 10

/**
 * Cuts bytes into lines, however they arrive, and keeps no more than one line of them. A line that is too long
 * or no UTF-8 is told, never read in part: two readers would repair it differently.
 */
export class LineReader {
  readonly #limit: number
  readonly #strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  readonly #loose = new TextDecoder('utf-8')
  #parts: Uint8Array[] = []
  #size = 0
  /** The last bytes of a line that is too long. */
  #tail: Uint8Array | undefined

  constructor(limit: number = LINE_LIMIT) {
    this.#limit = limit
  }

  /** The lines that end in this piece; empty ones are none. */
  read(piece: Uint8Array): Line[] {
    const lines: Line[] = []
    let from = 0
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, from)) {
      this.#take(piece.subarray(from, at))
      from = at + 1
      const line = this.#line()
      if (line !== undefined) lines.push(line)
    }
    this.#take(piece.subarray(from))
    return lines
  }

  /** What stands behind the last line end. */
  end(): Line[] {
    const line = this.#line()
    return line === undefined ? [] : [line]
  }

  #take(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#size += bytes.length
    if (this.#size <= this.#limit) {
      // Its memory is the stream's, which may use it again.
      this.#parts.push(bytes.slice())
      return
    }
    const before = this.#tail ?? joined(this.#parts).subarray(-ENDS)
    if (this.#tail === undefined) {
      this.#parts = [joined([...this.#parts, bytes.subarray(0, ENDS)]).slice(0, ENDS)]
    }
    this.#tail = joined([before, bytes.subarray(-ENDS)]).slice(-ENDS)
  }

  #line(): Line | undefined {
    const bytes = joined(this.#parts)
    const tail = this.#tail
    this.#parts = []
    this.#size = 0
    this.#tail = undefined
    if (tail !== undefined) {
      const start = this.#loose.decode(bytes.subarray(0, ENDS))
      return { fault: 'length', start, end: this.#loose.decode(tail) }
    }
    try {
      const text = this.#strict.decode(bytes)
      return text.trim() === '' ? undefined : { text }
    } catch {
      return { fault: 'encoding', start: this.#loose.decode(bytes.subarray(0, ENDS)) }
    }
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
