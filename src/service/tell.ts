import type { Decision } from '../engine/types.ts'
import { answerOf, eventDecision, type Told } from './answer.ts'
import { digestOf, namesOfCall, sha256 } from './digest.ts'
import type { Judged } from './judge.ts'
import { record } from './record.ts'
import { keptRequest } from './kept-request.ts'
import type { DecideRequest, Outcome, Services } from './services.ts'

/** The digest of a judged call. */
export async function digestFor({ call, scripts, set, facts }: Judged): Promise<string> {
  const read = await Promise.all(
    [...scripts].map(async ([path, text]) =>
      [path, text === undefined ? '' : await sha256(text)] as const
    ),
  )
  return await digestOf({
    identity: call.identity,
    tool: call.tool,
    params: call.params,
    cwd: call.cwd,
    // What the person keeps for good changes no question: a waiting call stays the call it was.
    policies: set.basis,
    scripts: read.sort(([a], [b]) => a < b ? -1 : 1),
    names: namesOfCall(call, facts),
  })
}

/** Record the call, then answer it. */
export async function tell(
  judged: Judged,
  request: DecideRequest,
  services: Services,
  told: Omit<Told, 'auditId' | 'evalUs'>,
  links?: readonly string[],
): Promise<Outcome> {
  const auditId = services.ids.next()
  await recordCall(judged, request, services, auditId, told.enforced, links)
  return answered(judged, request, { ...told, auditId })
}

/** The answer to a call that is on record. */
export function answered(
  { call, decision, evalUs, set }: Judged,
  request: DecideRequest,
  told: Omit<Told, 'evalUs'>,
): Outcome {
  const readsOutput = set.needs.response
  const answer = answerOf(call, decision, request, { ...told, evalUs, readsOutput })
  return { state: 'answered', answer }
}

/** The call's event; durable, or counted where the posture lets it. */
export async function recordCall(
  { call, decision, evalUs, mode }: Judged,
  request: DecideRequest,
  services: Services,
  id: string,
  enforced: boolean,
  links?: readonly string[],
): Promise<void> {
  await record({
    id,
    kind: request.response === undefined ? 'decision' : 'response',
    tool: call.tool,
    request: keptRequest(request),
    decision: eventDecision(call, decision, evalUs),
    enforced,
    mode,
    links,
    ...identityOf(request),
  }, services)
}

/** The names of a request as the trail has them. */
export function identityOf({ identity, toolCallId, via }: DecideRequest): {
  principal: string
  agent: string
  session: string
  runId: string | undefined
  toolCallId: string | undefined
  via: DecideRequest['via']
} {
  const { principal, agent, session, run } = identity
  return { principal, agent, session, runId: run, toolCallId, via }
}

/** Spend the `once` rules a restrictive answer rests on, after it is on record. */
export async function claimRefusal({ consumes }: Decision, services: Services): Promise<void> {
  if (consumes.length > 0) await services.once.claim(consumes, services.clock.now())
}

export function permits({ action }: Decision): boolean {
  return action === 'allow' || action === 'log'
}
