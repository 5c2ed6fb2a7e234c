import { bucketOf, type Facet, HOUR_MS, StatsBuilder, type TrailStats } from '../audit/stats.ts'
import type { TimeSpan } from '../ports.ts'
import { boundsOf } from './audit-index-find.ts'
import type { IndexFile } from './audit-index-file.ts'
import { type Place, stateOf } from './audit-index-place.ts'

/** Rows that one statement looks at. */
const WINDOW = 20_000

/**
 * Statistics of what the index knows: whole hours from their sums, the rest row by row, a little at a time. Ends
 * with an error when the index was changed meanwhile.
 */
export async function statsOf(
  index: IndexFile,
  place: Place,
  { since, until }: TimeSpan,
): Promise<TrailStats> {
  const sums = new Sums(index, place)
  const first = Math.ceil((since ?? -Infinity) / HOUR_MS)
  const last = Math.floor((until ?? Infinity) / HOUR_MS)
  if (first > last) await sums.addRows(since!, until!)
  else {
    await sums.addHours(first, last)
    if (since !== undefined) await sums.addRows(since, Math.min(until ?? Infinity, first * HOUR_MS))
    if (until !== undefined) await sums.addRows(Math.max(since ?? 0, last * HOUR_MS), until)
  }
  return sums.builder.result(written(since), written(until))
}

function written(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString()
}

class Sums {
  readonly builder = new StatsBuilder()
  readonly #index: IndexFile
  readonly #place: Place
  readonly #facets = new Map<number, Facet>()

  constructor(index: IndexFile, place: Place) {
    this.#index = index
    this.#place = place
  }

  /** Hours from `first` on and before `last`. */
  async addHours(first: number, last: number): Promise<void> {
    const [low, high] = [safely(first), safely(last)]
    for (const { id } of this.#place.good) {
      const hours = this.#index.sql(`SELECT hour, facet, events, weight FROM hours
        WHERE file = ? AND hour >= ? AND hour < ?`).all(id, low, high)
      for (const { hour, facet, events, weight } of hours) {
        this.builder.add(this.#facet(Number(facet)), Number(hour), Number(events), Number(weight))
      }
      const latencies = this.#index.sql(`SELECT bucket, sum(events) AS events FROM latencies
        WHERE file = ? AND hour >= ? AND hour < ? GROUP BY bucket`).all(id, low, high)
      for (const { bucket, events } of latencies) {
        this.builder.addLatency(Number(bucket), Number(events))
      }
      await this.#breathe()
    }
  }

  /** Rows from a time on and before another. */
  async addRows(since: number, until: number): Promise<void> {
    if (since >= until) return
    let [low, high] = boundsOf(this.#index, this.#place, { since, until, limit: 0 })
    const rows = this.#index.sql(`SELECT at, facet, weight, us FROM events
      WHERE n >= ? AND n < ? AND at >= ? AND at < ?`)
    for (; low < high; low += WINDOW) {
      for (
        const { at, facet, weight, us } of rows.all(
          low,
          Math.min(high, low + WINDOW),
          since,
          safely(until),
        )
      ) {
        const hour = Math.floor(Number(at) / HOUR_MS)
        this.builder.add(this.#facet(Number(facet)), hour, 1, Number(weight))
        if (Number(us) > 0) this.builder.addLatency(bucketOf(Number(us)), 1)
      }
      await this.#breathe()
    }
  }

  #facet(id: number): Facet {
    let facet = this.#facets.get(id)
    if (facet === undefined) {
      const row = this.#index.sql('SELECT * FROM facets WHERE id = ?').get(id)
      const { agent = '', tool = '', policy = '', rule = '', action = '', kind = '', enforced } =
        row ?? {}
      facet = {
        agent: String(agent),
        tool: String(tool),
        policy: String(policy),
        rule: String(rule),
        action: String(action),
        kind: String(kind),
        enforced: enforced === 1,
      }
      this.#facets.set(id, facet)
    }
    return facet
  }

  async #breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    if (stateOf(this.#index).generation !== this.#place.generation) {
      throw new Error('The index has changed')
    }
  }
}

/** A number that SQLite takes. */
function safely(value: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value))
}
