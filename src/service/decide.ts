import type { Call, Decision } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import { withBytes } from '../intercept/byte-params.ts'
import { foldToolName, TOOLS } from '../intercept/tools.ts'
import { ask } from './ask.ts'
import { claimGrants } from './claim.ts'
import { judge, type Judged } from './judge.ts'
import { type Stand, standNow } from './mode.ts'
import { heldQuestion, isNativeAllow, screenOf, shownOf } from './host-answer.ts'
import { recordLater } from './record.ts'
import { repeatsOf } from './repeats.ts'
import { answerWaiter, deniedBecause } from './release.ts'
import { close } from './resolution.ts'
import { answerSeated, seat, seatLater } from './seated.ts'
import type { DecideRequest, Held, Outcome, Services } from './services.ts'
import { answered, claimRefusal, digestFor, identityOf, permits, recordCall, tell } from './tell.ts'
import { askWebhooks } from './webhooks.ts'
import { wasApproved } from './was-approved.ts'

/** An outcome with the call it was made for. */
export interface Decided {
  readonly outcome: Outcome
  readonly call: Call
  readonly judged: Judged
}

/**
 * The one way from a call to an answer: every edge ends here. Facts, evaluation, webhooks, a person
 * where one is required, and the trail: nobody gets an answer that is not recorded. A failure is never
 * a permission; a defect is a `RampartError` of code `internal`, its detail in the log alone.
 */
export async function decide(request: DecideRequest, services: Services): Promise<Outcome> {
  return (await decideCall(request, services)).outcome
}

/** The same for those who show how the call was read. */
export async function decideCall(request: DecideRequest, services: Services): Promise<Decided> {
  const decided = await guarded(request, services, () => answerCall(request, services))
  // Nobody asked for a question to be held.
  return decided as Decided
}

/** The same for the host of an agent, which may be able to put a question itself. */
export async function decideForHost(
  request: DecideRequest,
  services: Services,
): Promise<Outcome | Held> {
  const decided = await guarded(request, services, () => answerCall(request, services, true))
  return 'outcome' in decided ? decided.outcome : decided
}

async function guarded<T>(
  request: DecideRequest,
  services: Services,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RampartError) throw error
    services.log.error('Defect: a call was denied because deciding it failed', error)
    await recordLater({
      kind: 'alert',
      tool: request.tool.slice(0, 256),
      request: { defect: true },
      decision: { action: 'deny', message: 'Deciding failed', eval_us: 0 },
      ...identityOf(request),
    }, services).catch(() => {})
    throw new RampartError('internal', 'The call was denied because deciding it failed')
  }
}

/** A call whose bytes are texts: what is judged, kept, shown and compared is one and the same. */
function readable(request: DecideRequest): DecideRequest {
  if (TOOLS.get(foldToolName(request.tool))?.class !== 'exec') return request
  const params = withBytes(request.params)
  return params === request.params ? request : { ...request, params }
}

async function answerCall(
  given: DecideRequest,
  services: Services,
  hold = false,
): Promise<Decided | Held> {
  const request = given.internal === true ? given : readable(given)
  const stand = standNow(services)
  const enforcing = request.intent === 'enforce' && stand.mode === 'enforce'
  const seated = enforcing ? await answerSeated(request, services) : undefined
  if (seated !== undefined) return seated
  const counting = request.response !== undefined ? 'past' : enforcing ? 'record' : 'dry'
  const judged = { ...await judge(request, services, counting), mode: stand.mode }
  const { call } = judged
  if (!enforcing) {
    return { call, judged, outcome: await answerDry(judged, stand, request, services) }
  }
  const asked = await askWebhooks(judged, services)
  const settled = await claimGrants(asked, request, services)
  const asks = settled.decision.action === 'require_approval'
  if (asks && hold && request.response === undefined) {
    const put = (waitMs: number) =>
      guarded(request, services, async () => {
        const asking = { ...request, waitMs }
        return withSeat(await answerAsk(settled, asking, services), settled, asking, services)
      })
    return heldQuestion(settled, request, services, put)
  }
  const outcome = asks
    ? await answerAsk(settled, request, services)
    : await answerFinal(settled, request, services)
  return { call, judged: settled, outcome: withSeat(outcome, settled, request, services) }
}

function withSeat(
  outcome: Outcome,
  judged: Judged,
  request: DecideRequest,
  services: Services,
): Outcome {
  if (outcome.answer.allowed && outcome.state === 'answered') {
    seat(judged, request, outcome.answer.audit_id, services)
  }
  return outcome
}

/** A preview, or a mode that does not enforce: nothing is touched but the trail (F29, semantics.md 23, 24). */
async function answerDry(
  judged: Judged,
  stand: Stand,
  request: DecideRequest,
  services: Services,
): Promise<Outcome> {
  const { decision } = judged
  const selfProtected = stand.selfProtection &&
    decision.votes.some(({ action, layer }) => action === 'deny' && layer === 'builtin')
  const lifted = stand.mode !== 'enforce' && !selfProtected
  const told = {
    allowed: lifted || permits(decision),
    enforced: request.intent === 'enforce' && selfProtected,
  }
  if (request.intent === 'enforce') return await tell(judged, request, services, told)
  const repeats = repeatsOf(services)
  const auditId = await repeats.standsFor(judged, request)
  if (auditId !== undefined) return answered(judged, request, { ...told, auditId })
  const outcome = await tell(judged, request, services, told)
  await repeats.told(judged, request, outcome.answer.audit_id)
  return outcome
}

/** What policies alone decide. A refusal's `once` is spent only now that the refusal is on record. */
async function answerFinal(
  judged: Judged,
  request: DecideRequest,
  services: Services,
): Promise<Outcome> {
  const allowed = permits(judged.decision)
  const outcome = await tell(
    judged,
    request,
    services,
    { allowed, enforced: true },
    request.askedBy,
  )
  if (!allowed) await claimRefusal(judged.decision, services)
  const screen = allowed ? undefined : screenOf(judged, request)
  return {
    ...outcome,
    answer: { ...outcome.answer, ...shownOf(screen, request) },
    nativeAllow: isNativeAllow(judged),
    screen,
  }
}

/** What a person decides: now, before, or while the caller waits. */
async function answerAsk(
  judged: Judged,
  request: DecideRequest,
  services: Services,
): Promise<Outcome> {
  const { decision } = judged
  const digest = await digestFor(judged)
  if (request.response !== undefined) {
    return await answerAfterwards(judged, digest, request, services)
  }
  const auditId = services.ids.next()
  const asked = await ask(judged, digest, request, auditId, services)
  if (asked.kind === 'refused') {
    const refusal: Decision = { ...decision, action: 'deny', message: asked.message }
    return await tell({ ...judged, decision: refusal }, request, services, {
      allowed: false,
      enforced: true,
    })
  }
  const { approval } = asked
  const links = [approval.id, ...(approval.auditId === undefined ? [] : [approval.auditId])]
  if (asked.kind === 'pending') {
    try {
      await recordCall(judged, request, services, auditId, true, links)
    } catch (error) {
      if (!asked.joined) await close(approval, 'cancelled', services)
      throw error
    }
    seatLater(judged, request, approval, services)
    return await answerWaiter(judged, approval, request, services, auditId)
  }
  const allowed = asked.kind === 'redeemed' || approval.status === 'used'
  const outcome = await tell(judged, request, services, {
    allowed,
    enforced: true,
    approval: { row: approval, status: allowed ? 'approved' : 'denied' },
    message: allowed
      ? undefined
      : `${decision.message} (${
        deniedBecause(approval, asked.kind === 'remembered' ? 'in this run already' : undefined)
      })`,
  }, links)
  if (asked.kind === 'redeemed') await claimRefusal(decision, services)
  return outcome
}

/** Output of a call that needed a person: it passes only if that person's yes is on record. */
async function answerAfterwards(
  judged: Judged,
  digest: string,
  request: DecideRequest,
  services: Services,
): Promise<Outcome> {
  const asked = request.askedBy !== undefined || await wasApproved(judged, digest, services)
  const decision: Decision = asked ? judged.decision : {
    ...judged.decision,
    action: 'deny',
    message: `${judged.decision.message} (nobody was asked before it ran)`,
  }
  return await tell(
    { ...judged, decision },
    request,
    services,
    { allowed: asked, enforced: true },
    request.askedBy,
  )
}
