import { deskOf } from './desk.ts'
import { close } from './resolution.ts'
import type { Services } from './services.ts'

/** How often approvals that nobody waits for are looked at. */
const LOOK_MS = 15_000
/** Most that are closed at one look. */
const AT_ONCE = 1000

/**
 * Close what nobody answered in time, so that the trail has it: questions that were put asynchronously
 * have no waiter who would, nor have those whose time ended while no server ran.
 */
export async function closeLapsed(services: Services): Promise<void> {
  const { approvals, clock } = services
  const pending = await approvals.list({ status: 'pending', limit: AT_ONCE })
  for (const approval of pending) {
    if (clock.now() >= approval.expiresAt) await close(approval, 'expired', services)
  }
}

/** The same at once and then for as long as the server takes calls. */
export function watchLapsed(services: Services): void {
  async function watch(): Promise<void> {
    while (!deskOf(services).draining) {
      await closeLapsed(services)
      await services.clock.sleep(LOOK_MS)
    }
  }
  watch().catch((error) => services.log.error('Cannot close expired approvals any more', error))
}
