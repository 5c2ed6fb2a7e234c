import { get, isLoggedIn } from './api.ts'
import { live } from './live.ts'
import type { Approval } from './wire.ts'

const SETTLE_MS = 60
/** Where no stream tells of changes, and as a net where one does. */
const POLL_MS = 4000
const NET_MS = 30_000
const LISTED = 1000

/** Pages of an answer: one holds so many bytes at most, however large the calls are. */
const PAGES = 32

/** The approvals that wait, as many as are listed. */
async function listed(): Promise<Approval[]> {
  const all: Approval[] = []
  let after: string | null = null
  for (let page = 0; page < PAGES && all.length < LISTED; page++) {
    const answer: { approvals: readonly Approval[]; next?: string | null } = await get(
      '/v1/approvals',
      { status: 'pending', limit: LISTED, after },
    )
    all.push(...answer.approvals)
    after = answer.next ?? null
    if (after === null) break
  }
  return all
}

/** The approvals that wait, for all pages. */
class Pending {
  list: readonly Approval[] = []
  /** Undefined until the first answer. */
  failed: unknown
  loaded = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #again = false
  #asking = false
  readonly #listeners = new Set<(list: readonly Approval[]) => void>()

  start(): void {
    live.onEvent(({ kind, decision }) => {
      // A call that is asked about is one event, its decision.
      if (kind === 'approval' || decision.action === 'require_approval') this.soon()
    })
    live.onState(() => this.soon())
    void this.refresh()
  }

  onChange(listener: (list: readonly Approval[]) => void): () => void {
    this.#listeners.add(listener)
    if (this.loaded) listener(this.list)
    return () => this.#listeners.delete(listener)
  }

  soon(): void {
    // What is asked now may not know of it yet.
    if (this.#asking) {
      this.#again = true
      return
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.refresh(), SETTLE_MS)
  }

  async refresh(): Promise<void> {
    if (this.#asking) {
      this.#again = true
      return
    }
    this.#asking = true
    try {
      const approvals = await listed()
      this.list = approvals.sort((a, b) => a.created_at < b.created_at ? -1 : 1)
      this.failed = undefined
    } catch (error) {
      this.failed = error
    }
    this.loaded = true
    this.#asking = false
    for (const listener of this.#listeners) listener(this.list)
    clearTimeout(this.#timer)
    if (!isLoggedIn()) return
    const next = this.#again ? SETTLE_MS : live.state === 'live' ? NET_MS : POLL_MS
    this.#again = false
    this.#timer = setTimeout(() => void this.refresh(), next)
  }
}

export const pending: Pending = new Pending()
