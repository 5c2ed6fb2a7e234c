import { bucketOf, facetOf, HOUR_MS, latencyOf, StatsBuilder, weightOf } from '../audit/stats.ts'
import type { AuditEvent } from '../audit/event.ts'
import { sessionCount, SessionTallies } from '../audit/sessions.ts'
import type { TrailReader } from '../ports.ts'
import { isWithin, matchesFilter } from './audit-filter.ts'

/** Reads events that are kept in memory, oldest first. */
export function memoryReader(kept: () => readonly AuditEvent[]): TrailReader {
  return {
    page(filter) {
      const all = filter.order === 'asc' ? kept() : [...kept()].reverse()
      const events = all.filter((event) => matchesFilter(event, filter)).slice(0, filter.limit)
      const next = filter.limit > 0 && events.length === filter.limit
        ? events.at(-1)?.seq
        : undefined
      return Promise.resolve({ events, next })
    },
    stats({ since, until }) {
      const builder = new StatsBuilder()
      const twins = new Twins()
      for (const event of kept()) {
        const weight = twins.isTwin(event) ? 0 : weightOf(event)
        if (!isWithin(event.time, { since, until })) continue
        builder.add(facetOf(event), Math.floor(Date.parse(event.time) / HOUR_MS), 1, weight)
        const us = weight > 0 ? latencyOf(event) : undefined
        if (us !== undefined) builder.addLatency(bucketOf(us), 1)
      }
      return Promise.resolve(builder.result(written(since), written(until)))
    },
    sessions(span) {
      const events = kept()
      const tallies = new SessionTallies<string>()
      const twins = new Twins()
      for (const [at, event] of events.entries()) {
        const weight = twins.isTwin(event) ? 0 : weightOf(event)
        if (weight === 0 || !isWithin(event.time, span)) continue
        const { agent, action } = facetOf(event)
        tallies.add(JSON.stringify([agent, event.session]), action, weight, at)
      }
      const { tallies: newest, unlisted } = tallies.newest()
      const sessions = newest.map((tally) => sessionCount(tally, events[tally.last]!))
      return Promise.resolve({ sessions, unlisted })
    },
  }
}

function written(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString()
}

/** Calls that the executable answered and a late server recorded too (semantics.md 30). */
class Twins {
  readonly #local = new Set<string>()
  readonly #served = new Set<string>()

  isTwin({ kind, via, tool_call_id, session }: AuditEvent): boolean {
    if (kind !== 'decision' || tool_call_id === undefined) return false
    const call = JSON.stringify([session, tool_call_id])
    if (via === 'local') {
      this.#local.add(call)
      return this.#served.has(call)
    }
    if (this.#local.has(call)) return true
    this.#served.add(call)
    return false
  }
}
