import { type Approval, type ApprovalStatus, statusAt } from '../approval/approval.ts'
import type { Via } from '../audit/event.ts'
import type { Decision } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import type { ApprovalPage, Caller, NewApproval, Resolution, SeenApproval } from './api.ts'
import { randomHandle } from './ask.ts'
import { deskOf, serially } from './desk.ts'
import { digestOf } from './digest.ts'
import { overLimit } from './limits.ts'
import { polled } from './polled.ts'
import { readCall } from './read-call.ts'
import { recordStrictly } from './record.ts'
import { resolveAll, type Resolved } from './resolve.ts'
import { keepingFor, kept } from './rules-api.ts'
import { stepEntry } from './resolution.ts'
import type { Services } from './services.ts'
import { hidden, shownOf } from './shown.ts'
import { waitFor } from './wait.ts'
import { mayApprove, visible } from './who-answers.ts'

/** Longest list of approvals in one answer. */
const LISTED = 1000
/** Most of them in bytes: each holds its whole call, and some are huge. */
const LISTED_BYTES = 4 * 2 ** 20

/** Approvals the caller may see, newest first: all with scope `approve`, else its own. */
export async function listApprovals(
  services: Services,
  caller: Caller,
  filter: {
    readonly status?: ApprovalStatus | undefined
    readonly limit: number
    readonly after?: string | undefined
  },
): Promise<ApprovalPage> {
  const { status } = filter
  const limit = Math.max(1, Math.min(filter.limit, LISTED))
  const page = {
    status,
    principal: mayApprove(caller) ? undefined : caller.principal,
    after: cursorOf(filter.after),
  }
  const rows = await services.approvals.list({ ...page, limit, bytes: LISTED_BYTES })
  const last = rows.at(-1)
  const more = last !== undefined &&
    (await services.approvals.list({ ...page, after: last, limit: 1 })).length > 0
  return {
    approvals: rows.map((row) => seen(row, services))
      .filter((row) => status === undefined || row.status === status),
    next: more ? `${Math.trunc(last.createdAt)}-${last.id}` : undefined,
  }
}

/** Where the page before ended. A cursor tells of no row that its bearer could not list. */
function cursorOf(text: string | undefined): { createdAt: number; id: string } | undefined {
  if (text === undefined) return undefined
  const match = /^(\d{1,15})-(.{1,64})$/.exec(text)
  if (match === null) throw new RampartError('request_invalid', 'after is no cursor of this list')
  return { createdAt: Number(match[1]), id: match[2]! }
}

/** An approval as people see it: what it is by now, secrets hidden, and how many callers wait. */
export function seen(row: Approval, services: Services): SeenApproval {
  return {
    ...row,
    status: statusAt(row, services.clock.now()),
    params: hidden(row.params, services) as Approval['params'],
    message: String(hidden(row.message, services)),
    waiters: deskOf(services).held.get(row.id) ?? 0,
  }
}

/** One approval, after waiting up to `waitMs` for its end; others' ones do not exist for the caller. */
export async function getApproval(
  services: Services,
  caller: Caller,
  id: string,
  waitMs: number,
  signal?: AbortSignal,
): Promise<SeenApproval> {
  const approval = await visible(services, caller, id)
  const left = Math.max(0, approval.expiresAt - services.clock.now()) + 1
  const { approval: row, status } = await waitFor(
    approval,
    Math.max(0, Math.min(waitMs, left)),
    services,
    signal,
  )
  if (caller.principal !== row.principal) return { ...seen(row, services), status }
  return { ...seen(row, services), status: await polled(row, status, services) }
}

/** Answer a question; the first answer counts, or as many as the rules ask for. */
export async function resolveApproval(
  services: Services,
  caller: Caller,
  id: string,
  resolution: Resolution,
  via: Via,
): Promise<SeenApproval> {
  if (resolution.scope !== undefined && resolution.scope !== 'once') {
    return await serially(
      deskOf(services),
      `keep ${id}`,
      () => resolveAndKeep(services, caller, id, resolution, via),
    )
  }
  return await resolveAndKeep(services, caller, id, resolution, via)
}

/** One at a time where something is kept: finding out what costs far more than an answer. */
async function resolveAndKeep(
  services: Services,
  caller: Caller,
  id: string,
  resolution: Resolution,
  via: Via,
): Promise<SeenApproval> {
  const keeping = await keepingFor(services, caller, id, resolution, via)
  const [result] = await resolveAll(services, caller, [id], resolution, via)
  if ('error' in result!) throw result.error
  return await kept(keeping, seen(result!.approval, services), services)
}

/** Answer many at once, each by itself. */
export async function bulkResolve(
  services: Services,
  caller: Caller,
  ids: readonly string[],
  resolution: Resolution,
  via: Via,
): Promise<readonly Resolved[]> {
  const results = await resolveAll(services, caller, ids, resolution, via)
  const now = services.clock.now()
  return results.map(({ approval, ...rest }) =>
    approval === undefined
      ? rest
      : { ...rest, approval: { ...approval, status: statusAt(approval, now) } }
  ) as readonly Resolved[]
}

/** Put a question without a call, for integrators who run the call themselves. */
export async function createApproval(
  services: Services,
  caller: Caller,
  request: NewApproval,
): Promise<SeenApproval> {
  const { principal } = caller
  return await serially(deskOf(services), principal, async () => {
    const approval = await newApproval(services, caller, request)
    const over = await overLimit(approval, services)
    if (over !== undefined) throw new RampartError('rate_limited', over)
    const entry = stepEntry(approval, 'asked', { principal, via: 'http' }, approval.auditId)
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
    agentBound: bound !== undefined,
    timeoutMs: settings.approvalTimeoutMs,
    approvers: 1,
    shown: await shownOfNew(request, services),
  }
}

/** How the call reads; a tool that nobody here can read is shown by its parameters alone. */
async function shownOfNew(
  request: NewApproval,
  services: Services,
): Promise<Approval['shown']> {
  try {
    const { call } = await readCall(request, services)
    return shownOf(call, UNJUDGED, services)
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
