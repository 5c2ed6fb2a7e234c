import type { Json } from '../engine/types.ts'
import { request } from './denial.ts'
import { type Fields, isFields, type Message } from './message.ts'
import type { State } from './state.ts'

const PAGES = 50

/** Requests of our own to the server, whose answers nobody else sees. */
export class OwnRequests {
  readonly #state: State
  #listing: Promise<void> | undefined

  constructor(state: State) {
    this.#state = state
  }

  /** Ask the server for its tools ourselves: a host may call what it never listed in this session. */
  list(signal: AbortSignal): Promise<void> {
    this.#listing ??= this.#pages().finally(() => this.#listing = undefined)
    const gone = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true })
    )
    return Promise.race([this.#listing, gone])
  }

  async #pages(): Promise<void> {
    let cursor: Json | undefined
    for (let page = 0; page < PAGES; page++) {
      const params = cursor === undefined ? {} : { cursor }
      const got = await this.#ask('tools/list', params)
      if (got.kind !== 'result') return
      await this.#state.catalogue.take(got.result)
      cursor = isFields(got.result) ? got.result['nextCursor'] : undefined
      if (typeof cursor !== 'string') return
    }
  }

  /** A request of our own, whose answer nobody else sees. */
  #ask(method: string, params: Fields): Promise<Message> {
    const id = `rampart-${this.#state.world.nonce()}`
    return new Promise((resolve, reject) => {
      const open = this.#state.up.add({ id, method, params }, resolve)
      if (open === undefined || this.#state.ended) {
        resolve({ kind: 'error', id, error: null, text: '' })
        return
      }
      open.state = 'sent'
      this.#state.world.toServer(request(id, method, params as Json)).catch(reject)
    })
  }
}
