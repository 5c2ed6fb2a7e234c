import type { IncomingMessage } from 'node:http'
import { failure } from '../../mcp/denial.ts'
import { type Id, keyOf } from '../../mcp/message.ts'
import { type Remote, RemoteRefusal, send } from './remote-request.ts'
import { eventsOf, meaningOf, UnreadableAnswer, wholeText } from './remote-texts.ts'
import type { Take, Upstream } from './upstream.ts'

const FAILED = -32603
const RETRIES = 5
const RETRY_MS = 500
/** How long a server may take to hear that it is left. */
const LEAVE_MS = 2000
const EVENTS = 'text/event-stream'
const NO_ANSWER = 'the connection ended before the answer'

/**
 * A server behind Streamable HTTP: each message is a POST, answers come as JSON or as a stream of events, and
 * what the server says by itself comes by a stream of its own. A stream that breaks off is taken up again where
 * the server lets us.
 */
export class RemoteServer implements Upstream {
  readonly #remote: Remote
  readonly #note: (text: string) => void
  readonly #retryMs: number
  readonly #abort = new AbortController()
  readonly #take = Promise.withResolvers<Take>()
  readonly #end = Promise.withResolvers<number>()
  /** Requests that wait for an answer. */
  readonly #waiting = new Map<string, Id>()
  readonly #running = new Set<Promise<void>>()
  readonly #leaving = new AbortController()
  #left: Promise<void> | undefined
  #inputEnded = false

  constructor(remote: Remote, note: (text: string) => void, retryMs: number = RETRY_MS) {
    this.#remote = remote
    this.#note = note
    this.#retryMs = retryMs
  }

  get ended(): Promise<number> {
    return this.#end.promise
  }

  async read(take: Take): Promise<void> {
    this.#take.resolve(take)
    await this.#end.promise
  }

  async write(text: string): Promise<void> {
    const told = meaningOf(text)
    for (const id of told.ids) this.#waiting.set(keyOf(id), id)
    // A session that the server has forgotten is not asked for again.
    if (told.isHello) this.#remote.session = undefined
    const posted = this.#post(text, told.ids)
    this.#running.add(posted)
    void posted.finally(() => {
      this.#running.delete(posted)
      if (this.#inputEnded) this.#finish()
    })
    // What comes after these needs what they bring: the session, and the server's readiness.
    if (told.isHello || told.isReady) await posted
    if (told.isReady) void this.#listen()
  }

  endInput(): void {
    this.#inputEnded = true
    this.#finish()
  }

  kill(signal: NodeJS.Signals): void {
    if (signal === 'SIGKILL') this.#leaving.abort()
    this.#abort.abort()
    this.#left ??= this.#leave()
  }

  #finish(): void {
    if (this.#running.size === 0) this.#left ??= this.#leave()
  }

  /** End the session, where there is one and the server hears of it in time. */
  async #leave(): Promise<void> {
    const timer = setTimeout(() => this.#leaving.abort(), LEAVE_MS)
    if (this.#remote.session !== undefined) {
      await send(this.#remote, { method: 'DELETE', signal: this.#leaving.signal }).then(
        (answer) => answer.destroy(),
        () => {},
      )
    }
    clearTimeout(timer)
    this.#abort.abort()
    this.#end.resolve(0)
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
    const type = typeOf(answer)
    if (type === EVENTS) {
      await this.#follow(answer, ids)
      return await this.#failed(ids, NO_ANSWER)
    }
    const text = await wholeText(answer)
    const isJson = type === 'application/json'
    if (isJson && text.trim() !== '') await this.#said(text)
    const isOther = !isJson && text !== ''
    await this.#failed(
      ids,
      isOther ? `it answered with ${type.slice(0, 100) || 'no type'}` : NO_ANSWER,
    )
  }

  /**
   * A stream of events; where it ends early it is asked for again from its last event on. One that answers no
   * request never ends by itself.
   *
   * @throws RemoteRefusal where the server does not go on with it, UnreadableAnswer
   */
  async #follow(first: IncomingMessage, ids: readonly Id[] | undefined): Promise<void> {
    let last: string | undefined
    let answer: IncomingMessage | undefined = first
    for (let tries = 0; ids === undefined || tries <= RETRIES; tries++) {
      try {
        for await (const event of answer === undefined ? [] : eventsOf(answer)) {
          last = event.id ?? last
          if (event.event !== 'message' || event.data === '') continue
          tries = 0
          await this.#said(event.data)
        }
      } catch (error) {
        if (error instanceof UnreadableAnswer) throw error
        if (!this.#abort.signal.aborted) {
          this.#note(`a stream of the server broke off: ${(error as Error).message}`)
        }
      }
      const isDone = ids?.every((id) => !this.#waiting.has(keyOf(id))) ?? false
      if (isDone || this.#abort.signal.aborted || ids !== undefined && last === undefined) return
      await pause(this.#retryMs * 2 ** Math.min(tries, RETRIES), this.#abort.signal)
      answer = await this.#again(last)
    }
  }

  /** Undefined where the server cannot be had just now. */
  async #again(last: string | undefined): Promise<IncomingMessage | undefined> {
    try {
      return await send(this.#remote, { method: 'GET', last, signal: this.#abort.signal })
    } catch (error) {
      const isFinal = error instanceof RemoteRefusal && error.status < 500 &&
        ![408, 429].includes(error.status)
      if (isFinal) throw error
      return undefined
    }
  }

  /** What the server says by itself. Not every server does. */
  async #listen(): Promise<void> {
    try {
      const answer = await send(this.#remote, { method: 'GET', signal: this.#abort.signal })
      if (typeOf(answer) === EVENTS) await this.#follow(answer, undefined)
      else answer.destroy()
    } catch (error) {
      const isUnable = error instanceof RemoteRefusal && error.status === 405
      if (isUnable || this.#abort.signal.aborted) return
      this.#note(`the server cannot speak by itself: ${(error as Error).message}`)
    }
  }

  async #said(text: string): Promise<void> {
    // A line end between two values would cut the message in two.
    const line = text.replace(/[\r\n]+/g, ' ')
    for (const id of meaningOf(line).answers) this.#waiting.delete(keyOf(id))
    await (await this.#take.promise)({ text: line })
  }

  /** Whoever still waits is told why in vain. */
  async #failed(ids: readonly Id[], why: string): Promise<void> {
    if (this.#abort.signal.aborted) return
    if (ids.length === 0 && why !== NO_ANSWER) this.#note(why)
    for (const id of ids) {
      if (!this.#waiting.delete(keyOf(id))) continue
      await (await this.#take.promise)({
        text: failure(id, FAILED, `No answer from the server: ${why}`),
      })
    }
  }
}

const typeOf = ({ headers }: IncomingMessage) =>
  String(headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()

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
