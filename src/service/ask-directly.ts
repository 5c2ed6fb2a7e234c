import type { Approval } from '../approval/approval.ts'
import type { Call, Decision } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import type { Caller, NewApproval, SeenApproval } from './api.ts'
import { seen } from './approve.ts'
import { randomHandle } from './ask.ts'
import { denialsOf } from './denials.ts'
import { deskOf, serially } from './desk.ts'
import { digestOf, effectsDigestOf } from './digest.ts'
import { overLimit } from './limits.ts'
import { readCall } from './read-call.ts'
import { recordStrictly } from './record.ts'
import { stepEntry } from './resolution.ts'
import type { Services } from './services.ts'
import { shownOf } from './shown.ts'

/**
 * Put a question without a call, for integrators who run the call themselves. What a person denied in this run
 * already is not asked again: that denial is the answer.
 */
export async function createApproval(
  services: Services,
  caller: Caller,
  request: NewApproval,
): Promise<SeenApproval> {
  const { principal } = caller
  return await serially(deskOf(services), principal, async () => {
    const approval = await newApproval(services, caller, request)
    const by = { principal, via: 'http' } as const
    const denied = await denialsOf(services).deny(approval)
    if (denied !== undefined) {
      await recordStrictly(stepEntry(denied, 'remembered', by), services)
      return seen(denied, services)
    }
    const over = await overLimit(approval, services)
    if (over !== undefined) throw new RampartError('rate_limited', over)
    const entry = stepEntry(approval, 'asked', by, approval.auditId)
    await recordStrictly({ ...entry, links: [approval.id] }, services)
    await services.approvals.create(approval)
    return seen(approval, services)
  })
}

async function newApproval(
  services: Services,
  { principal, agent: bound }: Caller,
  request: NewApproval,
): Promise<Approval> {
  const { clock, ids, policies, settings } = services
  const { identity, tool, params, cwd, toolCallId, message } = request
  const agent = bound ?? identity.agent
  const now = clock.now()
  const call = await callOf(request, services)
  return {
    id: randomHandle(),
    status: 'pending',
    digest: await digestOf({
      identity: { ...identity, principal, agent },
      tool,
      params,
      cwd,
      policies: policies.current().set.basis,
      names: [],
    }),
    principal,
    agent,
    session: identity.session,
    runId: identity.run,
    toolCallId,
    tool,
    params,
    cwd,
    message: message ?? 'An integration asks a person',
    auditId: ids.next(),
    createdAt: now,
    expiresAt: now + settings.approvalTimeoutMs,
    detached: true,
    agentBound: bound !== undefined,
    timeoutMs: settings.approvalTimeoutMs,
    approvers: 1,
    shown: call && shownOf(call, UNJUDGED, services),
    effectsDigest: call && await effectsDigestOf(call),
  }
}

/** How the call reads; a tool that nobody here can read is known by its parameters alone. */
async function callOf(request: NewApproval, services: Services): Promise<Call | undefined> {
  try {
    return (await readCall(request, services)).call
  } catch (error) {
    if (error instanceof RampartError && error.code === 'request_invalid') return undefined
    throw error
  }
}

/** Nobody asked the policies: an integrator wants a person to look. */
const UNJUDGED: Decision = {
  action: 'require_approval',
  message: '',
  votes: [],
  defaulted: [],
  answeredDefaults: [],
  consumes: [],
  trace: [],
}
