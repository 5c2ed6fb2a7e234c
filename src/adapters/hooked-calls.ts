import type { HookedCall, HookedCalls } from '../ports.ts'
import { HOOKED_KEPT_MS } from './memory-stores.ts'
import { asking, type Database, transaction } from './database.ts'
import { onceAsked } from './when-asked.ts'

/** What hosts were told, in the state database: the next event of a call may meet another process. */
export function sqliteHookedCalls(db: Database): HookedCalls {
  const select = db.prepare('SELECT told, audit_ids, at FROM hooked_calls WHERE key = ?')
  const insert = onceAsked(() =>
    db.prepare(
      `INSERT INTO hooked_calls (key, told, audit_ids, at) VALUES (?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET
       told = excluded.told, audit_ids = excluded.audit_ids, at = excluded.at`,
    )
  )
  const remove = onceAsked(() => db.prepare('DELETE FROM hooked_calls WHERE key = ?'))
  const prune = onceAsked(() => db.prepare('DELETE FROM hooked_calls WHERE at < ?'))
  return {
    async get(key) {
      const row = asking(() => select.get(key))
      return row === undefined ? undefined : {
        told: row['told'] as HookedCall['told'],
        auditIds: JSON.parse(String(row['audit_ids'])) as string[],
        at: Number(row['at']),
      }
    },
    set: async (key, { told, auditIds, at }) =>
      transaction(db, () => {
        prune().run(Math.trunc(at) - HOOKED_KEPT_MS)
        insert().run(key, told, JSON.stringify(auditIds), Math.trunc(at))
      }),
    remove: async (key) => void asking(() => remove().run(key)),
  }
}
