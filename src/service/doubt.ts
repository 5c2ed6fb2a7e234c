import type { Approval } from '../approval/approval.ts'
import type { Services } from './services.ts'

/** How long another process may look whether the trail has what a row says, and how often that is asked. */
const PATIENCE_MS = 10_000
const LOOK_MS = 20

/**
 * Whether a row that this process wrote stands now that its event is in the trail. A process that starts may
 * have doubted it meanwhile (`reopen.ts`): it marks the row and then reads the trail, we write the trail
 * and then read the row, so one of the two always sees the other. What it took back for want of the event is
 * put in force again. `seen` is what the store's `changes` said before the row was written.
 */
export async function stillStands(
  mine: Approval,
  seen: number,
  services: Services,
): Promise<boolean> {
  const { approvals, clock } = services
  if (approvals.changes() === seen) return true
  const deadline = clock.monotonic() + PATIENCE_MS
  for (;;) {
    const row = await approvals.get(mine.id)
    if (row === undefined) return false
    if (row.doubted === true) {
      if (clock.monotonic() >= deadline) return false
      await clock.sleep(LOOK_MS)
      continue
    }
    if (isOurs(row, mine)) return true
    if (!isTakenBack(row, mine)) return false
    if (await approvals.swap(row.status, { ...mine, revision: row.revision })) return true
  }
}

/** What became of an answer after it counted is no matter: it was used, or lapsed. */
function isOurs(row: Approval, mine: Approval): boolean {
  return mine.status === 'used'
    ? row.status === 'used' && row.useId === mine.useId
    : row.status !== 'pending' && row.resolutionId === mine.resolutionId
}

function isTakenBack(row: Approval, mine: Approval): boolean {
  return row.status === 'pending' ||
    mine.status === 'used' && row.status === 'approved' && row.resolutionId === mine.resolutionId
}
