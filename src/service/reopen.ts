import { approversOf } from '../approval/approval.ts'
import { isProved, provedAnswers } from './resolution.ts'
import type { Services } from './services.ts'

/** Most that are looked through. */
const AT_ONCE = 1000

const UNANSWERED = {
  resolvedAt: undefined,
  resolvedBy: undefined,
  resolvedName: undefined,
  resolutionId: undefined,
  channel: undefined,
  scope: undefined,
}

/**
 * A yes that was written down and of which the trail knows nothing, because the process ended in between or
 * because somebody else wrote it: the question is open again (security.md F25). For a start, when nobody
 * else is on the way to the trail.
 */
export async function reopenUnproved(services: Services): Promise<void> {
  const { approvals, clock, log } = services
  // What a held caller took is `used` a moment before the yes and its use stand in the trail.
  const given = [
    ...await approvals.list({ status: 'approved', limit: AT_ONCE }),
    ...await approvals.list({ status: 'used', limit: AT_ONCE }),
  ]
  for (const approval of given) {
    if (clock.now() >= approval.expiresAt) continue
    if (await isProved(approval, approversOf(approval), services)) continue
    await approvals.swap(approval.status, {
      ...approval,
      status: 'pending',
      answers: await provedAnswers(approval, services),
      ...UNANSWERED,
    })
    log.warn(`The trail knows nothing of the yes to approval ${approval.id}: it is open again`)
  }
}
