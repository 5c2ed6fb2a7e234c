import type { Gaps } from '../audit/gaps.ts'
import { deskOf } from './desk.ts'
import { recordStrictly } from './record.ts'
import type { Services } from './services.ts'

/** Put what passed while no server answered into the trail: one event, and people are told. */
export async function recordGaps(gaps: Gaps, services: Services): Promise<void> {
  await recordStrictly({
    kind: 'fail_open',
    request: {
      passed: gaps.count,
      unreadable: gaps.unreadable,
      since: gaps.since,
      until: gaps.until,
      layers: gaps.layers,
      programs: gaps.programs,
    },
    decision: {
      action: 'log',
      message: `At least ${gaps.count} calls passed while no server answered`,
      eval_us: 0,
    },
    principal: 'rampart',
    via: 'local',
  }, services)
  deskOf(services).passed += gaps.count
  services.log.warn(`At least ${gaps.count} calls passed while no server answered`)
}

/** Somebody put something in the place of our socket, and it was taken back (security.md F7). */
export async function recordReclaimed(
  how: 'gone' | 'taken',
  socket: string,
  services: Services,
): Promise<void> {
  const message = how === 'taken'
    ? 'Something else stood in the place of the socket: who asked it was not answered by Rampart'
    : 'The socket was removed: who asked meanwhile found nobody'
  services.log.error(message, socket)
  await recordStrictly({
    kind: 'alert',
    request: { socket, socket_was: how },
    decision: { action: 'reclaimed', message, eval_us: 0 },
    principal: 'rampart',
    via: 'local',
  }, services)
}
