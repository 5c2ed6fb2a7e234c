/** Longest head of an answer. */
const HEAD = 64 << 10
const LINE = 1024

export interface ReadAnswer {
  readonly status: number
  readonly text: string
  /** Whether another question may follow on the connection. */
  readonly keeps: boolean
}

/** How the body of an answer ends. */
type Framing = { readonly length: number } | 'chunked'

/**
 * One answer of HTTP/1.1 from the pieces in which it comes. Stricter than HTTP: an answer whose end could be read
 * in two ways, or that has no end but the connection's, is an error.
 */
export class AnswerReader {
  readonly #limit: number
  #rest: Buffer = Buffer.alloc(0)
  #head: { readonly status: number; readonly framing: Framing; readonly keeps: boolean } | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Nothing came yet. */
  get isEmpty(): boolean {
    return this.#head === undefined && this.#rest.length === 0
  }

  /** The answer, once it is whole. Throws for what is none, for one that is too long, and for more than one. */
  read(chunk: Uint8Array): ReadAnswer | undefined {
    this.#rest = this.#rest.length === 0
      ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      : Buffer.concat([this.#rest, chunk])
    while (this.#head === undefined) {
      const end = this.#rest.indexOf('\r\n\r\n')
      if ((end < 0 ? this.#rest.length : end) > HEAD) throw new Error('the answer is too long')
      if (end < 0) return undefined
      const text = this.#rest.toString('latin1', 0, end)
      this.#rest = this.#rest.subarray(end + 4)
      // Said before the answer.
      if (!/^HTTP\/1\.1 1\d\d /.test(text)) this.#head = headOf(text)
    }
    const { status, framing, keeps } = this.#head
    const body = framing === 'chunked' ? this.#chunked() : this.#plain(framing.length)
    return body && { status, text: body.toString('utf8'), keeps }
  }

  #plain(length: number): Buffer | undefined {
    if (length > this.#limit) throw new Error('the answer is too long')
    if (this.#rest.length > length) throw new Error('more came than one answer')
    return this.#rest.length === length ? this.#rest : undefined
  }

  /** Read anew with each piece: a server sends short answers with their length, and few others. */
  #chunked(): Buffer | undefined {
    const parts: Buffer[] = []
    let total = 0
    for (let at = 0;;) {
      const end = this.#rest.indexOf('\r\n', at)
      if (end < 0 && this.#rest.length - at > LINE) throw new Error('a chunk has no length')
      if (end < 0) return undefined
      const size = /^([0-9a-f]{1,8})(?:\s*;.*)?$/i.exec(this.#rest.toString('latin1', at, end))?.[1]
      if (size === undefined) throw new Error('a chunk has no length')
      const length = parseInt(size, 16)
      total += length
      if (total > this.#limit) throw new Error('the answer is too long')
      const from = end + 2
      if (this.#rest.length < from + length + 2) return undefined
      if (this.#rest.toString('latin1', from + length, from + length + 2) !== '\r\n') {
        throw new Error('a chunk has no end')
      }
      at = from + length + 2
      if (length > 0) parts.push(this.#rest.subarray(from, from + length))
      else if (this.#rest.length > at) throw new Error('more came than one answer')
      else return Buffer.concat(parts)
    }
  }
}

function headOf(text: string) {
  const [first = '', ...lines] = text.split('\r\n')
  const status = /^HTTP\/1\.1 ([2-5]\d\d)(?: |$)/.exec(first)?.[1]
  if (status === undefined) throw new Error('the answer is not HTTP/1.1')
  const valuesOf = (name: string) =>
    lines.flatMap((line) => {
      const at = line.indexOf(':')
      return line.slice(0, at).toLowerCase() === name ? [line.slice(at + 1).trim()] : []
    })
  const keeps = !valuesOf('connection').some((value) => /\bclose\b/i.test(value))
  return { status: Number(status), framing: framingOf(valuesOf), keeps }
}

function framingOf(valuesOf: (name: string) => readonly string[]): Framing {
  const lengths = valuesOf('content-length')
  const codings = valuesOf('transfer-encoding')
  if (lengths.length + codings.length !== 1) throw new Error('the end of the answer is not told')
  const [length] = lengths
  if (length === undefined && codings[0]?.toLowerCase() === 'chunked') return 'chunked'
  if (!/^\d{1,10}$/.test(length ?? '')) throw new Error('the end of the answer is not told')
  return { length: Number(length) }
}
