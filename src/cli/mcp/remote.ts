import type { IncomingMessage } from 'node:http'
import { failure } from '../../mcp/denial.ts'
import { LINE_LIMIT } from '../../mcp/lines.ts'
import { type Id, idOf, keyOf } from '../../mcp/message.ts'
import { SseReader } from '../watch/sse.ts'
import { type Remote, send } from './remote-request.ts'
import type { Take, Upstream } from './upstream.ts'

const FAILED = -32603
const RETRIES = 5
const RETRY_MS = 500

/**
 * A server behind Streamable HTTP: each message is a POST, answers come as JSON or as a stream of events, and
 * what the server says by itself comes by a stream of its own. A stream that breaks off is taken up again where
 * the server lets us.
 */
export class RemoteServer implements Upstream {
  readonly #remote: Remote
  readonly #note: (text: string) => void
  readonly #abort = new AbortController()
  readonly #take = Promise.withResolvers<Take>()
  readonly #end = Promise.withResolvers<number>()
  /** Requests that wait for an answer. */
  readonly #waiting = new Map<string, Id>()
  readonly #running = new Set<Promise<void>>()
  #inputEnded = false

  constructor(remote: Remote, note: (text: string) => void) {
    this.#remote = remote
    this.#note = note
  }

  get ended(): Promise<number> {
    return this.#end.promise
  }

  async read(take: Take): Promise<void> {
    this.#take.resolve(take)
    await this.#end.promise
  }

  async write(text: string): Promise<void> {
    const told = kindOf(text)
    for (const id of told.ids) this.#waiting.set(keyOf(id), id)
    const posted = this.#post(text, told.ids)
    this.#running.add(posted)
    void posted.finally(() => {
      this.#running.delete(posted)
      if (this.#inputEnded) void this.#finish()
    })
    // What comes after these needs what they bring: the session, and the server's readiness.
    if (told.first) await posted
    if (told.isReady) void this.#listen()
  }

  endInput(): void {
    this.#inputEnded = true
    void this.#finish()
  }

  kill(): void {
    this.#abort.abort()
    this.#end.resolve(0)
  }

  async #finish(): Promise<void> {
    if (this.#running.size > 0 || this.#abort.signal.aborted) return
    if (this.#remote.session !== undefined) {
      await send(this.#remote, { method: 'DELETE', signal: this.#abort.signal }).then(
        (answer) => answer.destroy(),
        () => {},
      )
    }
    this.kill()
  }

  async #post(text: string, ids: readonly Id[]): Promise<void> {
    try {
      const answer = await send(this.#remote, {
        method: 'POST',
        body: text,
        signal: this.#abort.signal,
      })
      await this.#answered(answer, ids)
    } catch (error) {
      await this.#failed(ids, (error as Error).message)
    }
  }

  async #answered(answer: IncomingMessage, ids: readonly Id[]): Promise<void> {
    const type = String(answer.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
    if (type === 'text/event-stream') {
      await this.#follow(answer, ids)
    } else {
      const text = await wholeText(answer)
      if (type === 'application/json' && text.trim() !== '') await this.#said(text)
    }
    await this.#failed(ids, 'the connection ended before the answer')
  }

  /** A stream of events; where it ends early it is asked for again from its last event on. */
  async #follow(first: IncomingMessage, ids: readonly Id[] | undefined): Promise<void> {
    let last: string | undefined
    let answer: IncomingMessage | undefined = first
    for (let tries = 0; tries <= RETRIES; tries++) {
      try {
        if (answer !== undefined) {
          for await (const event of eventsOf(answer)) {
            last = event.id ?? last
            if (event.event === 'message' && event.data !== '') {
              tries = 0
              await this.#said(event.data)
            }
          }
        }
      } catch (error) {
        if (!this.#abort.signal.aborted) {
          this.#note(`a stream of the server broke off: ${(error as Error).message}`)
        }
      }
      const isDone = ids?.every((id) => !this.#waiting.has(keyOf(id))) ?? false
      if (isDone || this.#abort.signal.aborted || ids !== undefined && last === undefined) return
      await pause(RETRY_MS * 2 ** tries, this.#abort.signal)
      answer = await send(this.#remote, { method: 'GET', last, signal: this.#abort.signal })
        .catch(() => undefined)
    }
  }

  /** What the server says by itself. Not every server does. */
  async #listen(): Promise<void> {
    try {
      const answer = await send(this.#remote, { method: 'GET', signal: this.#abort.signal })
      await this.#follow(answer, undefined)
    } catch (error) {
      if ((error as { status?: number }).status === 405 || this.#abort.signal.aborted) return
      this.#note(`the server cannot speak by itself: ${(error as Error).message}`)
    }
  }

  async #said(text: string): Promise<void> {
    // A line end between two values would cut the message in two.
    const line = text.replace(/[\r\n]+/g, ' ')
    for (const id of kindOf(line).answers) this.#waiting.delete(keyOf(id))
    await (await this.#take.promise)({ text: line })
  }

  /** Whoever still waits is told why in vain. */
  async #failed(ids: readonly Id[], why: string): Promise<void> {
    if (this.#abort.signal.aborted) return
    if (ids.length === 0 && why !== 'the connection ended before the answer') this.#note(why)
    for (const id of ids) {
      if (!this.#waiting.delete(keyOf(id))) continue
      await (await this.#take.promise)({
        text: failure(id, FAILED, `No answer from the server: ${why}`),
      })
    }
  }
}

async function wholeText(answer: IncomingMessage): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > LINE_LIMIT) throw new Error('the answer is too long')
  }
  return text + decoder.decode()
}

async function* eventsOf(answer: IncomingMessage) {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const reader = new SseReader()
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    yield* reader.read(decoder.decode(chunk, { stream: true }))
  }
}

/** What a text that has been read as messages before means to the transport. */
function kindOf(text: string): {
  readonly ids: readonly Id[]
  readonly answers: readonly Id[]
  readonly first: boolean
  readonly isReady: boolean
} {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  const messages = (Array.isArray(value) ? value : [value]).filter((one) =>
    typeof one === 'object' && one !== null
  ) as { id?: never; method?: unknown }[]
  const idsOf = (list: typeof messages) =>
    list.map(({ id }) => idOf(id)).filter((id) => id !== undefined)
  const isReady = messages.some(({ method }) => method === 'notifications/initialized')
  return {
    ids: idsOf(messages.filter(({ method }) => method !== undefined)),
    answers: idsOf(messages.filter(({ method }) => method === undefined)),
    first: isReady || messages.some(({ method }) => method === 'initialize'),
    isReady,
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
