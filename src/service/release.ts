import { type Approval, type ApprovalStatus, approversOf } from '../approval/approval.ts'
import type { Decision } from '../engine/types.ts'
import { answerOf } from './answer.ts'
import { useApproval } from './ask.ts'
import { deskOf, holding } from './desk.ts'
import { type Seat, takeSeat } from './handover.ts'
import { judge, type Judged } from './judge.ts'
import { supersede } from './resolution.ts'
import type { DecideRequest, Outcome, Services } from './services.ts'
import { claimRefusal, isSameCall, tell } from './tell.ts'
import { abandon, type Waited, waitFor } from './wait.ts'

/** A call whose question is put: hold the caller as long as it wants, then answer by what became of it. */
export async function answerWaiter(
  judged: Judged,
  asked: Approval,
  request: DecideRequest,
  services: Services,
  auditId: string,
): Promise<Outcome> {
  const { id } = asked
  const seat = takeSeat(asked, judged, request, services)
  try {
    return await holding(
      deskOf(services),
      id,
      () => answerHeld(judged, asked, seat, request, services, auditId),
    )
  } finally {
    seat.leave()
  }
}

async function answerHeld(
  judged: Judged,
  asked: Approval,
  seat: Seat,
  request: DecideRequest,
  services: Services,
  auditId: string,
): Promise<Outcome> {
  const { approval, status, took } = await waitSeated(asked, seat, request, services)
  const answer = (allowed: boolean, shown: ApprovalStatus, message?: string): Outcome => ({
    state: shown === 'pending' ? 'waiting' : 'answered',
    timeoutMs: approval.timeoutMs,
    answer: answerOf(judged.call, judged.decision, request, {
      allowed,
      enforced: true,
      auditId,
      evalUs: judged.evalUs,
      message,
      approval: { row: approval, status: shown },
    }),
  })
  if (took) {
    await claimRefusal(judged.decision, services)
    return answer(true, 'approved')
  }
  // Who left uses nothing up: the approval is there for the same call when it comes again.
  if (status === 'pending' || (status === 'approved' && request.signal?.aborted === true)) {
    if (status === 'pending') await letGo(approval, request, services)
    return answer(false, 'pending', `${judged.decision.message} (${waitsFor(approval)})`)
  }
  if (status === 'approved') {
    const released = await release(judged, approval, request, services)
    if (released !== 'used') return released ?? answer(true, 'approved')
  }
  const current = status === 'approved' ? await services.approvals.get(approval.id) : approval
  if (current !== undefined && isOwnUse(current, judged)) return answer(true, 'approved')
  const shown = status === 'approved' ? 'used' : status
  const said = shown === 'denied' ? deniedBecause(approval) : WORDS[shown]
  return answer(false, shown, `${judged.decision.message} (${said})`)
}

/** Wait for the answer, and for its record where this caller took the yes on its way there. */
async function waitSeated(
  asked: Approval,
  seat: Seat,
  request: DecideRequest,
  services: Services,
): Promise<Waited & { readonly took: boolean }> {
  const { clock } = services
  const most = Math.max(0, asked.expiresAt - clock.now())
  // One poll more than the approval lives, so that who waits to the end is told of it.
  const deadline = clock.monotonic() + Math.min(request.waitMs ?? Infinity, most + 1)
  let refused: Promise<boolean> | undefined
  for (;;) {
    const left = Math.max(0, deadline - clock.monotonic())
    const waited = await waitFor(asked, left, services, request.signal)
    const taken = seat.taken()
    if (taken === undefined || taken === refused) {
      // Nobody hands anything to who goes on by itself.
      seat.leave()
      return { ...waited, took: false }
    }
    if (await taken) return { ...waited, took: true }
    // It could not be written: the question is open again.
    refused = taken
  }
}

/** Why the caller has no answer yet, and until when it may hope for one. */
function waitsFor(approval: Approval): string {
  const until = new Date(approval.expiresAt).toISOString()
  const needed = approversOf(approval)
  const given = new Set(approval.answers?.map(({ principal }) => principal)).size
  return needed === 1
    ? `a person is asked, until ${until}`
    : `${needed} people are asked, ${given} said yes, until ${until}`
}

/** A person's no, with the reason they gave. */
export function deniedBecause({ reason }: Approval, when = ''): string {
  const no = `a person denied it${when === '' ? '' : ` ${when}`}`
  return reason === undefined ? no : `${no}: ${reason}`
}

const WORDS: Readonly<Record<Exclude<ApprovalStatus, 'pending' | 'approved' | 'denied'>, string>> =
  {
    expired: 'nobody answered in time',
    cancelled: 'the question was withdrawn',
    used: 'the approval was used by another call',
  }

/**
 * A person said yes: everything is looked at again (security.md F12). A denial wins, a call that leads
 * elsewhere by now is another call. Undefined releases the caller; `used` says that another was first.
 */
export async function release(
  judged: Judged,
  approval: Approval,
  request: DecideRequest,
  services: Services,
): Promise<Outcome | 'used' | undefined> {
  const again = await judge(request, services, 'past')
  const refused = again.decision.action === 'deny'
  if (refused || !isSameCall(again, judged)) {
    const decision: Decision = refused ? again.decision : {
      ...again.decision,
      action: 'deny',
      message: `${judged.decision.message} (what it leads to changed while it waited: ask again)`,
    }
    await supersede(approval, services)
    return await tell({ ...again, decision }, request, services, {
      allowed: false,
      enforced: true,
    }, [approval.id])
  }
  if (await useApproval(approval, again, request, services) === undefined) return 'used'
  await claimRefusal(judged.decision, services)
  return undefined
}

/** Two connections of one tool call share its approval (security.md F20). */
function isOwnUse(approval: Approval, { call }: Judged): boolean {
  return approval.status === 'used' && call.toolCallId !== undefined &&
    approval.toolCallId === call.toolCallId
}

/** The caller goes without an answer: lost, or told to come back. */
async function letGo(
  approval: Approval,
  request: DecideRequest,
  services: Services,
): Promise<void> {
  if (deskOf(services).draining) return
  if (request.signal?.aborted) abandon(approval.id, services)
  else if (!approval.detached) {
    await services.approvals.swap('pending', { ...approval, detached: true })
  }
}
