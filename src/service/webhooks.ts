import { settle, type WebhookAnswer } from '../engine/settle.ts'
import type { Json, Vote, WebhookTold } from '../engine/types.ts'
import { effectsOf } from './effects.ts'
import type { Judged } from './judge.ts'
import type { Services } from './services.ts'
import { hidden } from './shown.ts'
import { digestFor } from './tell.ts'

/** What a webhook is asked, `schema` of its body. */
export const WEBHOOK_SCHEMA = 'rampart.webhook.v1'

/** Answers that are kept, over all rules; the oldest go first. */
const KEPT = 1000
const REASON = 1024

type Askers = Pick<Services, 'webhooks' | 'clock' | 'ids' | 'log' | 'hide'>

interface Kept {
  readonly told: WebhookTold
  readonly until: number
}

const caches = new WeakMap<object, Map<string, Kept>>()

/**
 * The call once its winning webhooks were asked, each once (semantics.md 8, security.md F10). Nobody is
 * asked where something stronger than a webhook decides, or where a webhook has answered this call already.
 */
export async function askWebhooks(judged: Judged, services: Askers): Promise<Judged> {
  const { call, set, decision } = judged
  if (decision.action !== 'webhook') return judged
  const pending = new Map(
    decision.votes.filter(({ action, webhook }) => action === 'webhook' && webhook !== undefined)
      .map((vote) => [vote.rule, vote] as const),
  )
  const answers = new Map(judged.answers)
  await Promise.all([...pending].map(async ([rule, vote]) => {
    if (!answers.has(rule)) answers.set(rule, await answerOf(vote, judged, services))
  }))
  const said = new Map([...answers].map(([rule, { answer, reason }]): [string, WebhookAnswer] => [
    rule,
    { verdict: answer, reason },
  ]))
  return {
    ...judged,
    answers,
    decision: { ...settle(set, call, decision, said), webhooks: [...answers.values()] },
  }
}

/** What was kept for the same call and rule, or what the webhook says now. */
async function answerOf(vote: Vote, judged: Judged, services: Askers): Promise<WebhookTold> {
  const { cacheMs } = vote.webhook!
  if (cacheMs === 0) return await asked(vote, judged, services)
  const key = `${vote.rule}\0${await digestFor(judged)}`
  const cache = cacheOf(services)
  const now = services.clock.monotonic()
  const kept = cache.get(key)
  if (kept !== undefined && now < kept.until) return { ...kept.told, ms: 0, cached: true }
  const told = await asked(vote, judged, services)
  // A failure is nobody's answer: the next call asks again.
  if (told.answer === 'failed') return told
  cache.delete(key)
  cache.set(key, { told, until: now + cacheMs })
  if (cache.size > KEPT) cache.delete(cache.keys().next().value!)
  return told
}

function cacheOf({ webhooks }: Askers): Map<string, Kept> {
  let cache = caches.get(webhooks)
  if (cache === undefined) caches.set(webhooks, cache = new Map())
  return cache
}

async function asked(vote: Vote, judged: Judged, services: Askers): Promise<WebhookTold> {
  const { rule, webhook } = vote
  const { url, timeoutMs, full, allowPrivate, failOpen } = webhook!
  const { clock, ids, log } = services
  const id = ids.next()
  const from = clock.monotonic()
  const told = (answer: WebhookTold['answer'], reason: string): WebhookTold => ({
    rule,
    answer,
    reason: reason.slice(0, REASON).toWellFormed(),
    ms: Math.round(clock.monotonic() - from),
    cached: false,
    failed_open: answer === 'failed' && failOpen,
  })
  try {
    const whole = questionOf(vote, judged, id, clock.now())
    const body = full ? whole : hidden(whole, services)
    const asking = { url, timeoutMs, id, body, allowPrivate }
    const { verdict, reason } = await services.webhooks.ask(asking)
    if (verdict === 'failed') log.warn(`The webhook of ${rule} failed`, reason)
    return told(verdict, reason)
  } catch (error) {
    log.error(`Cannot ask the webhook of ${rule}`, error)
    return told('failed', 'asking it failed')
  }
}

/** The question as docs/webhooks.md has it. What is absent is left out. */
function questionOf(
  { policy, rule, message, webhook }: Vote,
  { call, decision }: Judged,
  id: string,
  now: number,
): Json {
  const { principal, agent, session, run, depth, bound } = call.identity
  const { effects, complete } = effectsOf(call, decision)
  return {
    schema: WEBHOOK_SCHEMA,
    id,
    timestamp: new Date(now).toISOString(),
    policy,
    rule,
    message,
    tool: call.tool,
    params: call.params,
    include: webhook!.full ? 'full' : 'redacted',
    ...given('cwd', call.cwd),
    principal,
    agent,
    session,
    ...given('run_id', run),
    ...given('agent_depth', depth),
    ...given('tool_call_id', call.toolCallId),
    bound: [...bound].sort(),
    effects: effects.map(({ tool, path, url, by }) => ({
      tool,
      ...given('path', path),
      ...given('url', url),
      by,
    })),
    effects_complete: complete,
  }
}

function given(name: string, value: string | number | undefined): Record<string, Json> {
  return value === undefined ? {} : { [name]: value }
}
