export interface Message {
  readonly event: string
  readonly data: string
}

/** Reads server-sent events (WHATWG HTML, 9.2) out of text that comes in pieces. */
export class SseReader {
  lastId = ''
  #rest = ''
  #event = ''
  #data: string[] = []
  readonly #take: (message: Message) => void

  constructor(take: (message: Message) => void) {
    this.#take = take
  }

  push(text: string): void {
    const all = this.#rest + text
    // A CR at the end may be half of a line end.
    const end = all.endsWith('\r') ? all.length - 1 : all.length
    const lines = all.slice(0, end).split(/\r\n|\r|\n/)
    this.#rest = lines.pop()! + all.slice(end)
    for (const line of lines) this.#line(line)
  }

  #line(line: string): void {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') this.#event = value
    else if (field === 'data') this.#data.push(value)
    else if (field === 'id' && !value.includes('\0')) this.lastId = value
  }

  #dispatch(): void {
    const message = { event: this.#event || 'message', data: this.#data.join('\n') }
    const isEvent = this.#data.length > 0
    this.#event = ''
    this.#data = []
    if (isEvent) this.#take(message)
  }
}
