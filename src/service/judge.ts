import { evaluate } from '../engine/evaluate.ts'
import { readyRegex } from '../engine/match/regex-late.ts'
import { evaluateResponse } from '../engine/output.ts'
import type { PolicySet } from '../engine/policy-set.ts'
import { ACTIONS, type Call, type Decision, type Facts, type WebhookTold } from '../engine/types.ts'
import { readCall } from './read-call.ts'
import { type Counting, gatherFacts } from './facts.ts'
import { ruled } from './ruled.ts'
import type { DecideRequest, Mode, Services } from './services.ts'

/** One call, judged: nothing outside was touched for it but a count. */
export interface Judged {
  readonly call: Call
  /** Of the script files it would run, their texts; undefined is unread. */
  readonly scripts: ReadonlyMap<string, string | undefined>
  readonly set: PolicySet
  readonly facts: Facts
  readonly decision: Decision
  readonly evalUs: number
  /** In force when the call came. */
  readonly mode?: Mode | undefined
  /** What webhooks said of this call, by rule: each is asked once. */
  readonly answers?: ReadonlyMap<string, WebhookTold> | undefined
}

/** Faults of a project's policy told in one answer; the log has all. */
const FAULTS_TOLD = 3

/** Read the call, find the policies of its place, gather the facts, evaluate. */
export async function judge(
  request: DecideRequest,
  services: Services,
  counting: Counting,
): Promise<Judged> {
  const { clock, policies } = services
  const started = clock.monotonic()
  const { call, scripts } = await readCall(request, services)
  const read = clock.monotonic() - started
  const { set, refused } = await policies.forProject(request.cwd)
  const facts = await gatherFacts(call, set, services, counting)
  if (request.response !== undefined && set.needs.response) await readyRegex()
  const from = clock.monotonic()
  const plain = { call, set, facts, decision: evaluate(set, call, facts, request.explain) }
  const before = await ruled(plain, services, { past: counting === 'past' })
  const judged = request.response === undefined
    ? before
    : stricter(before, evaluateResponse(set, call, facts, request.response))
  const decision = refused === undefined ? judged : refusal(judged, refused)
  const evalUs = Math.max(1, Math.round((read + clock.monotonic() - from) * 1000))
  return { call, scripts, set, facts, decision, evalUs }
}

/** Both sides of a call with its output: the stricter one names the winner, all votes stay. */
function stricter(before: Decision, after: Decision): Decision {
  const stronger = ACTIONS.indexOf(after.action) < ACTIONS.indexOf(before.action)
  return {
    ...(stronger ? after : before),
    votes: [...before.votes, ...after.votes].sort((a, b) => a.rank - b.rank),
    defaulted: before.defaulted,
    answeredDefaults: before.answeredDefaults,
    consumes: stronger ? after.consumes : before.consumes,
    trace: [...before.trace, ...after.trace],
  }
}

/** A project whose own policy has never been readable: nobody knows what it forbids. */
function refusal(
  decision: Decision,
  faults: readonly { file: string; message: string }[],
): Decision {
  if (decision.action === 'deny') return decision
  const told = faults.slice(0, FAULTS_TOLD).map(({ file, message }) => `${file}: ${message}`)
  return {
    ...decision,
    action: 'deny',
    winner: undefined,
    message: `The project's policy is invalid: ${told.join('; ')}`,
    consumes: [],
  }
}
