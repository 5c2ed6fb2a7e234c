import { z } from 'zod'
import { viaOf } from '../auth.ts'
import { EventsQuery, ReloadRequest, StatsQuery } from '../requests.ts'
import { route } from '../route.ts'
import { Liveness, PolicyFindings, Readiness } from '../schemas-people.ts'
import {
  AuditEvents,
  Health,
  Policies,
  PolicyHealth,
  Status,
  TrailSessions,
  TrailStats,
} from '../schemas.ts'

const EVENTS = 100

export const health = route({
  method: 'GET',
  path: '/healthz',
  operationId: 'getHealth',
  summary: 'Whether the server answers, and with the newest policies',
  tag: 'server',
  scopes: 'open',
  replies: { 200: { description: 'The server answers', schema: Health } },
  problems: [],
  handle: ({ site }) => ({ status: 200, body: site.api.health() }),
})

export const live = route({
  method: 'GET',
  path: '/livez',
  operationId: 'getLiveness',
  summary: 'Whether the process answers at all',
  tag: 'server',
  scopes: 'open',
  replies: { 200: { description: 'It answers', schema: Liveness } },
  problems: [],
  handle: () => ({ status: 200, body: { status: 'ok' } }),
})

export const ready = route({
  method: 'GET',
  path: '/readyz',
  operationId: 'getReadiness',
  summary: 'Whether calls may be sent here',
  tag: 'server',
  scopes: 'open',
  replies: {
    200: { description: 'They may', schema: Readiness },
    503: { description: 'They may not, and why', schema: Readiness },
  },
  problems: [],
  handle({ site }) {
    const body = site.api.readiness()
    return { status: body.ready ? 200 : 503, body }
  },
})

export const status = route({
  method: 'GET',
  path: '/v1/status',
  operationId: 'getStatus',
  summary: 'What an operator needs to know',
  tag: 'server',
  scopes: ['audit'],
  replies: { 200: { description: 'The status', schema: Status } },
  problems: [],
  handle: async ({ site }) => ({ status: 200, body: await site.api.status() }),
})

export const metrics = route({
  method: 'GET',
  path: '/metrics',
  operationId: 'getMetrics',
  summary: 'Numbers for a monitor, in the text format of Prometheus',
  tag: 'server',
  scopes: ['audit'],
  replies: { 200: { description: 'The metrics', schema: z.string(), types: ['text/plain'] } },
  problems: [],
  handle: async ({ site }) => ({
    status: 200,
    body: await site.api.metrics(),
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
  }),
})

export const events = route({
  method: 'GET',
  path: '/v1/audit/events',
  operationId: 'listEvents',
  summary: 'The audit trail, newest first, in pages',
  tag: 'audit',
  scopes: ['audit'],
  query: EventsQuery,
  replies: { 200: { description: 'Events', schema: AuditEvents } },
  problems: [],
  async handle({ site, query }) {
    const { tool_call_id: toolCallId, run_id: runId, limit = EVENTS, ...filter } = query
    const { events, next } = await site.api.events({ ...filter, toolCallId, runId, limit })
    return { status: 200, body: { events, next: next ?? null } }
  },
})

export const stats = route({
  method: 'GET',
  path: '/v1/audit/stats',
  operationId: 'getStats',
  summary: 'What was decided, how often, by what, and how long it took',
  tag: 'audit',
  scopes: ['audit'],
  query: StatsQuery,
  replies: { 200: { description: 'Counts; each call once', schema: TrailStats } },
  problems: ['unavailable'],
  handle: async ({ site, query }) => ({ status: 200, body: await site.api.stats(query) }),
})

export const sessions = route({
  method: 'GET',
  path: '/v1/audit/sessions',
  operationId: 'getSessions',
  summary: 'What each session called, how often it was denied and asked about',
  tag: 'audit',
  scopes: ['audit'],
  query: StatsQuery,
  replies: { 200: { description: 'Who called last comes first', schema: TrailSessions } },
  problems: ['unavailable'],
  handle: async ({ site, query }) => ({ status: 200, body: await site.api.agentSessions(query) }),
})

export const policies = route({
  method: 'GET',
  path: '/v1/policies',
  operationId: 'listPolicies',
  summary: 'The policies in force',
  tag: 'policies',
  scopes: ['admin'],
  replies: { 200: { description: 'The policies', schema: Policies } },
  problems: [],
  handle: ({ site }) => ({ status: 200, body: site.api.policies() }),
})

export const findings = route({
  method: 'GET',
  path: '/v1/policies/lint',
  operationId: 'lintPolicies',
  summary: 'What is allowed in your policy files and yet surely not meant',
  tag: 'policies',
  scopes: ['admin'],
  replies: { 200: { description: 'Findings, by place', schema: PolicyFindings } },
  problems: [],
  handle: async ({ site }) => ({
    status: 200,
    body: { findings: await site.api.findings() },
  }),
})

export const reload = route({
  method: 'POST',
  path: '/v1/policy/reload',
  operationId: 'reloadPolicies',
  summary: 'Read the policy files again; the last good ones stay when the new ones are invalid',
  tag: 'policies',
  scopes: ['admin'],
  body: ReloadRequest,
  replies: { 200: { description: 'What is now in force', schema: PolicyHealth } },
  problems: ['policy_invalid'],
  handle: async ({ site, caller, env }) => ({
    status: 200,
    body: await site.api.reload(caller, viaOf(env)),
  }),
})

export const openapi = route({
  method: 'GET',
  path: '/openapi.json',
  operationId: 'getOpenapi',
  summary: 'This description',
  tag: 'server',
  scopes: 'open',
  replies: {
    200: { description: 'An OpenAPI 3.1 document', schema: z.record(z.string(), z.unknown()) },
  },
  problems: [],
  handle: ({ site }) => ({ status: 200, body: site.document() }),
})
