import { outputsRead } from '../engine/output.ts'
import type { Decision } from '../engine/types.ts'
import { answerOf, eventDecision, type Told } from './answer.ts'
import { type Digestible, digestOf, namesOfCall, sha256, textOf } from './digest.ts'
import type { Judged } from './judge.ts'
import { record } from './record.ts'
import { keptRequest } from './kept-request.ts'
import type { DecideRequest, Outcome, Services } from './services.ts'

/** The digest of a judged call. */
export async function digestFor(judged: Judged): Promise<string> {
  const read = await Promise.all(
    [...judged.scripts].map(async ([path, text]) =>
      [path, text === undefined ? '' : await sha256(text)] as const
    ),
  )
  return await digestOf(digestibleOf(judged, read))
}

/** Whether two judged calls have the same digest, for who has both: hashing would wait behind the disk. */
export function isSameCall(one: Judged, other: Judged): boolean {
  const [a, b] = [one, other].map((judged) => {
    const read = [...judged.scripts].map(([path, text]) =>
      [path, text === undefined ? '' : `read ${text}`] as const
    )
    return textOf(digestibleOf(judged, read))
  })
  return a === b
}

function digestibleOf(
  { call, set, facts }: Judged,
  scripts: readonly (readonly [path: string, said: string])[],
): Digestible {
  return {
    identity: call.identity,
    tool: call.tool,
    params: call.params,
    cwd: call.cwd,
    // What the person keeps for good changes no question: a waiting call stays the call it was.
    policies: set.basis,
    scripts: [...scripts].sort(([a], [b]) => a < b ? -1 : 1),
    names: namesOfCall(call, facts),
  }
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
  const reads = () => outputsRead(set, call)
  const answer = answerOf(call, decision, request, { ...told, evalUs, reads })
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
    decision: request.delegated === true
      ? { ...eventDecision(call, decision, evalUs), action: 'ask_delegated' }
      : eventDecision(call, decision, evalUs),
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
