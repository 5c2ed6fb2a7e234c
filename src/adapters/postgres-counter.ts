import type { CallCounter, CountKey } from '../ports.ts'
import { COUNT_KEPT_MS } from './count-window.ts'
import type { Shared } from './postgres.ts'

/** Calls older than that are removed once in so many. */
const PRUNE_EVERY = 1000
/** Sessions whose calls are kept here; those that asked longest ago go first. */
const SESSIONS = 2000

/**
 * The row of the session is held until the call stands, so that numbers are given in the order in which calls
 * are seen: whoever has one sees all smaller ones.
 */
const RECORD = `WITH session AS (
    INSERT INTO rampart.sessions (tenant, principal, session, calls) VALUES ($1, $2, $3, 1)
    ON CONFLICT (tenant, principal, session) DO UPDATE SET calls = sessions.calls + 1
    RETURNING calls)
  INSERT INTO rampart.calls (tenant, principal, session, n, tool, at)
  SELECT $1, $2, $3, calls, $4, $5 FROM session`

const SINCE = `SELECT n, tool, at FROM rampart.calls
  WHERE tenant = $1 AND principal = $2 AND session = $3 AND n > $4 ORDER BY n`

interface Session {
  last: number
  readonly calls: { readonly tool: string; readonly at: number }[]
}

/**
 * Enforced calls over all replicas. Where policies count, and only there, a call asks the database once, so
 * that a limit holds over all of them; what was not asked for cannot be known, and then restrictive rules hold.
 */
export function postgresCounter({ db, tenant }: Pick<Shared, 'db' | 'tenant'>): CallCounter {
  const sessions = new Map<string, Session>()
  let newest = -Infinity
  let recorded = 0
  async function ready({ principal, session }: Pick<CountKey, 'principal' | 'session'>) {
    const name = nameOf({ principal, session })
    const known = sessions.get(name) ?? { last: 0, calls: [] }
    const rows = await db.rows(SINCE, [tenant, principal, session, known.last])
    for (const { n, tool, at } of rows) {
      // Another call may have read the same ones meanwhile.
      if (Number(n) <= known.last) continue
      known.last = Number(n)
      known.calls.push({ tool: String(tool), at: Number(at) })
      newest = Math.max(newest, Number(at))
    }
    sessions.delete(name)
    sessions.set(name, known)
    if (sessions.size > SESSIONS) sessions.delete(sessions.keys().next().value!)
  }
  return {
    async record(key, at) {
      const { principal, session, tool } = key
      try {
        await db.rows(RECORD, [tenant, principal, session, tool, Math.trunc(at)])
        newest = Math.max(newest, at)
        await ready(key)
      } catch (error) {
        // What is here may be too few by now.
        sessions.delete(nameOf(key))
        throw error
      }
      recorded += 1
      if (recorded % PRUNE_EVERY !== 0) return
      const end = Math.trunc(newest - COUNT_KEPT_MS)
      await db.rows('DELETE FROM rampart.calls WHERE tenant = $1 AND at < $2', [tenant, end])
    },
    async ready(of) {
      try {
        await ready(of)
      } catch (error) {
        sessions.delete(nameOf(of))
        throw error
      }
    },
    count(key, since) {
      if (since < newest - COUNT_KEPT_MS) return undefined
      return sessions.get(nameOf(key))?.calls
        .filter(({ tool, at }) => tool === key.tool && at >= Math.trunc(since)).length
    },
  }
}

function nameOf({ principal, session }: Pick<CountKey, 'principal' | 'session'>): string {
  return JSON.stringify([principal, session])
}
