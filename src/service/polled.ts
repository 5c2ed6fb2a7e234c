import type { Approval } from '../approval/approval.ts'
import { deskOf, serially } from './desk.ts'
import { release } from './release.ts'
import { markReleased, seat, waitingFor } from './seated.ts'
import type { Services } from './services.ts'
import type { Waited } from './wait.ts'

/**
 * An edge that polls goes on once it hears of a yes, so it hears of it only when the yes is spent on its
 * call, everything looked at again (security.md F12). What it hears twice is the same.
 */
export async function polled(
  row: Approval,
  status: Waited['status'],
  services: Services,
): Promise<Waited['status']> {
  if (waitingFor(row.id, services) === undefined) return status
  return await serially(deskOf(services), `poll ${row.id}`, async () => {
    const waiting = waitingFor(row.id, services)
    if (waiting === 'released') return status === 'used' ? 'approved' : status
    if (waiting === undefined || status !== 'approved') return status
    const { judged, request } = waiting
    const released = await release(judged, row, request, services)
    if (released === 'used') return 'used'
    if (released !== undefined) return 'cancelled'
    markReleased(row.id, services)
    seat(judged, request, row.auditId ?? row.id, services)
    return 'approved'
  })
}
