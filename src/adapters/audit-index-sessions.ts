import type { AuditEvent } from '../audit/event.ts'
import { sessionCount, SESSIONS, SessionTallies, type TrailSessions } from '../audit/sessions.ts'
import type { TimeSpan } from '../ports.ts'
import type { IndexFile } from './audit-index-file.ts'
import { boundsOf } from './audit-index-find.ts'
import { type Place, stateOf } from './audit-index-place.ts'

/** Rows that one statement looks at. */
const WINDOW = 20_000

const ROWS = `SELECT session, agent, action, sum(weight) AS weight, max(n) AS last
  FROM events JOIN facets ON facets.id = events.facet
  WHERE n >= ? AND n < ? AND at >= ? AND at < ? AND weight > 0
  GROUP BY session, agent, action`

/**
 * What each session did, counted from the rows of the index, a little at a time; the names of those that are listed
 * come from the lines of their last calls, by `read`. Ends with an error when the index was changed meanwhile.
 */
export async function sessionsOf(
  index: IndexFile,
  place: Place,
  { since = -Number.MAX_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER }: TimeSpan,
  read: (rows: readonly number[]) => Promise<readonly AuditEvent[]>,
): Promise<TrailSessions> {
  const tallies = new SessionTallies<string>()
  const rows = index.sql(ROWS)
  let [low, high] = boundsOf(index, place, { since, until, limit: SESSIONS })
  for (; low < high; low += WINDOW) {
    const found = rows.all(low, Math.min(high, low + WINDOW), since, until)
    for (const { session, agent, action, weight, last } of found) {
      const key = `${session} ${agent}`
      tallies.add(key, String(action), Number(weight), Number(last))
    }
    await new Promise((resolve) => setImmediate(resolve))
    if (stateOf(index).generation !== place.generation) throw new Error('The index has changed')
  }
  const { tallies: newest, unlisted } = tallies.newest()
  const lasts = await read(newest.map(({ last }) => last))
  return { sessions: newest.map((tally, i) => sessionCount(tally, lasts[i]!)), unlisted }
}
