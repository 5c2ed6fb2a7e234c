import type { Json } from '../engine/types.ts'
import { canonical } from '../service/digest.ts'
import { hookedKey } from '../service/hooked.ts'
import type { Answer, DecideRequest, Held, Outcome } from '../service/services.ts'
import type { HookContext } from './answer.ts'
import type { Before, Host, HostCall, Target } from './host.ts'
import { askText, deniedText, waitingText } from './texts.ts'

export interface Asking extends HookContext {
  /** How long a person may take. */
  readonly waitMs: number
}

/** Answer a call that is about to run: the strictest of everything that it would do. */
export async function answerBefore(host: Host, call: HostCall, asking: Asking): Promise<Json> {
  const key = await keyOf(host, call, asking)
  const { told, auditIds } = await decideAll(host, call, asking)
  const { service } = asking
  if (told.kind === 'deny') await service.remember(key, 'denied', auditIds)
  else if (told.kind === 'ask') await service.remember(key, 'asked', auditIds)
  // The same call may have been denied before: what was said last counts.
  else if (await service.recall(key) !== undefined) await service.forget(key)
  return host.before(told, call)
}

/** Under which name the host's next event about the call finds it. */
export function keyOf(host: Host, call: HostCall, asking: HookContext): Promise<string> {
  const { principal, agent = host.name } = asking
  const { session, callId: toolCallId } = call
  return hookedKey({ principal, agent, session, toolCallId }, canonical([call.tool, call.input]))
}

interface Question {
  readonly target: Target
  readonly question: Held
}

/** Longest name of one of several things that a call would do, in characters. */
const NAME_LENGTH = 160

/** The tool as the host calls it, with the one of several things it would do that this is about. */
function nameOf({ tool, targets }: HostCall, { params }: Target): string {
  if (targets.length < 2) return tool
  const named = [params['command'], params['path'], params['file_path'], params['url']]
  const what = named.find((one) => typeof one === 'string') as string | undefined
  return what === undefined ? tool : `${tool} (${what.slice(0, NAME_LENGTH)})`
}

interface Told {
  readonly told: Before
  readonly auditIds: readonly string[]
}

/**
 * Every target is decided, one event each. Questions are put last: nobody is asked about a call that is
 * denied for another part of it.
 */
async function decideAll(host: Host, call: HostCall, asking: Asking): Promise<Told> {
  const done: Outcome[] = []
  const held: Question[] = []
  let denied: { readonly target: Target; readonly outcome: Outcome } | undefined
  for (const target of call.targets) {
    const outcome = await asking.service.decide(requestFor(host, call, target, asking))
    if (outcome.state === 'held') held.push({ target, question: outcome })
    else {
      done.push(outcome)
      if (!outcome.answer.allowed) denied ??= { target, outcome }
    }
  }
  if (denied !== undefined) {
    const dropped = await Promise.all(held.map(({ question }) => question.drop()))
    return refusedBy(nameOf(call, denied.target), denied.outcome, [...done, ...dropped])
  }
  if (held.length > 0) return await ask(host, call, held, done, asking)
  const native = done.every(({ nativeAllow }) => nativeAllow === true)
  return { told: { kind: native ? 'allow' : 'defer' }, auditIds: [] }
}

/** The host asks its user where it can and may; else the queue does, for as long as there is time. */
async function ask(
  host: Host,
  call: HostCall,
  held: readonly Question[],
  done: readonly Outcome[],
  asking: Asking,
): Promise<Told> {
  const native = (call.asks ?? host.asks) && call.answersItself !== true
  if (native && held.every(({ question }) => !question.queueOnly)) {
    const told = await Promise.all(held.map(({ question }) => question.delegate()))
    const { target, question } = held[0]!
    return {
      told: { kind: 'ask', reason: askText(nameOf(call, target), question) },
      auditIds: told.map(({ answer }) => answer.audit_id),
    }
  }
  // Nobody sits at a host that answers its own questions: it is told at once, and may come again.
  const waitMs = call.answersItself === true ? 0 : asking.waitMs
  const answers = [...done]
  for (const [index, { target, question }] of held.entries()) {
    const outcome = await question.queue(waitMs)
    answers.push(outcome)
    if (outcome.answer.allowed) continue
    const rest = held.slice(index + 1)
    const dropped = await Promise.all(rest.map((other) => other.question.drop()))
    return refusedBy(nameOf(call, target), outcome, [...answers, ...dropped])
  }
  return { told: { kind: 'defer' }, auditIds: [] }
}

function refusedBy(tool: string, { answer, state }: Outcome, all: readonly Outcome[]): Told {
  const reason = state === 'waiting'
    ? waitingText(tool, said(answer), answer.approval_id)
    : deniedText(tool, said(answer))
  return { told: { kind: 'deny', reason }, auditIds: all.map(({ answer }) => answer.audit_id) }
}

function said({ message, policy, rule }: Answer): Pick<Answer, 'message' | 'policy' | 'rule'> {
  return { message, policy, rule }
}

/** One target as the service takes it. What the host says of itself is a claim. */
export function requestFor(
  host: Host,
  call: HostCall,
  target: Target,
  { principal, agent, via, seen, signal }: HookContext,
): DecideRequest {
  return {
    tool: target.tool,
    identity: {
      principal,
      agent: agent ?? host.name,
      session: call.session,
      bound: new Set(agent === undefined ? [] : ['agent'] as const),
    },
    params: target.params,
    cwd: target.cwd,
    internal: target.internal,
    toolCallId: call.callId,
    intent: 'enforce',
    via,
    seen,
    explain: false,
    signal,
  }
}
