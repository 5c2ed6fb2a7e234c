import type { EventDecision } from '../audit/event.ts'
import type { Call, Decision, Json, WebhookTold } from '../engine/types.ts'
import type { outputsRead } from '../engine/output.ts'
import { type Effect, effectsOf, withoutRules } from './effects.ts'
import type { Answer, DecideRequest } from './services.ts'
import type { Approval, ApprovalStatus } from '../approval/approval.ts'

/** What is added to a decision to make the answer. */
export interface Told {
  readonly allowed: boolean
  readonly enforced: boolean
  readonly auditId: string
  readonly evalUs: number
  readonly message?: string | undefined
  /** Which outputs of the call are to be judged, where the edge is told; undefined is all. */
  readonly reads?: (() => ReturnType<typeof outputsRead>) | undefined
  readonly approval?: { readonly row: Approval; readonly status: ApprovalStatus } | undefined
}

/** The answer on the wire. Only who may see traces learns of policies beside the one that decided (F33). */
export function answerOf(
  call: Call,
  decision: Decision,
  request: DecideRequest,
  told: Told,
): Answer {
  const { effects, complete } = fitFor(request, effectsOf(call, decision))
  const { winner } = decision
  const seesAll = request.explain || request.identity.principal === 'admin'
  const matched = seesAll
    ? decision.votes.map(({ policy }) => policy)
    : winner
    ? [winner.policy]
    : []
  const row = told.approval?.row
  return {
    allowed: told.allowed,
    decision: decision.action,
    message: told.message ?? decision.message,
    policy: winner?.policy ?? null,
    rule: winner?.rule ?? null,
    matched_policies: [...new Set(matched)],
    effects: seesAll ? effects : withoutRules(effects, winner?.policy),
    effects_complete: complete,
    eval_duration_us: told.evalUs,
    audit_id: told.auditId,
    enforced: told.enforced,
    ...(row === undefined ? {} : {
      approval_id: row.id,
      approval_status: told.approval!.status,
      expires_at: new Date(row.expiresAt).toISOString(),
    }),
    ...(tellsOfOutput(request) ? outputWords(told.reads?.()) : {}),
    ...(request.explain ? { trace: decision.trace } : {}),
  }
}

/** Edges that see what comes of a call need not ask about it where no rule would look at it. */
function tellsOfOutput({ seen, response }: DecideRequest): boolean {
  return response === undefined && (seen?.layer === 'mcp' || seen?.layer === 'hook')
}

function outputWords(
  reads: ReturnType<typeof outputsRead> = 'all',
): Pick<Answer, 'reads_output' | 'output_kinds'> {
  if (reads === 'all') return { reads_output: true }
  return reads.length === 0 ? { reads_output: false } : { reads_output: true, output_kinds: reads }
}

/** What an edge reads of an answer is no more than 64 KiB: a few effects are enough there. */
const EDGE_EFFECTS = 16
const EDGE_LETTERS = 8192

/** An edge enforces and shows a message; what the call touches is in the trail. */
function fitFor(
  { seen }: DecideRequest,
  { effects, complete }: ReturnType<typeof effectsOf>,
): ReturnType<typeof effectsOf> {
  if (seen === undefined || seen.layer === 'http') return { effects, complete }
  let letters = 0
  const some = effects.slice(0, EDGE_EFFECTS).filter(({ path = '', url = '' }) => {
    letters += path.length + url.length
    return letters <= EDGE_LETTERS
  })
  return { effects: some, complete: complete && some.length === effects.length }
}

/** The same for the trail. */
export function eventDecision(call: Call, decision: Decision, evalUs: number): EventDecision {
  const { effects } = effectsOf(call, decision)
  return {
    action: decision.action,
    ...(decision.winner === undefined
      ? {}
      : { policy: decision.winner.policy, rule: decision.winner.rule }),
    message: decision.message,
    ...(effects.length === 0 ? {} : { effects: effects as readonly (Effect & Json)[] }),
    eval_us: evalUs,
    ...(decision.webhooks === undefined
      ? {}
      : { webhooks: decision.webhooks as readonly (WebhookTold & Json)[] }),
  }
}
