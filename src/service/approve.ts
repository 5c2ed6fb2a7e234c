import { type Approval, type ApprovalStatus, move, statusAt } from '../approval/approval.ts'
import type { Via } from '../audit/event.ts'
import { RampartError } from '../errors.ts'
import type { Caller, NewApproval } from './api.ts'
import { isOverLimit, PENDING_LIMIT, randomHandle } from './ask.ts'
import { deskOf, serially, vouch, wake } from './desk.ts'
import { digestOf } from './digest.ts'
import { draftOf, recordStrictly } from './record.ts'
import { stepEntry } from './resolution.ts'
import type { Services } from './services.ts'
import { waitFor } from './wait.ts'

/** Longest list of approvals in one answer. */
const LISTED = 1000
/** An approved call has at least this long to be made, however late the answer came. */
const REDEEM_MS = 60_000
/** Longest name an approver may give. */
const NAME = 256

export interface Resolution {
  readonly approved: boolean
  readonly resolvedBy?: string | undefined
}

/** Approvals the caller may see: all with scope `approve`, else its own. Newest first as stored. */
export async function listApprovals(
  services: Services,
  caller: Caller,
  filter: { readonly status?: ApprovalStatus | undefined; readonly limit: number },
): Promise<readonly Approval[]> {
  const now = services.clock.now()
  const rows = await services.approvals.list({
    status: filter.status,
    principal: mayApprove(caller) ? undefined : caller.principal,
    limit: Math.max(1, Math.min(filter.limit, LISTED)),
  })
  return rows.map((row) => ({ ...row, status: statusAt(row, now) }))
    .filter(({ status }) => filter.status === undefined || status === filter.status)
}

/** One approval, after waiting up to `waitMs` for its end; others' ones do not exist for the caller. */
export async function getApproval(
  services: Services,
  caller: Caller,
  id: string,
  waitMs: number,
  signal?: AbortSignal,
): Promise<Approval> {
  const approval = await visible(services, caller, id)
  const most = Math.max(0, Math.min(waitMs, services.settings.approvalTimeoutMs))
  const { approval: row, status } = await waitFor(approval, most, services, signal)
  return { ...row, status }
}

/** Put a question without a call, for integrators who run the call themselves. */
export async function createApproval(
  services: Services,
  caller: Caller,
  request: NewApproval,
): Promise<Approval> {
  const { principal } = caller
  return await serially(deskOf(services), principal, async () => {
    if (await isOverLimit(principal, services)) {
      throw new RampartError('rate_limited', `${PENDING_LIMIT} approvals are pending already`)
    }
    const approval = await newApproval(services, caller, request)
    const entry = stepEntry(approval, 'asked', { principal, via: 'http' }, approval.auditId)
    await recordStrictly({ ...entry, links: [approval.id] }, services)
    await services.approvals.create(approval)
    return approval
  })
}

async function newApproval(
  { clock, ids, policies, settings }: Services,
  { principal, agent: bound }: Caller,
  { identity, tool, params, cwd, toolCallId, message }: NewApproval,
): Promise<Approval> {
  const agent = bound ?? identity.agent
  const now = clock.now()
  return {
    id: randomHandle(),
    status: 'pending',
    digest: await digestOf({
      identity: { ...identity, principal, agent },
      tool,
      params,
      cwd,
      policies: policies.current().set.hash,
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
  }
}

/**
 * Answer a question. Of any number of answers, over all processes, exactly one counts; the others get
 * `approval_settled`. A yes counts only once it is in the trail: if it cannot be written the question is
 * open again (security.md F25).
 */
export async function resolveApproval(
  services: Services,
  caller: Caller,
  id: string,
  { approved, resolvedBy }: Resolution,
  via: Via,
): Promise<Approval> {
  const approval = await visible(services, caller, id)
  refuseOwn(caller, approval)
  const { clock } = services
  const now = clock.now()
  if (statusAt(approval, now) !== 'pending') throw settled(approval, now)
  const name = resolvedBy?.slice(0, NAME)
  const draft = draftOf(
    stepEntry(approval, approved ? 'approved' : 'denied', {
      principal: caller.principal,
      via,
      name,
    }),
    services,
  )
  const next = move(approval, approved ? 'approved' : 'denied', {
    resolvedAt: now,
    resolvedBy: caller.principal,
    resolvedName: name,
    resolutionId: draft.id,
    expiresAt: approved ? Math.max(approval.expiresAt, now + REDEEM_MS) : approval.expiresAt,
  })
  if (next === undefined || !await services.approvals.swap('pending', next)) {
    throw settled(await services.approvals.get(id) ?? approval, clock.now())
  }
  try {
    await services.audit.append([draft])
  } catch (error) {
    services.log.error('The audit trail cannot be written', error)
    if (approved) await services.approvals.swap('approved', approval)
    else wake(deskOf(services), id)
    throw new RampartError('audit_unavailable', 'The answer could not be recorded')
  }
  if (approved) vouch(deskOf(services), id)
  wake(deskOf(services), id)
  return next
}

/** Semantics.md 26: the admin token is the person; nobody else answers what they or their agent asked. */
function refuseOwn(caller: Caller, approval: Approval): void {
  if (!mayApprove(caller)) {
    throw new RampartError('forbidden', 'Answering an approval needs the scope approve')
  }
  if (caller.principal === 'admin') return
  const own = caller.principal === approval.principal ||
    (caller.agent !== undefined && caller.agent === approval.agent)
  if (own) throw new RampartError('forbidden', 'A caller never answers its own question')
}

async function visible(services: Services, caller: Caller, id: string): Promise<Approval> {
  const approval = await services.approvals.get(id)
  const seen = approval !== undefined &&
    (mayApprove(caller) || approval.principal === caller.principal)
  if (!seen) throw new RampartError('not_found', 'There is no such approval')
  return approval
}

function mayApprove({ scopes }: Caller): boolean {
  return scopes.includes('approve') || scopes.includes('admin')
}

function settled(approval: Approval, now: number): RampartError {
  return new RampartError(
    'approval_settled',
    `The approval is ${statusAt(approval, now)} already`,
  )
}
