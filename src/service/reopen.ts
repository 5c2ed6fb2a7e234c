import { type Approval, approversOf } from '../approval/approval.ts'
import { deskOf } from './desk.ts'
import { isProved, isUseKnown, provedAnswers } from './resolution.ts'
import type { Services } from './services.ts'
import { usesOf } from './uses.ts'

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
 * What was written down and of which the trail knows nothing, because the process ended in between or because
 * somebody else wrote it (security.md F25). A yes is an open question again; a use of a yes that is proved
 * let nobody go, and the yes is there again. For a start: other processes may be on the way to the trail, so
 * each row is doubted first and then the trail is read (`doubt.ts` has their side).
 */
export async function reopenUnproved(services: Services): Promise<void> {
  const { approvals, clock } = services
  // What a held caller took is `used` a moment before the yes and its use stand in the trail.
  const given = [
    ...await approvals.list({ status: 'approved', limit: AT_ONCE }),
    ...await approvals.list({ status: 'used', limit: AT_ONCE }),
  ]
  const unused: Approval[] = []
  for (const approval of given) {
    if (clock.now() >= approval.expiresAt) continue
    const proved = await isProved(approval, approversOf(approval), services)
    if (!proved) await reopen(approval, services)
    // Of a use that another replica recorded this trail says nothing: what is spent stays spent.
    else if (approvals.isShared === true) await undoubt(approval, services)
    else if (approval.doubted === true || await mayBeUnused(approval, services)) {
      unused.push(approval)
    }
  }
  await giveBackUnused(unused, services)
}

/** Whoever marked it ended before it was done. */
async function undoubt(approval: Approval, { approvals }: Services): Promise<void> {
  if (approval.doubted !== true) return
  await approvals.swap(approval.status, { ...approval, doubted: undefined })
}

async function mayBeUnused(approval: Approval, services: Services): Promise<boolean> {
  // Without the name of its event the caller may have been let go without one (`failure: open`).
  return approval.status === 'used' && approval.useId !== undefined &&
    !await isUseKnown(approval, services)
}

async function reopen(approval: Approval, services: Services): Promise<void> {
  const doubted = await doubt(approval, services)
  if (doubted === undefined) return
  let next: Approval = { ...doubted, doubted: undefined }
  try {
    if (!await isProved(approval, approversOf(approval), services)) {
      const answers = await provedAnswers(approval, services)
      next = { ...next, status: 'pending', answers, useId: undefined, ...UNANSWERED }
    }
  } finally {
    await services.approvals.swap(doubted.status, next)
  }
  if (next.status !== 'pending') return
  services.log.warn(
    `The trail knows nothing of the yes to approval ${approval.id}: it is open again`,
  )
}

async function giveBackUnused(rows: readonly Approval[], services: Services): Promise<void> {
  const doubted: Approval[] = []
  for (const row of rows) {
    const one = await doubt(row, services)
    if (one !== undefined) doubted.push(one)
  }
  if (doubted.length === 0) return
  let uses: ReadonlySet<string> | undefined
  try {
    uses = await usesOf(doubted, services)
  } finally {
    for (const row of doubted) {
      const unused = row.status === 'used' && row.useId !== undefined && uses?.has(row.id) === false
      const next = { ...row, doubted: undefined }
      if (!unused) await services.approvals.swap(row.status, next)
      else await giveBack({ ...next, status: 'approved', useId: undefined }, services)
    }
  }
}

async function giveBack(next: Approval, { approvals, log }: Services): Promise<void> {
  if (!await approvals.swap('used', next)) return
  log.warn(
    `The yes to approval ${next.id} was spent on a call that was never let go: it counts again`,
  )
}

/** Mark a row, so that who is on the way to the trail with it waits; undefined where it went on meanwhile. */
async function doubt(
  approval: Approval,
  services: Services,
): Promise<Approval | undefined> {
  const { using, settling } = deskOf(services)
  if (settling.has(approval.id) || using.has(approval.useId ?? '')) return undefined
  const next = { ...approval, doubted: true }
  if (!await services.approvals.swap(approval.status, next)) return undefined
  return { ...next, revision: (approval.revision ?? 0) + 1 }
}
