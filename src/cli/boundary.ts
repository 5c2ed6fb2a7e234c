import { dirname, join } from 'node:path'
import { snapshotFile } from '../adapters/snapshot-file.ts'
import { deskOf } from '../service/desk.ts'
import type { Services } from '../service/services.ts'
import { keepSnapshot } from '../service/snapshot.ts'
import { type Config, places, protectedPaths } from './config.ts'

/** How often what lies beside the socket is looked at. */
const LOOK_MS = 5000

/** What a server keeps beside its socket for the programs that ask it. */
export interface Boundary {
  readonly services: Services
  /** Look after it from now on. */
  keep(): void
  leave(): void
}

/** The socket of a server, where it has one. */
export function socketOf({ values }: Config, home: string): string | undefined {
  return values.socket === 'none' ? undefined : values.socket ?? places(home).socket
}

/** Without a socket nobody asks, so nothing is kept. */
export function boundary(services: Services, config: Config, home: string): Boundary {
  const socket = socketOf(config, home)
  if (socket === undefined) return { services, keep() {}, leave() {} }
  const file = snapshotFile(join(dirname(socket), 'rules.snapshot'), protectedPaths(home))
  const snapshot = keepSnapshot(services, file)

  async function look(): Promise<void> {
    while (!deskOf(services).draining) {
      await snapshot.tick()
      await services.clock.sleep(LOOK_MS)
    }
  }
  return {
    services: { ...services, policies: snapshot.policies },
    keep() {
      look().catch((error) => services.log.error('Cannot look after the socket any more', error))
    },
    leave: () => snapshot.close(),
  }
}
