import { RampartError } from '../../errors.ts'
import { cookieName } from '../dashboard/guard.ts'
import { viaOf } from '../auth.ts'
import { invalid } from '../pointer.ts'
import { LoginRequest, LogoutRequest, StepUpRequest } from '../requests.ts'
import { route } from '../route.ts'
import { Ended, Login, LoginState, Sessions, SteppedUp, StepUpCode } from '../schemas-people.ts'

const when = (at: number) => new Date(at).toISOString()

export const createLogin = route({
  method: 'POST',
  path: '/v1/dashboard/logins',
  operationId: 'createLogin',
  summary: "A one-time code that opens the dashboard; for the person's own token alone",
  tag: 'dashboard',
  scopes: ['admin'],
  body: LoginRequest,
  replies: { 201: { description: 'The code', schema: Login } },
  problems: ['rate_limited', 'audit_unavailable'],
  async handle({ site, caller, env }) {
    const { id, code, expiresAt } = await site.api.sessions.issue(caller, viaOf(env))
    return { status: 201, body: { id, code, expires_at: when(expiresAt) } }
  },
})

export const getLogin = route({
  method: 'GET',
  path: '/v1/dashboard/logins/{id}',
  operationId: 'getLogin',
  summary: 'Whether a login code was used',
  tag: 'dashboard',
  scopes: ['admin'],
  replies: { 200: { description: 'Its state', schema: LoginState } },
  problems: [],
  handle: ({ site, params: { id = '' } }) => ({
    status: 200,
    body: { id, state: site.api.sessions.loginState(id) },
  }),
})

export const listSessions = route({
  method: 'GET',
  path: '/v1/dashboard/sessions',
  operationId: 'listSessions',
  summary: 'Who has the dashboard open',
  tag: 'dashboard',
  scopes: ['admin'],
  replies: { 200: { description: 'The sessions', schema: Sessions } },
  problems: [],
  handle: ({ site, caller }) => ({
    status: 200,
    body: {
      sessions: site.api.sessions.list().map(({ id, startedAt, seenAt, endsAt }) => ({
        id,
        started_at: when(startedAt),
        seen_at: when(seenAt),
        ends_at: when(endsAt),
        current: id === caller.dashboard,
      })),
    },
  }),
})

export const endSessions = route({
  method: 'POST',
  path: '/v1/dashboard/logout',
  operationId: 'endSessions',
  summary: 'End sessions of the dashboard',
  tag: 'dashboard',
  scopes: ['admin'],
  body: LogoutRequest,
  replies: { 200: { description: 'How many were ended', schema: Ended } },
  problems: ['not_found'],
  async handle({ site, caller, body, target }) {
    const id = body.session ?? caller.dashboard
    if (id === undefined) {
      throw invalid('Which session is not said', [{
        pointer: '/session',
        detail: 'An id, or all',
      }])
    }
    const ended = await site.api.sessions.end(id, caller)
    if (ended === 0 && id !== 'all') {
      throw new RampartError('not_found', 'There is no such session')
    }
    const isOwn = id === caller.dashboard
    const name = cookieName(target, id)
    const gone = `${name}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`
    return { status: 200, body: { ended }, ...(isOwn ? { headers: { 'set-cookie': gone } } : {}) }
  },
})

export const createStepUp = route({
  method: 'POST',
  path: '/v1/dashboard/step-ups',
  operationId: 'createStepUp',
  summary:
    "A one-time code by which the dashboard may keep rules; for the person's own token alone",
  tag: 'dashboard',
  scopes: ['admin'],
  body: LoginRequest,
  replies: { 201: { description: 'The code', schema: StepUpCode } },
  problems: ['audit_unavailable'],
  async handle({ site, caller, env }) {
    const { code, expiresAt } = await site.api.stepUps.issue(caller, viaOf(env))
    return { status: 201, body: { code, expires_at: when(expiresAt) } }
  },
})

export const enterStepUp = route({
  method: 'POST',
  path: '/v1/dashboard/step-up',
  operationId: 'enterStepUp',
  summary:
    'Enter such a code; the session of the dashboard that asks may keep rules for five minutes',
  tag: 'dashboard',
  scopes: ['admin'],
  body: StepUpRequest,
  replies: { 200: { description: 'Until when', schema: SteppedUp } },
  problems: ['audit_unavailable'],
  async handle({ site, caller, body }) {
    const until = await site.api.stepUps.enter(caller, body.code)
    return { status: 200, body: { until: when(until) } }
  },
})
