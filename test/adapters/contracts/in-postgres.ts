import { after, before } from 'node:test'
import { openPostgres } from '../../../src/adapters/postgres-pool.ts'
import { type PostgresPlace, postgresPlace } from '../../../src/adapters/postgres-place.ts'
import { type Migrated, migratePostgres } from '../../../src/adapters/postgres-schema.ts'
import { openShared, type Shared } from '../../../src/adapters/postgres.ts'
import { systemClock } from '../../../src/adapters/clock.ts'
import { randomHex } from '../../../src/adapters/hash.ts'
import {
  OWNER,
  SERVING,
  SKIP_POSTGRES,
  startPostgres,
  type TestPostgres,
} from '../../helpers/postgres.ts'
import type { Two } from './opened.ts'

export const SILENT = { error: () => {}, warn: () => {}, info: () => {} }

/** A PostgreSQL with our schema for all tests of a file; none is started where they are skipped. */
export function ownPostgres(): () => TestPostgres {
  let postgres: TestPostgres | undefined
  before(async () => {
    if (SKIP_POSTGRES !== false) return
    postgres = await startPostgres()
    await migrate(postgres)
  })
  after(() => postgres?.close())
  return () => postgres!
}

export async function migrate(
  postgres: TestPostgres,
  serving: string = SERVING.user,
): Promise<Migrated> {
  const db = openPostgres(placeOf(postgres, OWNER), OWNER.password)
  try {
    return await migratePostgres(db, serving)
  } finally {
    await db.close()
  }
}

export function placeOf(postgres: TestPostgres, role: { readonly user: string }): PostgresPlace {
  return postgresPlace(postgres.url(role), { weakTls: false })
}

/** One replica's view, as the serving role has it. */
export function sharedOf(
  postgres: TestPostgres,
  tenant: string,
  clock = systemClock(),
): Promise<Shared> {
  const place = placeOf(postgres, SERVING)
  return openShared({ place, password: SERVING.password, tenant, clock, log: SILENT })
}

/** Two views of one store: two replicas of a tenant that no other test has. */
export function inPostgres<T>(
  postgres: () => TestPostgres,
  make: (shared: Shared) => T | Promise<T>,
): Two<T> & { readonly skip: string | false } {
  async function open() {
    const tenant = `t-${randomHex(8)}`
    const [a, b] = await Promise.all([
      sharedOf(postgres(), tenant),
      sharedOf(postgres(), tenant),
    ])
    return {
      it: [await make(a), await make(b)] as const,
      caughtUp: async () => void await Promise.all([a.follower.catchUp(), b.follower.catchUp()]),
      close: async () => void await Promise.all([a.close(), b.close()]),
    }
  }
  return Object.assign(open, { skip: SKIP_POSTGRES })
}
