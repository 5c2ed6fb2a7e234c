import type { Client } from 'pg'
import type { Clock, Log, StoreState } from '../ports.ts'
import type { Postgres } from './postgres-pool.ts'

/** One channel for all tenants of a database: what is said on it names its own. */
export const CHANNEL = 'rampart'
/** How often the database is asked, should it have told nothing. */
const POLL_MS = 1000
/** And how often while it can tell nothing. */
const DEAF_MS = 250
const LONGEST_REST_MS = 5000
/** The database's clock is taken from answers that came sooner than that. */
const MEASURED_MS = 500

/** Kinds of shared state that each replica keeps a copy of. */
export type Topic = 'once' | 'grants' | 'tokens' | 'switches' | 'overlay' | 'hooked'

export interface Follower {
  /** `reload` is awaited now, and called after each change that another replica makes to `topic`. */
  copy(topic: Topic, reload: () => Promise<void>): Promise<void>
  /** Called with the id of an approval that changed, or without where any may have. Returns what ends it. */
  heard(listener: (id?: string) => void): () => void
  /** Milliseconds since the epoch by the database's clock, from the last answers on by this machine's timer. */
  now(): number
  state(): StoreState
  /** Bring all copies up to date now. */
  catchUp(): Promise<void>
  close(): Promise<void>
}

const SEEN = `SELECT topic, n, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
  FROM (SELECT NULL AS topic, 0 AS n UNION ALL
    SELECT topic, n FROM rampart.changes WHERE tenant = $1) AS seen`

/**
 * Keeps this replica's copies of the shared state as the database has it: told by it, and asking every second
 * in case it was not told. Also measures its clock. Fails where the database does not answer at first.
 */
export async function followPostgres(
  options: {
    readonly db: Postgres
    readonly tenant: string
    readonly clock: Clock
    readonly log: Log
  },
): Promise<Follower> {
  const follower = new Following(options)
  await follower.begin()
  return follower
}

class Following implements Follower {
  readonly #db: Postgres
  readonly #tenant: string
  readonly #clock: Clock
  readonly #log: Log
  readonly #copies = new Map<Topic, { reload: () => Promise<void>; seen: number }>()
  readonly #listeners = new Set<(id?: string) => void>()
  readonly #stop = new AbortController()
  #versions = new Map<string, number>()
  #listening: Client | undefined
  #loop: Promise<void> | undefined
  #wake: (() => void) | undefined
  /** Told of something since the last look began. */
  #isDue = false
  #offset = 0
  #answeredAt = 0
  #error: string | null = null

  constructor(
    { db, tenant, clock, log }: { db: Postgres; tenant: string; clock: Clock; log: Log },
  ) {
    this.#db = db
    this.#tenant = tenant
    this.#clock = clock
    this.#log = log
  }

  async begin(): Promise<void> {
    await this.#listen().catch(() => {})
    try {
      await this.#look()
    } catch (error) {
      await this.#listening?.end().catch(() => {})
      throw error
    }
    this.#loop = this.#run()
  }

  async copy(topic: Topic, reload: () => Promise<void>): Promise<void> {
    // Seen before it is read: a change in between is read again.
    this.#copies.set(topic, { reload, seen: this.#versions.get(topic) ?? 0 })
    await reload()
  }

  heard(listener: (id?: string) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  now(): number {
    return this.#clock.monotonic() + this.#offset
  }

  state(): StoreState {
    return {
      to: this.#db.place.shown,
      state: this.#error === null ? 'ok' : 'failing',
      age_ms: Math.max(0, Math.round(this.#clock.monotonic() - this.#answeredAt)),
      listening: this.#listening !== undefined,
      last_error: this.#error,
    }
  }

  async catchUp(): Promise<void> {
    await this.#look()
    await Promise.all([...this.#copies.values()].map(({ reload }) => reload()))
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#poke()
    await this.#loop
    await this.#listening?.end().catch(() => {})
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#stop.signal.aborted) {
      const rest = this.#listening === undefined ? DEAF_MS : POLL_MS
      await this.#rest(Math.min(LONGEST_REST_MS, rest * 2 ** Math.min(failures, 5)))
      if (this.#stop.signal.aborted) return
      try {
        // What cannot be told is asked for.
        if (this.#listening === undefined) await this.#listen().catch(() => {})
        await this.#look()
        failures = 0
      } catch (error) {
        failures += 1
        this.#fail(error as Error)
      }
    }
  }

  /** Until somebody has something to tell. */
  async #rest(ms: number): Promise<void> {
    if (this.#isDue) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    const over = new AbortController()
    await Promise.race([promise, this.#clock.sleep(ms, over.signal).catch(() => {})])
    over.abort()
  }

  #poke(): void {
    this.#isDue = true
    this.#wake?.()
  }

  async #listen(): Promise<void> {
    const client = await this.#db.connect()
    const lost = () => {
      if (this.#listening !== client) return
      this.#listening = undefined
      this.#poke()
    }
    client.on('error', lost)
    client.on('end', lost)
    client.on('notification', ({ payload }) => this.#told(payload ?? ''))
    try {
      await client.query(`LISTEN ${CHANNEL}`)
    } catch (error) {
      await client.end().catch(() => {})
      throw error
    }
    this.#listening = client
    // Nobody knows what was said before.
    this.#tell()
  }

  #told(payload: string): void {
    const [tenant, topic, id] = payload.split('\n')
    if (tenant !== this.#tenant) return
    if (topic === 'approval') this.#tell(id)
    else this.#poke()
  }

  #tell(id?: string): void {
    for (const listener of [...this.#listeners]) listener(id)
  }

  async #look(): Promise<void> {
    this.#isDue = false
    const asked = this.#clock.monotonic()
    const rows = await this.#db.rows(SEEN, [this.#tenant])
    const answered = this.#clock.monotonic()
    // What took long may have been measured at either end of it.
    if (this.#answeredAt === 0 || answered - asked < MEASURED_MS) {
      this.#offset = Number(rows[0]?.['now']) - (asked + answered) / 2
    }
    this.#answeredAt = answered
    if (this.#error !== null) this.#log.info(`The store ${this.#db.place.shown} answers again`)
    this.#error = null
    this.#versions = new Map(
      rows.flatMap(({ topic, n }) => topic === null ? [] : [[String(topic), Number(n)]]),
    )
    if (this.#listening === undefined) this.#tell()
    for (const [topic, copy] of this.#copies) {
      const version = this.#versions.get(topic) ?? 0
      if (version === copy.seen) continue
      await copy.reload()
      copy.seen = version
    }
  }

  #fail({ message }: Error): void {
    if (this.#error === null) this.#log.warn(`${message}: what needs it is refused meanwhile`)
    this.#error = message
  }
}

/** Part of a statement that tells all replicas of a change of `topic`; its tenant is `$1`. */
export function changed(topic: Topic): string {
  return `changed AS (INSERT INTO rampart.changes (tenant, topic, n) VALUES ($1, '${topic}', 1)
    ON CONFLICT (tenant, topic) DO UPDATE SET n = changes.n + 1
    RETURNING pg_notify('${CHANNEL}', tenant || E'\\n${topic}'))`
}
