import type { OnceStore } from '../ports.ts'
import { randomHex } from './hash.ts'
import { changed } from './postgres-follow.ts'
import { isTaken } from './postgres-pool.ts'
import type { Shared } from './postgres.ts'

/** All or none by itself: one key that is taken fails the statement. In one order, so that none waits for each. */
const CLAIM = `WITH ${changed('once')}
  INSERT INTO rampart.once_claims (tenant, key, at, stamp)
  SELECT $1, key, $3, $4 FROM unnest($2::text[]) AS key ORDER BY key`

/**
 * Claims of `once` rules over all replicas. A claim is made in the database; what is claimed is read from a
 * copy, which can be late but never early: a permissive rule that is spent elsewhere loses its claim, a
 * restrictive one holds once more.
 */
export async function postgresOnce({ db, tenant, follower }: Shared): Promise<OnceStore> {
  const claimed = new Set<string>()
  async function reload(): Promise<void> {
    const sql = 'SELECT key FROM rampart.once_claims WHERE tenant = $1'
    for (const { key } of await db.rows(sql, [tenant])) claimed.add(String(key))
  }
  /** Whose they are: keys of the same stamp were claimed by the try whose answer was lost. */
  async function areMine(keys: readonly string[], stamp: string): Promise<boolean> {
    const sql = 'SELECT key, stamp FROM rampart.once_claims WHERE tenant = $1 AND key = ANY($2)'
    const { rows } = await db.again(sql, [tenant, keys])
    for (const { key } of rows) claimed.add(String(key))
    return rows.length === keys.length && rows.every((row) => row['stamp'] === stamp)
  }
  await follower.copy('once', reload)
  return {
    claimed: (key) => claimed.has(key),
    async claim(keys, at) {
      const wanted = [...new Set(keys)]
      if (wanted.length === 0) return true
      const stamp = randomHex(16)
      try {
        await db.again(CLAIM, [tenant, wanted, Math.trunc(at), stamp])
      } catch (error) {
        if (!isTaken(error)) throw error
        return await areMine(wanted, stamp)
      }
      for (const key of wanted) claimed.add(key)
      return true
    },
  }
}
