import { type Answer, type Approval, move } from '../approval/approval.ts'
import type { Json } from '../engine/types.ts'
import type { Via } from '../audit/event.ts'
import { deskOf, wake } from './desk.ts'
import { type Entry, recordLater } from './record.ts'
import type { Services } from './services.ts'

/** Words of the trail for what became of an approval. */
export type ApprovalStep =
  | 'asked'
  /** One of several people said yes. */
  | 'answered'
  | 'approved'
  | 'denied'
  /** Asked again by an integrator in a run where a person had denied it. */
  | 'remembered'
  /** A denial was taken back. */
  | 'lifted'
  | 'expired'
  | 'cancelled'
  /** Approved, and no longer the call that was approved (security.md F12). */
  | 'superseded'
  | 'used'

/** The event of one step of an approval. */
export function stepEntry(
  approval: Approval,
  step: ApprovalStep,
  by: { readonly principal: string; readonly via: Via; readonly name?: string | undefined },
  id?: string,
  more: Readonly<Record<string, Json>> = {},
): Entry {
  const request: Record<string, Json> = { approval: approval.id, digest: approval.digest, ...more }
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
 * Whether a row that says `approved` was really approved by so many people (security.md F25): this process
 * saw it, or the trail holds the event of it. Whoever writes to the database alone approves nothing.
 */
export async function isProved(
  approval: Approval,
  people: number,
  services: Services,
): Promise<boolean> {
  const seen = deskOf(services).vouched.get(approval.id)
  if (seen !== undefined) return seen >= people
  const said = await eventFor(approval, approval.resolutionId, 'approved', services)
  const of = said?.['of']
  return said !== undefined && (typeof of === 'number' ? of : 1) >= people
}

/** Where the trail has the yes of a row that `isProved`; undefined where it has none. */
export async function seqOfYes(
  { resolutionId: id }: Approval,
  { audit }: Services,
): Promise<number | undefined> {
  return id === undefined ? undefined : (await audit.query({ id, limit: 1 }))[0]?.seq
}

/** Whether the trail has the event that the row names as its use. */
export async function isUseKnown(approval: Approval, services: Services): Promise<boolean> {
  return await eventFor(approval, approval.useId, 'used', services) !== undefined
}

/** The answers of a row that this process recorded or the trail holds. */
export async function provedAnswers(
  approval: Approval,
  services: Services,
): Promise<readonly Answer[]> {
  const { vouched } = deskOf(services)
  const proved: Answer[] = []
  for (const answer of approval.answers ?? []) {
    const seen = vouched.has(answer.eventId) ||
      (await eventFor(approval, answer.eventId, 'answered', services, answer.principal)) !==
        undefined
    if (seen) proved.push(answer)
  }
  return proved
}

/** What the event of a step says, where the trail has it and it is about this approval. */
async function eventFor(
  approval: Approval,
  id: string | undefined,
  step: ApprovalStep,
  services: Services,
  principal?: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (id === undefined) return undefined
  const [event] = await services.audit.query({ id, limit: 1 })
  if (event === undefined || event.kind !== 'approval') return undefined
  if (principal !== undefined && event.principal !== principal) return undefined
  const request = event.request as Readonly<Record<string, unknown>> | null
  const own = event.decision.action === step && request?.['approval'] === approval.id &&
    request['digest'] === approval.digest
  return own ? request : undefined
}

/**
 * End an approval that nobody answered, or whose yes nobody used. Of several who try, one records it and
 * gets true.
 */
export async function close(
  approval: Approval,
  step: 'expired' | 'cancelled',
  services: Services,
  by: { readonly principal: string; readonly via: Via } = { principal: 'rampart', via: 'local' },
): Promise<boolean> {
  const resolvedAt = approval.resolvedAt ?? services.clock.now()
  const next = move(approval, step, { resolvedAt })
  if (next === undefined || !await services.approvals.swap(approval.status, next)) return false
  await recordLater(stepEntry(next, step, by), services)
  wake(deskOf(services), approval.id)
  return true
}

/** A yes for what is no longer the same call: it is spent, and the trail says why (security.md F12). */
export async function supersede(approval: Approval, services: Services): Promise<void> {
  const next = move(approval, 'cancelled', {})
  if (next === undefined || !await services.approvals.swap('approved', next)) return
  await recordLater(
    stepEntry(next, 'superseded', { principal: 'rampart', via: 'local' }),
    services,
  )
}
