import type { SwitchStore } from '../ports.ts'
import { asking, type Database } from './database.ts'

/** So long an answer holds: several calls of one moment ask once. */
const HOLDS_MS = 1

/**
 * Break-glass in the state database: every process sees it within a millisecond, and a restart does not
 * end it.
 */
export function sqliteSwitches(db: Database): SwitchStore {
  const select = db.prepare(`SELECT until FROM switches WHERE name = 'off'`)
  const set = db.prepare(
    `INSERT INTO switches (name, until) VALUES ('off', ?)
     ON CONFLICT (name) DO UPDATE SET until = excluded.until`,
  )
  const clear = db.prepare(`DELETE FROM switches WHERE name = 'off'`)
  let known: { readonly at: number; readonly until: number | undefined } | undefined
  return {
    offUntil() {
      const at = performance.now()
      if (known === undefined || at - known.at > HOLDS_MS) {
        const row = asking(() => select.get())
        known = { at, until: row === undefined ? undefined : Number(row['until']) }
      }
      return known.until
    },
    async set(until) {
      known = undefined
      asking(() => until === undefined ? clear.run() : set.run(Math.trunc(until)))
    },
  }
}
