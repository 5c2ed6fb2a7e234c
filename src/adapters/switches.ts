import type { SwitchStore } from '../ports.ts'
import { asking, type Database } from './database.ts'
import { onceAsked } from './when-asked.ts'

/** Break-glass in the state database: every process sees it at once, and a restart does not end it. */
export function sqliteSwitches(db: Database): SwitchStore {
  const select = db.prepare(`SELECT until FROM switches WHERE name = 'off'`)
  const set = onceAsked(() =>
    db.prepare(
      `INSERT INTO switches (name, until) VALUES ('off', ?)
     ON CONFLICT (name) DO UPDATE SET until = excluded.until`,
    )
  )
  const clear = onceAsked(() => db.prepare(`DELETE FROM switches WHERE name = 'off'`))
  return {
    offUntil() {
      const row = asking(() => select.get())
      return row === undefined ? undefined : Number(row['until'])
    },
    set: async (until) =>
      void asking(() => until === undefined ? clear().run() : set().run(Math.trunc(until))),
  }
}
