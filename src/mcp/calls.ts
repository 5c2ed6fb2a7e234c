import type { ResponseKindName } from '../engine/response-kinds.ts'
import { type Fields, type Id, keyOf, type Message } from './message.ts'

/** A request that has no answer yet. */
export interface Open {
  readonly id: Id
  readonly method: string
  readonly params: Fields
  /** By which name policies know it; undefined where they are not asked. */
  tool?: string | undefined
  /** Whether response rules look at its answer, and for what. */
  readsOutput: boolean | readonly ResponseKindName[]
  /** `asking`: it has not gone on, so nobody can answer it but us. */
  state: 'asking' | 'sent'
  /** Whoever asked wants it no longer. */
  cancelled: boolean
  readonly abort: AbortController
  /** Of a request of our own: what takes its answer. */
  readonly own?: ((answer: Message) => void) | undefined
}

/** Most requests without an answer. */
const MOST = 10_000
/** Most that were taken back, whose answer may be under way. */
const TAKEN_BACK = 1000

/** The requests of one side, by their ids. `1` and `"1"` are two. */
export class Calls {
  readonly #open = new Map<string, Open>()

  /** Of those that went on, the ones that nobody waits for any more, the oldest first. */
  readonly #takenBack = new Set<string>()

  /** Those that somebody waits for. */
  get size(): number {
    return this.#open.size - this.#takenBack.size
  }

  /** Undefined where the id is in use, or too many wait: then it must not go on (security.md F38). */
  add(
    request: { readonly id: Id; readonly method: string; readonly params: Fields },
    own?: Open['own'],
  ): Open | undefined {
    const key = keyOf(request.id)
    if (this.#open.has(key) || this.size >= MOST) return undefined
    const { id, method, params } = request
    const open: Open = {
      id,
      method,
      params,
      readsOutput: true,
      state: 'asking',
      cancelled: false,
      abort: new AbortController(),
      own,
    }
    this.#open.set(key, open)
    return open
  }

  has(id: Id): boolean {
    return this.#open.has(keyOf(id))
  }

  /** Whoever asked wants it no longer. Whether the other side has to hear of it: it may know of the request. */
  takeBack(id: Id): boolean {
    const key = keyOf(id)
    const open = this.#open.get(key)
    if (open === undefined) return true
    open.cancelled = true
    open.abort.abort()
    if (open.state === 'asking') return false
    // It need not be answered any more, and most are not.
    this.#takenBack.add(key)
    if (this.#takenBack.size > TAKEN_BACK) {
      const [oldest] = this.#takenBack
      this.#remove(oldest!)
    }
    return true
  }

  /** The request that an answer with this id is for. */
  answered(id: Id): Open | undefined {
    const open = this.#open.get(keyOf(id))
    if (open?.state !== 'sent') return undefined
    this.#remove(keyOf(id))
    return open
  }

  drop(open: Open): void {
    if (this.#open.get(keyOf(open.id)) === open) this.#remove(keyOf(open.id))
  }

  #remove(key: string): void {
    this.#open.delete(key)
    this.#takenBack.delete(key)
  }

  /** All that have not gone on are in question no longer. */
  endAsking(): void {
    for (const open of this.#open.values()) if (open.state === 'asking') open.abort.abort()
  }

  /** Our own requests get no answer any more. */
  endOwn(answer: (open: Open) => Message): void {
    for (const open of this.#open.values()) open.own?.(answer(open))
  }
}
