import type { AuditEvent } from '../audit/event.ts'
import { bucketOf, facetOf, HOUR_MS, latencyOf, weightOf } from '../audit/stats.ts'
import { sha256Hex } from './hash.ts'
import type { IndexFile } from './audit-index-file.ts'

/** An event and where its line stands. */
export interface Placed {
  readonly event: AuditEvent
  readonly start: number
  readonly bytes: number
}

/** A text as a number that an index is small with: 48 bits of its hash. */
export function keyOf(text: string): number {
  return parseInt(sha256Hex(text).slice(0, 12), 16)
}

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** An id as a number: a ULID's time and a little more, so that new ones come last in the index. */
export function idKeyOf(id: string): number {
  if (!ULID.test(id)) return -keyOf(id)
  let key = 0
  for (let i = 0; i < 10; i++) key = key * 32 + DIGITS.indexOf(id[i]!)
  return key
}

/** Milliseconds; what is no time is before all. */
export function timeOf({ time }: AuditEvent): number {
  const at = Date.parse(time)
  return Number.isSafeInteger(at) ? at : -1
}

/** Ids of facets, looked up once. */
export type FacetIds = Map<string, number>

/** Most facets that a writer remembers. */
const REMEMBERED = 10_000

const ROW = `INSERT INTO events
  (n, seq, at, file, start, bytes, facet, id, session, run, call, local, weight, us)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** Puts lines of one file into the index, within a transaction of its caller's. */
export class RowWriter {
  readonly #index: IndexFile
  readonly #file: number
  readonly #facets: FacetIds
  readonly #hours = new Map<string, [hour: number, facet: number, events: number, weight: number]>()
  readonly #latencies = new Map<string, [hour: number, bucket: number, events: number]>()

  constructor(index: IndexFile, file: number, facets: FacetIds) {
    this.#index = index
    this.#file = file
    this.#facets = facets
  }

  add(n: number, { event, start, bytes }: Placed): void {
    const at = timeOf(event)
    const facet = this.#facetOf(event)
    const call = textKey(event.tool_call_id)
    const local = event.kind === 'decision' && event.via === 'local' ? 1 : null
    const session = textKey(event.session) ?? 0
    const weight = this.#isTwin(event, call, session) ? 0 : weightOf(event)
    const us = weight > 0 ? latencyOf(event) ?? 0 : 0
    this.#index.sql(ROW).run(
      n,
      event.seq,
      at,
      this.#file,
      start,
      bytes,
      facet,
      idKeyOf(event.id),
      session,
      textKey(event.run_id),
      call,
      local,
      weight,
      us,
    )
    this.#count(Math.floor(at / HOUR_MS), facet, weight, us)
  }

  /** Write what was counted. */
  end(): void {
    const hours = this.#index.sql(`INSERT INTO hours VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET events = events + excluded.events, weight = weight + excluded.weight`)
    for (const row of this.#hours.values()) hours.run(this.#file, ...row)
    const latencies = this.#index.sql(`INSERT INTO latencies VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET events = events + excluded.events`)
    for (const row of this.#latencies.values()) latencies.run(this.#file, ...row)
  }

  #count(hour: number, facet: number, weight: number, us: number): void {
    const key = `${hour} ${facet}`
    const known = this.#hours.get(key)
    if (known === undefined) this.#hours.set(key, [hour, facet, 1, weight])
    else {
      known[2] += 1
      known[3] += weight
    }
    if (us === 0) return
    const bucket = bucketOf(us)
    const counted = this.#latencies.get(`${hour} ${bucket}`)
    if (counted === undefined) this.#latencies.set(`${hour} ${bucket}`, [hour, bucket, 1])
    else counted[2] += 1
  }

  /**
   * Whether this call was counted already: the executable answered while the server was slow, and both
   * have recorded it (semantics.md 30).
   */
  #isTwin({ kind, via }: AuditEvent, call: number | null, session: number): boolean {
    if (kind !== 'decision' || call === null) return false
    const other = via === 'local'
      ? this.#index.sql(`SELECT 1 FROM events
          WHERE file IN (?1, ?1 - 1) AND call = ?2 AND session = ?3 AND local IS NULL AND weight > 0
          LIMIT 1`)
      : this.#index.sql(`SELECT 1 FROM events
          WHERE file >= ?1 - 1 AND call = ?2 AND session = ?3 AND local = 1 LIMIT 1`)
    return other.get(this.#file, call, session) !== undefined
  }

  #facetOf(event: AuditEvent): number {
    const { agent, tool, policy, rule, action, kind, enforced } = facetOf(event)
    const values = [agent, tool, policy, rule, action, kind, enforced ? 1 : 0] as const
    const key = JSON.stringify(values)
    const known = this.#facets.get(key)
    if (known !== undefined) return known
    if (this.#facets.size >= REMEMBERED) this.#facets.clear()
    this.#index.sql(
      `INSERT OR IGNORE INTO facets (agent, tool, policy, rule, action, kind, enforced)
      VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(...values)
    const id = Number(
      this.#index.sql(
        `SELECT id FROM facets WHERE agent = ? AND tool = ? AND policy = ? AND rule = ?
        AND action = ? AND kind = ? AND enforced = ?`,
      ).get(...values)!['id'],
    )
    this.#facets.set(key, id)
    return id
  }
}

function textKey(value: unknown): number | null {
  return typeof value === 'string' ? keyOf(value) : null
}
