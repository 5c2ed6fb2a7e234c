import { open, Problem } from './api.ts'
import { SseReader } from './sse.ts'
import type { Event } from './wire.ts'

export type LiveState = 'connecting' | 'live' | 'broken' | 'missing'

const FIRST_RETRY_MS = 1000
const LAST_RETRY_MS = 15_000

/** One stream of the trail for all pages; it goes on where it broke off. */
export class Live {
  state: LiveState = 'connecting'
  #lastId = ''
  #retryMs = FIRST_RETRY_MS
  #stopped = new AbortController()
  readonly #listeners = new Set<(event: Event) => void>()
  readonly #states = new Set<(state: LiveState) => void>()

  start(): void {
    this.#stopped = new AbortController()
    void this.#run(this.#stopped.signal)
  }

  stop(): void {
    this.#stopped.abort()
  }

  /** Every event of the trail from now on. Returns how to stop. */
  onEvent(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  onState(listener: (state: LiveState) => void): () => void {
    this.#states.add(listener)
    listener(this.state)
    return () => this.#states.delete(listener)
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#follow(signal)
        this.#become('broken')
      } catch (error) {
        if (signal.aborted) return
        const status = error instanceof Problem ? error.status : 0
        this.#become(status === 404 ? 'missing' : 'broken')
        if (status === 401 || status === 404) return
      }
      await new Promise((resolve) => setTimeout(resolve, this.#retryMs))
      this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const headers: Record<string, string> = { accept: 'text/event-stream' }
    if (this.#lastId !== '') headers['last-event-id'] = this.#lastId
    const response = await open('/v1/events/stream', { headers, signal })
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    const parser = new SseReader((message) => this.#take(message.event, message.data))
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      parser.push(value)
      if (parser.lastId !== '') this.#lastId = parser.lastId
    }
  }

  #take(kind: string, data: string): void {
    if (kind === 'hello') {
      this.#retryMs = FIRST_RETRY_MS
      this.#become('live')
    }
    if (['hello', 'gap', 'lagged', 'end'].includes(kind)) return
    let event: Event
    try {
      event = JSON.parse(data)
    } catch {
      return
    }
    for (const listener of this.#listeners) listener(event)
  }

  #become(state: LiveState): void {
    if (state === this.state) return
    this.state = state
    for (const listener of this.#states) listener(state)
  }
}

export const live: Live = new Live()
