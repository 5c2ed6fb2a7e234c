import { type Approval, move } from '../approval/approval.ts'
import { RampartError } from '../errors.ts'
import { denialsOf } from './denials.ts'
import { effectsDigestOf } from './digest.ts'
import { deskOf, serially } from './desk.ts'
import { stillStands } from './doubt.ts'
import type { Judged } from './judge.ts'
import { overLimit } from './limits.ts'
import { type Entry, record } from './record.ts'
import { isProved, stepEntry } from './resolution.ts'
import type { DecideRequest, Services } from './services.ts'
import { shownOf } from './shown.ts'
import { onNoApprover, termsOf } from './terms.ts'
import { stayOpen } from './wait.ts'

/** How long the same tool call gets the answer it got before (semantics.md 22). */
const REPLAY_MS = 600_000
const LOOKED_AT = 50

export type Asked =
  /** Nobody will answer: the policy's ask is a denial. */
  | { readonly kind: 'refused'; readonly message: string }
  /** A person denied it, or what does the same, in this run already. */
  | { readonly kind: 'remembered'; readonly approval: Approval }
  /** The same tool call has had its answer. */
  | { readonly kind: 'replayed'; readonly approval: Approval }
  /** An identical earlier call was approved, and this one uses it. */
  | { readonly kind: 'redeemed'; readonly approval: Approval }
  /** A person has to answer; `joined` when the same tool call asked already. */
  | { readonly kind: 'pending'; readonly approval: Approval; readonly joined: boolean }

/** Find the answer to a call that needs a person, or put the question (semantics.md 19–22). */
export function ask(
  judged: Judged,
  digest: string,
  request: DecideRequest,
  auditId: string,
  services: Services,
): Promise<Asked> {
  return serially(
    deskOf(services),
    judged.call.identity.principal,
    () => askNext(judged, digest, request, auditId, services),
  )
}

async function askNext(
  judged: Judged,
  digest: string,
  request: DecideRequest,
  auditId: string,
  services: Services,
): Promise<Asked> {
  const { call, decision } = judged
  const { approvals, settings } = services
  const filter = { digest, principal: call.identity.principal, limit: LOOKED_AT }
  const earlier = await settledFirst(() => approvals.list(filter), services)
  const answered = await answeredBefore(earlier, judged, request, services)
  if (answered !== undefined) return answered
  const approval: Approval = {
    ...approvalFor(judged, digest, request, auditId, services),
    effectsDigest: await effectsDigestOf(call),
  }
  if (approvals.isShared === true) denialsOf(services).learn(earlier)
  const denied = await denialsOf(services).deny(approval)
  if (denied !== undefined) return { kind: 'remembered', approval: denied }
  if (onNoApprover(judged, settings) === 'deny') {
    return {
      kind: 'refused',
      message: `${decision.message} (nobody is there to be asked: on_no_approver is deny)`,
    }
  }
  const over = await overLimit(approval, services)
  if (over !== undefined) return { kind: 'refused', message: over }
  await approvals.create(approval)
  return { kind: 'pending', approval, joined: false }
}

/** What is being answered just now is looked at once its answer counts, or does not. */
async function settledFirst(
  list: () => Promise<readonly Approval[]>,
  services: Services,
): Promise<readonly Approval[]> {
  const { settling } = deskOf(services)
  for (;;) {
    const rows = await list()
    const busy = rows.flatMap(({ id }) => settling.get(id) ?? [])
    if (busy.length === 0) return rows
    await Promise.all(busy)
  }
}

async function answeredBefore(
  earlier: readonly Approval[],
  judged: Judged,
  request: DecideRequest,
  services: Services,
): Promise<Asked | undefined> {
  const { call } = judged
  const now = services.clock.now()
  const { approvers } = termsOf(judged, services.settings)
  const { held } = deskOf(services)
  const own = earlier.filter((approval) =>
    call.toolCallId !== undefined && approval.toolCallId === call.toolCallId
  )
  for (const approval of own) {
    const since = now - (approval.resolvedAt ?? approval.expiresAt)
    if (since < REPLAY_MS && await isReplay(approval, approvers, services)) {
      return { kind: 'replayed', approval }
    }
  }
  for (const approval of earlier) {
    if (approval.status !== 'approved' || now >= approval.expiresAt) continue
    // Whoever is held for it comes first (security.md F20).
    if (held.has(approval.id) && !own.includes(approval)) continue
    const used = await useApproval(approval, judged, request, services)
    if (used !== undefined) return { kind: 'redeemed', approval: used }
  }
  const joined = own.find(({ status, expiresAt }) => status === 'pending' && now < expiresAt)
  if (joined === undefined) return undefined
  await stayOpen(joined, services)
  return { kind: 'pending', approval: joined, joined: true }
}

/** A row that was `used` must have been approved with proof; a denial needs none. */
async function isReplay(
  approval: Approval,
  approvers: number,
  services: Services,
): Promise<boolean> {
  if (approval.status === 'denied') return approval.lifted !== true
  return approval.status === 'used' && await isProved(approval, approvers, services)
}

/**
 * Spend an approval on this call: of any number who try, one gets it (security.md F20). Undefined when
 * another was first, or nothing proves that it was given by as many people as the rules ask for now.
 */
export async function useApproval(
  approval: Approval,
  judged: Judged,
  request: DecideRequest,
  services: Services,
): Promise<Approval | undefined> {
  const { call } = judged
  const { approvers } = termsOf(judged, services.settings)
  if (!await isProved(approval, approvers, services)) return undefined
  const { approvals, ids } = services
  const useId = ids.next()
  // The id of the call that used it, so that only its own retry gets the same answer again.
  const next = move(approval, 'used', { toolCallId: call.toolCallId, useId })
  const { using } = deskOf(services)
  const seen = approvals.changes()
  using.add(useId)
  try {
    if (next === undefined || !await approvals.swap('approved', next, 'soon')) return undefined
    const by = { principal: call.identity.principal, via: request.via }
    const entry = stepEntry(next, 'used', by, useId)
    const isWritten = await isUseWritten(next, entry, services)
    return !isWritten || await stillStands(next, seen, services) ? next : undefined
  } finally {
    using.delete(useId)
  }
}

/** Record a use. Where the posture lets a caller go without that, the row says so first. */
async function isUseWritten(used: Approval, entry: Entry, services: Services): Promise<boolean> {
  const { approvals } = services
  const [written] = await Promise.all([record(entry, services), approvals.durable()])
  if (written === 'written') return true
  const unwritten = { ...used, useId: undefined, revision: (used.revision ?? 0) + 1 }
  if (!await approvals.swap('used', unwritten)) {
    throw new RampartError('unavailable', 'Another process looks at this approval: ask again')
  }
  return false
}

function approvalFor(
  judged: Judged,
  digest: string,
  request: DecideRequest,
  auditId: string,
  services: Services,
): Approval {
  const { call, decision } = judged
  const { principal, agent, session, run, bound } = call.identity
  const { approvers, timeoutMs } = termsOf(judged, services.settings)
  const now = services.clock.now()
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
    ...(request.tool === call.tool ? {} : { called: request.tool }),
    params: call.params,
    cwd: call.cwd,
    policy: decision.winner?.policy,
    rule: decision.winner?.rule,
    message: decision.message,
    auditId,
    createdAt: now,
    expiresAt: now + timeoutMs,
    detached: request.waitMs === 0,
    agentBound: bound.has('agent'),
    timeoutMs,
    approvers,
    shown: shownOf(call, decision, services),
  }
}

/** 128 random bits: an id that nobody guesses (security.md F20). */
export function randomHandle(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
