import type { HookedCall, HookedCalls, SwitchStore } from '../ports.ts'
import { HOOKED_KEPT_MS, memoryHookedCalls } from './memory-stores.ts'
import { changed } from './postgres-follow.ts'
import type { Shared } from './postgres.ts'

const TOLD = `WITH pruned AS (DELETE FROM rampart.hooked_calls WHERE tenant = $1 AND at < $6)
  INSERT INTO rampart.hooked_calls (tenant, key, told, audit_ids, at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (tenant, key) DO UPDATE SET
    told = excluded.told, audit_ids = excluded.audit_ids, at = excluded.at`

/**
 * What hosts were told, over all replicas: the next event of a call may meet another one. It is written behind
 * the answer, which waits for no network, and asked for when the host tells how the call went; while the
 * database is away each replica knows what it told itself.
 */
export async function postgresHookedCalls(
  { db, tenant, follower }: Pick<Shared, 'db' | 'tenant' | 'follower'>,
): Promise<HookedCalls> {
  const own = memoryHookedCalls()
  let writing: Promise<unknown> = Promise.resolve()
  // One after the other, as they were said. What cannot be written is not noticed later.
  const write = (sql: string, values: readonly unknown[]) =>
    void (writing = writing.then(() => db.rows(sql, values)).catch(() => {}))
  await follower.copy('hooked', async () => void await writing)
  return {
    async get(key) {
      if (follower.state().state === 'failing') return await own.get(key)
      await writing
      const sql = 'SELECT * FROM rampart.hooked_calls WHERE tenant = $1 AND key = $2'
      const [row] = await db.rows(sql, [tenant, key])
      return row === undefined ? undefined : {
        told: row['told'] as HookedCall['told'],
        auditIds: JSON.parse(String(row['audit_ids'])) as string[],
        at: Number(row['at']),
      }
    },
    async set(key, call) {
      await own.set(key, call)
      const { told, auditIds, at } = call
      const now = Math.trunc(at)
      write(TOLD, [tenant, key, told, JSON.stringify(auditIds), now, now - HOOKED_KEPT_MS])
    },
    async remove(key) {
      await own.remove(key)
      write('DELETE FROM rampart.hooked_calls WHERE tenant = $1 AND key = $2', [tenant, key])
    },
  }
}

/** How long a switch counts that nobody could ask for since: one that was turned back must not stay off. */
const TRUSTED_MS = 5000

const OFF = `WITH ${changed('switches')}
  INSERT INTO rampart.switches (tenant, name, until) VALUES ($1, 'off', $2)
  ON CONFLICT (tenant, name) DO UPDATE SET until = excluded.until`

const ON = `WITH ${changed('switches')}
  DELETE FROM rampart.switches WHERE tenant = $1 AND name = 'off'`

/** Break-glass over all replicas: without the database for more than five seconds, all enforce. */
export async function postgresSwitches({ db, tenant, follower }: Shared): Promise<SwitchStore> {
  let until: number | undefined
  await follower.copy('switches', async () => {
    const sql = `SELECT until FROM rampart.switches WHERE tenant = $1 AND name = 'off'`
    const [row] = await db.rows(sql, [tenant])
    until = row === undefined ? undefined : Number(row['until'])
  })
  return {
    offUntil: () => follower.state().age_ms > TRUSTED_MS ? undefined : until,
    async set(next) {
      const given = next === undefined ? undefined : Math.trunc(next)
      await (given === undefined ? db.again(ON, [tenant]) : db.again(OFF, [tenant, given]))
      until = given
    },
  }
}
