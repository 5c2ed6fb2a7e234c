import { type Approval, move } from '../approval/approval.ts'
import { deskOf, serially } from './desk.ts'
import { record } from './record.ts'
import { close, isProved, stepEntry } from './resolution.ts'
import type { DecideRequest, Services } from './services.ts'
import type { Call, Decision } from '../engine/types.ts'

/** Pending questions one principal may have; more are denied (security.md F30). */
export const PENDING_LIMIT = 100
/** How long the same tool call gets the answer it got before (semantics.md 22). */
const REPLAY_MS = 600_000
const LOOKED_AT = 50

export type Asked =
  /** Nobody will answer: the policy's ask is a denial. */
  | { readonly kind: 'refused'; readonly message: string }
  /** The same tool call has had its answer. */
  | { readonly kind: 'replayed'; readonly approval: Approval }
  /** An identical earlier call was approved, and this one uses it. */
  | { readonly kind: 'redeemed'; readonly approval: Approval }
  /** A person has to answer; `joined` when the same tool call asked already. */
  | { readonly kind: 'pending'; readonly approval: Approval; readonly joined: boolean }

/** Find the answer to a call that needs a person, or put the question (semantics.md 19–22). */
export function ask(
  call: Call,
  decision: Decision,
  digest: string,
  request: DecideRequest,
  auditId: string,
  services: Services,
): Promise<Asked> {
  return serially(
    deskOf(services),
    call.identity.principal,
    () => askNext(call, decision, digest, request, auditId, services),
  )
}

async function askNext(
  call: Call,
  decision: Decision,
  digest: string,
  request: DecideRequest,
  auditId: string,
  services: Services,
): Promise<Asked> {
  const earlier = await services.approvals.list({
    digest,
    principal: call.identity.principal,
    limit: LOOKED_AT,
  })
  const answered = await answeredBefore(earlier, call, request, services)
  if (answered !== undefined) return answered
  if (services.settings.onNoApprover === 'deny') {
    return { kind: 'refused', message: `${decision.message} (nobody is there to be asked)` }
  }
  if (await isOverLimit(call.identity.principal, services)) {
    return { kind: 'refused', message: `${PENDING_LIMIT} approvals are pending already` }
  }
  const approval = approvalFor(call, decision, digest, request, auditId, services)
  await services.approvals.create(approval)
  return { kind: 'pending', approval, joined: false }
}

/** Over the limit even after those that expired with nobody waiting are closed. */
export async function isOverLimit(principal: string, services: Services): Promise<boolean> {
  const { approvals, clock } = services
  if (await approvals.pendingCount(principal) < PENDING_LIMIT) return false
  const pending = await approvals.list({ status: 'pending', principal, limit: PENDING_LIMIT })
  for (const approval of pending) {
    if (clock.now() >= approval.expiresAt) await close(approval, 'expired', services)
  }
  return await approvals.pendingCount(principal) >= PENDING_LIMIT
}

async function answeredBefore(
  earlier: readonly Approval[],
  call: Call,
  request: DecideRequest,
  services: Services,
): Promise<Asked | undefined> {
  const now = services.clock.now()
  const own = earlier.filter((approval) =>
    call.toolCallId !== undefined && approval.toolCallId === call.toolCallId
  )
  for (const approval of own) {
    const since = now - (approval.resolvedAt ?? approval.expiresAt)
    if (since < REPLAY_MS && await isReplay(approval, services)) {
      return { kind: 'replayed', approval }
    }
  }
  for (const approval of earlier) {
    if (approval.status !== 'approved' || now >= approval.expiresAt) continue
    const used = await useApproval(approval, call, request, services)
    if (used !== undefined) return { kind: 'redeemed', approval: used }
  }
  const joined = own.find(({ status, expiresAt }) => status === 'pending' && now < expiresAt)
  return joined && { kind: 'pending', approval: joined, joined: true }
}

/** A row that was `used` must have been approved with proof; a denial needs none. */
async function isReplay(approval: Approval, services: Services): Promise<boolean> {
  if (approval.status === 'denied') return true
  return approval.status === 'used' && await isProved(approval, services)
}

/**
 * Spend an approval on this call: of any number who try, one gets it (security.md F20). Undefined when
 * another was first or nothing proves that it was given.
 */
export async function useApproval(
  approval: Approval,
  call: Call,
  request: DecideRequest,
  services: Services,
): Promise<Approval | undefined> {
  if (!await isProved(approval, services)) return undefined
  // The id of the call that used it, so that only its own retry gets the same answer again.
  const next = move(approval, 'used', { toolCallId: call.toolCallId })
  if (next === undefined || !await services.approvals.swap('approved', next)) return undefined
  const by = { principal: call.identity.principal, via: request.via }
  await record(stepEntry(next, 'used', by), services)
  return next
}

function approvalFor(
  call: Call,
  decision: Decision,
  digest: string,
  request: DecideRequest,
  auditId: string,
  { clock, settings }: Services,
): Approval {
  const { principal, agent, session, run } = call.identity
  const now = clock.now()
  return {
    id: randomHandle(),
    status: 'pending',
    digest,
    principal,
    agent,
    session,
    runId: run,
    toolCallId: call.toolCallId,
    tool: call.tool,
    params: call.params,
    cwd: call.cwd,
    policy: decision.winner?.policy,
    rule: decision.winner?.rule,
    message: decision.message,
    auditId,
    createdAt: now,
    expiresAt: now + settings.approvalTimeoutMs,
    detached: request.waitMs === 0,
  }
}

/** 128 random bits: an id that nobody guesses (security.md F20). */
export function randomHandle(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
