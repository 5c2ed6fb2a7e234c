/** One event of a stream. */
export interface SseEvent {
  readonly id: string | undefined
  readonly event: string
  readonly data: string
}

/** Longest line, and longest event, that is kept: no server of ours sends more. */
const MOST = 16 << 20

/**
 * Reads server-sent events (WHATWG HTML, 9.2.6) from pieces of text, however they are cut. Blocks without data
 * come too, with their id: they say how far the stream has come. Throws for what has no end.
 */
export class SseReader {
  #rest = ''
  #endsInCr = false
  #id: string | undefined
  #event = ''
  #data: string[] = []
  #size = 0

  read(piece: string): SseEvent[] {
    // Of a long line each piece is looked at once.
    if (!this.#endsInCr && !/[\r\n]/.test(piece)) {
      this.#rest += piece
      if (this.#rest.length > MOST) throw new Error('a line of the stream has no end')
      return []
    }
    // A lone CR at the end may be the first half of CRLF.
    const text = this.#rest + piece
    const lines = text.split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop()!
    this.#endsInCr = this.#rest.endsWith('\r')
    if (this.#rest.length > MOST) throw new Error('a line of the stream has no end')
    return lines.flatMap((line) => this.#line(line))
  }

  #line(line: string): SseEvent[] {
    if (line === '') return this.#end()
    const colon = line.indexOf(':')
    if (colon === 0) return []
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'event') this.#event = value
    if (name === 'id' && !value.includes('\0')) this.#id = value
    if (name === 'data') {
      this.#data.push(value)
      this.#size += value.length
      if (this.#size > MOST) throw new Error('an event of the stream has no end')
    }
    return []
  }

  #end(): SseEvent[] {
    const event = { id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') }
    const isEmpty = this.#data.length === 0 && this.#id === undefined
    this.#event = ''
    this.#id = undefined
    this.#data = []
    this.#size = 0
    return isEmpty ? [] : [event]
  }
}
