import { systemClock } from '../adapters/clock.ts'
import { openDatabase } from '../adapters/database.ts'
import { ulids } from '../adapters/ids.ts'
import { RampartError } from '../errors.ts'
import type { AuditLog, Clock, FleetParts, Ids, Log } from '../ports.ts'
import { fleetParts } from './compose-fleet.ts'
import { type Stores, storesOf } from './compose-stores.ts'
import { auditDirectory, type Config, type Environment, places } from './config.ts'
import { ownDirectory } from './state.ts'
import { notedStore, noteStore, openStore } from './store.ts'

/** Where a process keeps state, and what that brings with it. */
export interface Kept {
  readonly stores: Stores
  /** Nodes of this server alone, wherever the rest is. */
  readonly fleet: FleetParts
  readonly clock: Clock
  readonly ids: Ids
  /** This process's trail, as others who keep state there see of it. */
  shown(own: AuditLog, node: string): AuditLog
  close(): Promise<void>
}

/** The state directory's own database, or the one that is shared with other servers. */
export async function keptState(
  environment: Environment,
  config: Config,
  { log, isServing }: { readonly log: Log; readonly isServing: boolean },
): Promise<Kept> {
  const { home } = environment
  await ownDirectory(auditDirectory(home, config))
  const clock = systemClock()
  const shared = await openStore(environment, config, { clock, log })
  if (shared === undefined) {
    if (isServing) await noteStore(home, undefined)
    refuseElsewhere(home)
    const database = openDatabase(places(home).database)
    return {
      stores: storesOf(database, home),
      fleet: fleetParts(database, home),
      clock,
      ids: ulids(clock),
      shown: (own) => own,
      close: () => Promise.resolve(database.close()),
    }
  }
  const database = openDatabase(places(home).database)
  try {
    if (isServing) await noteStore(home, shared)
    const { sharedStores } = await import('./compose-shared.ts')
    const { sharedTrail } = await import('../adapters/postgres-trail.ts')
    const { sharedClock } = await import('../adapters/postgres-clock.ts')
    const common = sharedClock(shared, clock)
    return {
      stores: await sharedStores(shared, home, log),
      fleet: fleetParts(database, home),
      clock: common,
      ids: ulids(common),
      shown: (own, node) => sharedTrail(own, shared, { node, clock: common, log }),
      async close() {
        database.close()
        await shared.close()
      },
    }
  } catch (error) {
    database.close()
    await shared.close()
    throw error
  }
}

/** A command that would change a database which nobody asks. */
function refuseElsewhere(home: string): void {
  const noted = notedStore(home)
  if (noted === undefined) return
  throw new RampartError(
    'config_invalid',
    `The state of ${home} is in ${noted}: name it as \`store\` in ${places(home).config}`,
  )
}
