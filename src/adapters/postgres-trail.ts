import type { AuditEvent } from '../audit/event.ts'
import type { AuditLog, Clock, Log } from '../ports.ts'
import { CHANNEL } from './postgres-follow.ts'
import type { Shared } from './postgres.ts'

/** Kinds of events that prove what a shared row says (security.md F25). */
const PROOFS: readonly string[] = ['approval', 'rule']
/** What an approval or a grant rests on is longer gone than any of them holds. */
const KEPT_MS = 60 * 86_400_000
const PRUNE_EVERY = 1000
const REST_MS = 1000
const SHOWN = 10_000

/** Also tells who waits for an approval that it is proved from now on: its row changed before. */
const PUBLISH = `WITH shown AS (
    INSERT INTO rampart.proofs (tenant, id, node, seq, at, event)
    SELECT $1, id, $2, seq, $3, event
    FROM unnest($4::text[], $5::bigint[], $6::text[]) AS p (id, seq, event)
    ON CONFLICT DO NOTHING)
  SELECT pg_notify('${CHANNEL}', $1 || E'\\napproval\\n' || id) FROM unnest($7::text[]) AS a (id)`

/** What a replica's trail is shown to others by. */
export interface ShownBy {
  /** Which replica it is of. */
  readonly node: string
  readonly clock: Clock
  readonly log: Log
}

/**
 * A replica's own trail, of which the others can see what proves an approval or a grant. Each keeps its own
 * chain; an event is first durable there and then shown. What could not be shown is kept and shown as soon as
 * the database answers, and by a replica that was killed in between when it starts and looks for it.
 */
export function sharedTrail(
  own: AuditLog,
  shared: Pick<Shared, 'db' | 'tenant'>,
  by: ShownBy,
): AuditLog {
  const shop = new Showing(shared, by)
  return {
    async append(drafts) {
      const events = await own.append(drafts)
      await shop.show(events)
      return events
    },
    async query(filter) {
      const found = await own.query(filter)
      if (filter.id === undefined) return found
      if (found.length === 0) return await shop.find(filter.id)
      await shop.show(found)
      return found
    },
    head: () => own.head(),
    async close() {
      await shop.close()
      await own.close()
    },
  }
}

class Showing {
  readonly #db: Shared['db']
  readonly #tenant: string
  readonly #by: ShownBy
  /** What is on record here and not shown yet. */
  readonly #outbox = new Map<string, AuditEvent>()
  /** Some of those that are, so that not every look shows them again. */
  readonly #shown = new Set<string>()
  readonly #stop = new AbortController()
  #repeating: Promise<void> | undefined
  #sincePrune = 0

  constructor({ db, tenant }: Pick<Shared, 'db' | 'tenant'>, by: ShownBy) {
    this.#db = db
    this.#tenant = tenant
    this.#by = by
  }

  /** It is on record: that the others cannot see it yet fails nothing. */
  async show(events: readonly AuditEvent[]): Promise<void> {
    for (const event of events) {
      if (PROOFS.includes(event.kind) && !this.#shown.has(event.id)) {
        this.#outbox.set(event.id, event)
      }
    }
    try {
      await this.#publish()
    } catch (error) {
      this.#by.log.error('Cannot show other replicas what the trail has', error)
      this.#repeating ??= this.#repeat()
    }
  }

  /** An event that another replica has shown. */
  async find(id: string): Promise<readonly AuditEvent[]> {
    const sql = 'SELECT event FROM rampart.proofs WHERE tenant = $1 AND id = $2'
    const rows = await this.#db.rows(sql, [this.#tenant, id])
    return rows.map(({ event }) => JSON.parse(String(event)) as AuditEvent)
  }

  async close(): Promise<void> {
    await this.#publish().catch(() => {})
    this.#stop.abort()
    await this.#repeating
  }

  async #publish(): Promise<void> {
    const events = [...this.#outbox.values()]
    if (events.length === 0) return
    const { node, clock } = this.#by
    await this.#db.rows(PUBLISH, [
      ...[this.#tenant, node, Math.trunc(clock.now())],
      ...[events.map(({ id }) => id), events.map(({ seq }) => seq)],
      events.map((event) => JSON.stringify(event)),
      events.flatMap(approvalOf),
    ])
    if (this.#shown.size > SHOWN) this.#shown.clear()
    for (const { id } of events) {
      this.#outbox.delete(id)
      this.#shown.add(id)
    }
    await this.#prune(events.length)
  }

  async #prune(more: number): Promise<void> {
    this.#sincePrune += more
    if (this.#sincePrune < PRUNE_EVERY) return
    this.#sincePrune = 0
    const sql = 'DELETE FROM rampart.proofs WHERE tenant = $1 AND at < $2'
    await this.#db.rows(sql, [this.#tenant, Math.trunc(this.#by.clock.now() - KEPT_MS)])
  }

  async #repeat(): Promise<void> {
    while (this.#outbox.size > 0 && !this.#stop.signal.aborted) {
      await this.#by.clock.sleep(REST_MS, this.#stop.signal).catch(() => {})
      await this.#publish().catch(() => {})
    }
    this.#repeating = undefined
  }
}

function approvalOf({ kind, request }: AuditEvent): readonly string[] {
  const id = (request as Readonly<Record<string, unknown>> | null)?.['approval']
  return kind === 'approval' && typeof id === 'string' ? [id] : []
}
