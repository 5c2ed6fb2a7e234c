import { postgresApprovals } from '../adapters/postgres-approvals.ts'
import { postgresCounter } from '../adapters/postgres-counter.ts'
import { postgresGrants } from '../adapters/postgres-grants.ts'
import { postgresOnce } from '../adapters/postgres-once.ts'
import { postgresOverlay } from '../adapters/postgres-overlay.ts'
import { postgresHookedCalls, postgresSwitches } from '../adapters/postgres-small.ts'
import { postgresTokens } from '../adapters/postgres-tokens.ts'
import type { Shared } from '../adapters/postgres.ts'
import type { Log } from '../ports.ts'
import type { Stores } from './compose-stores.ts'
import { places } from './config.ts'

/** The stores of a database that other servers use too, each copy as it stands now. */
export async function sharedStores(shared: Shared, home: string, log: Log): Promise<Stores> {
  const { policies: dir } = places(home)
  return {
    approvals: postgresApprovals(shared),
    tokens: await postgresTokens(shared),
    counter: postgresCounter(shared),
    once: await postgresOnce(shared),
    grants: await postgresGrants(shared),
    hooked: await postgresHookedCalls(shared),
    overlay: await postgresOverlay(shared, { dir, log }),
    switches: await postgresSwitches(shared),
    store: { state: () => shared.follower.state() },
  }
}
