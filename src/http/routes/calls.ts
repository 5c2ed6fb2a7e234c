import type { Json } from '../../engine/types.ts'
import type { Caller } from '../../service/api.ts'
import { type Sighting, viaOfSighting } from '../../service/edge.ts'
import type { Answer, DecideRequest } from '../../service/services.ts'
import { holds, viaOf } from '../auth.ts'
import { BODY_LIMIT, RESPONSE_LIMIT } from '../body.ts'
import { identityOf } from '../identity.ts'
import { begin, finish, neverHere } from '../execution.ts'
import { outputOf } from '../output.ts'
import { invalid } from '../pointer.ts'
import { readPreference } from '../prefer.ts'
import { CallRequest, ExplainRequest } from '../requests.ts'
import { type Asked, type Reply, route } from '../route.ts'
import { Decision, Explanation } from '../schemas.ts'
import { ExecutionLine } from '../schemas-line.ts'
import type { Transport } from '../transport.ts'

const limits = { most: RESPONSE_LIMIT, plain: BODY_LIMIT }
const PREFER = { prefer: 'respond-async, or wait=N seconds for a person (RFC 7240)' }
const FAILURES = ['audit_unavailable', 'unavailable'] as const

export const tool = route({
  method: 'POST',
  path: '/v1/tool/{name}',
  operationId: 'callTool',
  summary: 'Decide a call that is about to be made, waiting for a person where one is required',
  tag: 'calls',
  scopes: ['eval'],
  body: CallRequest,
  limits,
  reads: { ...PREFER, accept: 'application/x-ndjson: progress of what is executed' },
  replies: {
    200: {
      description: 'The call may be made, or was',
      schema: Decision,
      lines: ExecutionLine,
    },
    202: {
      description: 'A person has not answered yet',
      schema: Decision,
      headers: {
        location: 'Where the approval is polled',
        'preference-applied': 'The preference that was followed',
      },
    },
    403: { description: 'The call is denied', schema: Decision },
  },
  problems: ['already_executed', 'rate_limited', ...FAILURES],
  async handle(asked) {
    const { body, site, request, caller } = asked
    if (body.enforce === false) {
      throw invalid('A dry run is a preflight', [{
        pointer: '/enforce',
        detail: 'Use /v1/preflight for a dry run',
      }])
    }
    const preference = readPreference(request.headers.get('prefer'))
    const call = requestOf(asked, { intent: 'enforce', waitMs: preference.waitMs })
    const fit = (answer: Answer) => fitFor(caller, answer, body.explain === true)
    const begun = body.execute === true ? await begin(asked, call) : undefined
    if (begun?.run !== undefined) return await finish(asked, begun.outcome, begun.run, fit)
    const { answer, state, timeoutMs = site.mostWaitMs } = begun?.outcome ??
      await site.api.decide(call)
    const told = fit(answer)
    if (state === 'waiting') return waiting(told, preference.applied(timeoutMs))
    return { status: answer.allowed ? 200 : 403, body: told }
  },
})

export const preflight = route({
  method: 'POST',
  path: '/v1/preflight/{name}',
  operationId: 'preflightTool',
  summary: 'What would be decided; with enforce: true, what is, for callers that enforce it',
  tag: 'calls',
  scopes: ['eval'],
  body: CallRequest,
  limits,
  reads: PREFER,
  replies: { 200: { description: 'The decision', schema: Decision } },
  problems: ['rate_limited', ...FAILURES],
  async handle(asked) {
    const { body, site, request, caller } = asked
    const preference = readPreference(request.headers.get('prefer'))
    if (body.execute === true) throw neverHere()
    const enforce = body.enforce === true
    const { waitMs = 0 } = preference
    const { answer, timeoutMs = site.mostWaitMs } = await site.api.decide(
      requestOf(asked, { intent: enforce ? 'enforce' : 'preview', waitMs }),
    )
    const applied = preference.applied(timeoutMs)
    return {
      status: 200,
      body: fitFor(caller, answer, body.explain === true),
      ...(enforce && applied !== undefined ? { headers: { 'preference-applied': applied } } : {}),
    }
  },
})

export const explain = route({
  method: 'POST',
  path: '/v1/policy/explain',
  operationId: 'explainCall',
  summary: 'A dry run with every rule that was looked at',
  tag: 'policies',
  scopes: ['admin'],
  body: ExplainRequest,
  limits,
  replies: { 200: { description: 'The decision and how it came about', schema: Explanation } },
  problems: ['rate_limited', ...FAILURES],
  async handle(asked) {
    const { body, site } = asked
    const request = requestOf(
      { ...asked, body: { ...body, explain: true }, params: { name: body.tool } },
      { intent: 'preview', waitMs: 0 },
    )
    return { status: 200, body: await site.api.explain(request) }
  },
})

type CallBody = Omit<CallRequest, 'enforce'>

function requestOf(
  { body, caller, params, env, signal }: Asked<CallBody, undefined>,
  how: Pick<DecideRequest, 'intent' | 'waitMs'>,
): DecideRequest {
  const seen = sightingOf(body, env)
  return {
    tool: params.name ?? '',
    identity: identityOf(caller, body),
    params: body.params as Readonly<Record<string, Json>>,
    cwd: body.cwd,
    toolCallId: body.tool_call_id,
    ...outputOf(body),
    roles: 'roles' in body ? body.roles : undefined,
    ...how,
    via: viaOfSighting(seen, viaOf(env)),
    seen,
    explain: body.explain === true && seesTraces(caller),
    signal,
  }
}

/** Which edge saw the call. A page of the dashboard is none of them. */
function sightingOf(
  { layer = 'http', pid, parents }: Pick<CallBody, 'layer' | 'pid' | 'parents'>,
  env: Transport | undefined,
): Sighting | undefined {
  if (layer === 'http' && pid === undefined && parents === undefined) return undefined
  if (env?.dashboard) {
    throw invalid('The dashboard is no edge', [{
      pointer: '/layer',
      detail: 'Only the socket and bearer tokens may say where a call was seen',
    }])
  }
  return { layer, pid, parents }
}

function seesTraces(caller: Caller): boolean {
  return holds(caller, 'audit')
}

/** Others learn the rule that decided and no more: a dry run is no oracle (security.md F33). */
function fitFor(caller: Caller, answer: Answer, explain: boolean): Answer {
  const { trace, suggestions, ...rest } = answer
  if (!seesTraces(caller)) {
    return { ...rest, matched_policies: answer.policy === null ? [] : [answer.policy] }
  }
  if (!explain) return rest
  return {
    ...rest,
    ...(trace === undefined ? {} : { trace }),
    ...(suggestions === undefined ? {} : { suggestions }),
  }
}

function waiting(answer: Answer, applied: string | undefined): Reply {
  return {
    status: 202,
    body: answer,
    headers: {
      location: `/v1/approvals/${encodeURIComponent(answer.approval_id ?? '')}`,
      ...(applied === undefined ? {} : { 'preference-applied': applied }),
    },
  }
}
