import type { Clock, Log } from '../ports.ts'
import { type Follower, followPostgres } from './postgres-follow.ts'
import type { PostgresPlace } from './postgres-place.ts'
import { openPostgres, type Postgres } from './postgres-pool.ts'
import { checkPostgres } from './postgres-schema.ts'

/** A tenant's state in a database, as one replica sees it. */
export interface Shared {
  readonly db: Postgres
  /** In every key (security.md F48). */
  readonly tenant: string
  readonly follower: Follower
  close(): Promise<void>
}

/**
 * Open the shared state: a schema of our version, followed from now on.
 *
 * @throws RampartError `state_unusable` where it may not be served from, `unavailable` where nobody answers
 */
export async function openShared(options: {
  readonly place: PostgresPlace
  readonly password: string | undefined
  readonly tenant: string
  readonly clock: Clock
  readonly log: Log
}): Promise<Shared> {
  const { place, password, tenant, clock, log } = options
  const db = openPostgres(place, password)
  try {
    await checkPostgres(db)
    const follower = await followPostgres({ db, tenant, clock, log })
    return {
      db,
      tenant,
      follower,
      async close() {
        await follower.close()
        await db.close()
      },
    }
  } catch (error) {
    await db.close()
    throw error
  }
}
