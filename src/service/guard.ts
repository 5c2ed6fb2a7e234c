import type { Json } from '../engine/types.ts'
import type { Caller } from './api.ts'
import { resolveApproval } from './approve.ts'
import { decide } from './decide.ts'
import type { Answer, DecideRequest, Outcome, Services } from './services.ts'

/** A call of a tool, as the program that embeds the guard knows it. */
export interface GuardedCall {
  /** `exec`, `read`, `write`, `fetch`, a name that stands for one of them, or `mcp__server__tool`. */
  readonly tool: string
  readonly params: Readonly<Record<string, Json>>
  /** Absolute, where the call has one that can be trusted. */
  readonly cwd?: string | undefined
  readonly agent?: string | undefined
  readonly session?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a person is asked. */
export interface Question {
  readonly id: string
  readonly tool: string
  readonly params: Readonly<Record<string, Json>>
  readonly message: string
  readonly policy: string | null
  readonly expiresAt: string
  readonly signal: AbortSignal | undefined
}

export interface GuardOptions {
  /** Asks a person; absent, or where it throws, the call is denied. */
  readonly approve?: ((question: Question) => boolean | Promise<boolean>) | undefined
  /** Who calls, where the call does not say. */
  readonly agent?: string | undefined
  readonly session?: string | undefined
}

/** A call that was not made (`call`), or whose output may not be seen (`output`). */
export class RampartDenied extends Error {
  override readonly name = 'RampartDenied'
  readonly answer: Answer
  readonly stage: 'call' | 'output'

  constructor(answer: Answer, stage: 'call' | 'output') {
    super(answer.message)
    this.answer = answer
    this.stage = stage
  }
}

export interface Guard {
  /**
   * Decide, run, and judge what came of it. A text that a rule objects to comes back with that hidden.
   *
   * @throws RampartDenied where the call is denied, or its output is and nothing of it may be shown
   */
  run<T>(call: GuardedCall, work: () => T | Promise<T>): Promise<T>
  /** The same around a function: `callOf` says what a call of it is. */
  wrap<A extends readonly unknown[], T>(
    callOf: (...args: A) => GuardedCall,
    work: (...args: A) => T | Promise<T>,
  ): (...args: A) => Promise<T>
  /** What policies say, without an effect. */
  preview(call: GuardedCall): Promise<Answer>
}

const PRINCIPAL = 'guard'
const PERSON: Caller = { principal: 'admin', scopes: ['admin'] }

/** A guard before the tools of this very program, over the services that it is given. */
export function guardOver(services: Services, options: GuardOptions = {}): Guard {
  const guard: Guard = {
    async run(call, work) {
      const request = requestOf(call, 'enforce', options)
      const { answer } = await allowed(request, call, options, services)
      const value = await work()
      return await judged(value, request, answer, services)
    },
    wrap: (callOf, work) => (...args) => guard.run(callOf(...args), () => work(...args)),
    preview: async (call) => (await decide(requestOf(call, 'preview', options), services)).answer,
  }
  return guard
}

function requestOf(
  { tool, params, cwd, agent, session, signal }: GuardedCall,
  intent: DecideRequest['intent'],
  options: GuardOptions,
): DecideRequest {
  return {
    tool,
    params,
    cwd,
    identity: {
      principal: PRINCIPAL,
      agent: agent ?? options.agent ?? 'agent',
      session: session ?? options.session ?? 'session',
      bound: new Set(),
    },
    intent,
    waitMs: 0,
    via: 'local',
    explain: false,
    signal,
  }
}

async function allowed(
  request: DecideRequest,
  call: GuardedCall,
  options: GuardOptions,
  services: Services,
): Promise<Outcome> {
  const outcome = await decide(request, services)
  if (outcome.state === 'answered') {
    if (outcome.answer.allowed) return outcome
    throw new RampartDenied(outcome.answer, 'call')
  }
  const approved = await asked(outcome.answer, call, options, services)
  // The yes is for this very call: policies and facts are looked at once more.
  const again = approved ? await decide(request, services) : undefined
  if (again?.state === 'answered' && again.answer.allowed) return again
  throw new RampartDenied({ ...(again ?? outcome).answer, allowed: false }, 'call')
}

/** Whether a person says yes; a question that cannot be put is a no. */
async function asked(
  { approval_id: id = '', message, policy, expires_at: expiresAt = '' }: Answer,
  { tool, params, signal }: GuardedCall,
  { approve }: GuardOptions,
  services: Services,
): Promise<boolean> {
  const put = async () =>
    approve !== undefined &&
    await approve({ id, tool, params, message, policy, expiresAt, signal }) === true
  const approved = await put().catch((error: unknown) => {
    services.log.error('A question could not be put', error)
    return false
  })
  const answer = { approved, ...(approved ? {} : { reason: 'nobody said yes' }) }
  await resolveApproval(services, PERSON, id, answer, 'local')
  return approved
}

async function judged<T>(
  value: T,
  request: DecideRequest,
  { approval_status: status, audit_id: auditId }: Answer,
  services: Services,
): Promise<T> {
  const text = textOf(value)
  if (text === undefined) return value
  const { answer } = await decide({
    ...request,
    response: text,
    ...(status === 'approved' ? { askedBy: [auditId] } : {}),
  }, services)
  if (answer.allowed) return value
  // What stands in a value of another form cannot be hidden without breaking it.
  if (typeof value === 'string' && answer.response !== undefined) return answer.response as T
  throw new RampartDenied(answer, 'output')
}

/** All that a rule may look at; undefined where there is nothing. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  return value === undefined ? undefined : JSON.stringify(value)
}
