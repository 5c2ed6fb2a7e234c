import { evaluate } from '../engine/evaluate.ts'
import { evaluateResponse } from '../engine/output.ts'
import type { PolicySet } from '../engine/policy-set.ts'
import { settle, type WebhookAnswer } from '../engine/settle.ts'
import { ACTIONS, type Call, type Decision, type Facts } from '../engine/types.ts'
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

/**
 * The decision once its winning webhooks were asked, each once (semantics.md 8, security.md F10). Nobody
 * is asked where something stronger than a webhook decides.
 */
export async function askWebhooks(
  { call, set, decision }: Judged,
  services: Pick<Services, 'webhooks' | 'clock' | 'log'>,
): Promise<Decision> {
  if (decision.action !== 'webhook') return decision
  const answers = new Map<string, WebhookAnswer>()
  const asked = new Map(
    decision.votes.filter(({ action, webhook }) => action === 'webhook' && webhook !== undefined)
      .map((vote) => [vote.rule, vote] as const),
  )
  await Promise.all([...asked].map(async ([rule, { policy, webhook }]) => {
    try {
      const { verdict, reason } = await services.webhooks.ask({
        url: webhook!.url,
        timeoutMs: webhook!.timeoutMs,
        body: {
          tool: call.tool,
          params: call.params,
          agent: call.identity.agent,
          session: call.identity.session,
          policy,
          rule,
          timestamp: new Date(services.clock.now()).toISOString(),
        },
      })
      answers.set(rule, verdict)
      if (verdict === 'failed') services.log.warn(`The webhook of ${rule} failed`, reason)
    } catch (error) {
      answers.set(rule, 'failed')
      services.log.error(`Cannot ask the webhook of ${rule}`, error)
    }
  }))
  return settle(set, call, decision, answers)
}
