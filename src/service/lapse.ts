import { sweepGrants } from './grant-sweep.ts'
import { deskOf } from './desk.ts'
import { close } from './resolution.ts'
import type { Services } from './services.ts'

/** How often approvals that nobody waits for are looked at. */
const LOOK_MS = 15_000
/** Most that are closed at one look. */
const AT_ONCE = 1000

/**
 * Close what nobody answered in time, so that the trail has it: questions that were put asynchronously
 * have no waiter who would, nor have those whose time ended while no server ran. A yes that nobody used in
 * time ends the same way.
 */
export async function closeLapsed(services: Services): Promise<void> {
  const { approvals, clock } = services
  for (;;) {
    const lapsed = await approvals.lapsed(clock.now(), AT_ONCE)
    let closed = 0
    for (const approval of lapsed) {
      if (await close(approval, 'expired', services)) closed += 1
    }
    if (lapsed.length < AT_ONCE || closed === 0) return
  }
}

/** The same at once and then for as long as the server takes calls. */
export function watchLapsed(services: Services): void {
  async function watch(): Promise<void> {
    while (!deskOf(services).draining) {
      try {
        await closeLapsed(services)
        await sweepGrants(services)
      } catch (error) {
        services.log.error('Cannot close expired approvals', error)
      }
      await services.clock.sleep(LOOK_MS)
    }
  }
  watch().catch((error) => services.log.error('Cannot close expired approvals any more', error))
}
