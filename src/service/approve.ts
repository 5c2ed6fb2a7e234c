import { type Approval, type ApprovalStatus, statusAt } from '../approval/approval.ts'
import type { Via } from '../audit/event.ts'
import { RampartError } from '../errors.ts'
import type { ApprovalPage, Caller, Resolution, SeenApproval } from './api.ts'
import { deskOf, serially } from './desk.ts'
import { polled } from './polled.ts'
import { resolveAll, type Resolved } from './resolve.ts'
import { keepingFor, kept } from './rules-api.ts'
import type { Services } from './services.ts'
import { hidden } from './shown.ts'
import { stayOpen, waitFor } from './wait.ts'
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
  if (waitMs > 0 && caller.principal === approval.principal) await stayOpen(approval, services)
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
