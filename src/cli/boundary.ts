import { dirname, join } from 'node:path'
import { gapFile } from '../adapters/gap-file.ts'
import { snapshotFile } from '../adapters/snapshot-file.ts'
import type { Running } from '../runtime/serve.ts'
import { deskOf } from '../service/desk.ts'
import { recordGaps, recordReclaimed } from '../service/gaps.ts'
import type { Services } from '../service/services.ts'
import { keepSnapshot } from '../service/snapshot.ts'
import { type Config, places, protectedPaths } from './config.ts'
import { shareFile } from './socket-share.ts'

/** A snapshot takes some 20 ms to make, which whoever starts a server does not wait for; until then all is asked. */
const SNAPSHOT_MS = 100
/** How often it is looked whether the socket is still ours, ms. */
const LOOK_MS = 1000
/** At every so many looks what else lies beside it is looked at. */
const SLOWLY = 5

/** What a server keeps beside its socket for the programs that ask it. */
export interface Boundary {
  readonly services: Services
  /** Look after it from now on; what passed before this server came is in the trail when it resolves. */
  keep(running: Pick<Running, 'reclaim'>): Promise<void>
  leave(): void
}

/** The socket of a server, where it has one. */
export function socketOf({ values }: Config, home: string): string | undefined {
  return values.socket === 'none' ? undefined : values.socket ?? places(home).socket
}

/** Without a socket nobody asks, so nothing is kept. */
export function boundary(services: Services, config: Config, home: string): Boundary {
  const socket = socketOf(config, home)
  if (socket === undefined) return { services, keep: () => Promise.resolve(), leave() {} }
  const beside = (name: string) => join(dirname(socket), name)
  const gid = config.values.socket_group
  const shared = (mode: 0o640 | 0o660) =>
    gid === undefined ? undefined : (path: string) => shareFile(path, gid, mode)
  const file = snapshotFile(beside('rules.snapshot'), protectedPaths(home), shared(0o640))
  const snapshot = keepSnapshot(services, file)
  const gaps = gapFile(beside('gaps'), shared(0o660))
  const { clock, log } = services

  /** What goes wrong at one look may be well at the next. */
  const tried = (what: string, work: () => Promise<void>) =>
    work().catch((error: unknown) => log.error(`Cannot look after ${what}`, error))
  const drain = () => gaps.drain((found) => recordGaps(found, services))

  const tick = () => tried('the rule snapshot', () => snapshot.tick())

  async function look({ reclaim }: Pick<Running, 'reclaim'>): Promise<void> {
    await clock.sleep(SNAPSHOT_MS)
    await tick()
    for (let turn = 1;; turn++) {
      await clock.sleep(LOOK_MS)
      if (deskOf(services).draining) return
      await tried('the socket', async () => {
        const was = await reclaim()
        if (was !== 'own') await recordReclaimed(was, socket!, services)
      })
      if (turn % SLOWLY !== 0) continue
      await tick()
      await tried('the notes of what passed', drain)
    }
  }
  return {
    services: { ...services, policies: snapshot.policies },
    async keep(running) {
      // The first call renames, the second reads: nobody notes any more that nobody answers.
      await tried('the notes of what passed', async () => {
        await drain()
        await drain()
      })
      void look(running)
    },
    leave: () => snapshot.close(),
  }
}
