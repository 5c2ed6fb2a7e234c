import { type Approval, move } from '../approval/approval.ts'
import type { Json } from '../engine/types.ts'
import type { Via } from '../audit/event.ts'
import { deskOf, wake } from './desk.ts'
import { type Entry, recordLater } from './record.ts'
import type { Services } from './services.ts'

/** Words of the trail for what became of an approval. */
export type ApprovalStep = 'asked' | 'approved' | 'denied' | 'expired' | 'cancelled' | 'used'

/** The event of one step of an approval. */
export function stepEntry(
  approval: Approval,
  step: ApprovalStep,
  by: { readonly principal: string; readonly via: Via; readonly name?: string | undefined },
  id?: string,
): Entry {
  const request: Record<string, Json> = { approval: approval.id, digest: approval.digest }
  if (by.name !== undefined) request.resolved_by = by.name
  return {
    id,
    kind: 'approval',
    tool: approval.tool,
    agent: approval.agent,
    session: approval.session,
    runId: approval.runId,
    toolCallId: approval.toolCallId,
    request,
    decision: {
      action: step,
      ...(approval.policy === undefined ? {} : { policy: approval.policy }),
      ...(approval.rule === undefined ? {} : { rule: approval.rule }),
      eval_us: 0,
    },
    principal: by.principal,
    via: by.via,
    enforced: true,
    links: [approval.id, ...(approval.auditId === undefined ? [] : [approval.auditId])],
  }
}

/**
 * Whether a row that says `approved` was really approved (security.md F25): this process saw it, or the
 * trail holds the event of it. Whoever writes to the database alone approves nothing.
 */
export async function isProved(approval: Approval, services: Services): Promise<boolean> {
  if (deskOf(services).vouched.has(approval.id)) return true
  if (approval.resolutionId === undefined) return false
  const [event] = await services.audit.query({ id: approval.resolutionId, limit: 1 })
  if (event === undefined || event.kind !== 'approval') return false
  const request = event.request as { approval?: unknown; digest?: unknown } | null
  return event.decision.action === 'approved' && request?.approval === approval.id &&
    request.digest === approval.digest
}

/** End a pending approval that nobody answered. Of several who try, one records it. */
export async function close(
  approval: Approval,
  step: 'expired' | 'cancelled',
  services: Services,
): Promise<void> {
  const next = move(approval, step, { resolvedAt: services.clock.now() })
  if (next === undefined || !await services.approvals.swap(approval.status, next)) return
  await recordLater(stepEntry(next, step, { principal: 'rampart', via: 'local' }), services)
  wake(deskOf(services), approval.id)
}
