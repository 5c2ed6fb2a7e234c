import type { OnceStore } from '../ports.ts'
import { asking, type Database, transaction } from './database.ts'

/** Claims of `once` rules, over all processes: the first one to claim has it, for good. */
export function sqliteOnce(db: Database): OnceStore {
  const select = db.prepare('SELECT 1 AS found FROM once_claims WHERE key = ?')
  const insert = db.prepare('INSERT INTO once_claims (key, at) VALUES (?, ?)')
  const taken = (key: string): boolean => select.get(key) !== undefined
  return {
    claimed: (key) => asking(() => taken(key)),
    claim: async (keys, at) =>
      transaction(db, () => {
        const wanted = [...new Set(keys)]
        if (wanted.some(taken)) return false
        for (const key of wanted) insert.run(key, Math.trunc(at))
        return true
      }),
  }
}
