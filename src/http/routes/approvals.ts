import type { Json } from '../../engine/types.ts'
import type { Resolution } from '../../service/api.ts'
import { toWire } from '../approval-wire.ts'
import type { Transport } from '../transport.ts'
import { viaOf } from '../auth.ts'
import { invalid } from '../pointer.ts'
import {
  ApprovalQuery,
  ApprovalRequest,
  ApprovalsQuery,
  ApprovalStatsQuery,
  BulkResolveRequest,
  ResolveRequest,
} from '../requests.ts'
import { route } from '../route.ts'
import { Approval, Approvals, ApprovalStats, BulkResults } from '../schemas-approval.ts'
import { identityOf } from '../identity.ts'

const LISTED = 100

export const listApprovals = route({
  method: 'GET',
  path: '/v1/approvals',
  operationId: 'listApprovals',
  summary: 'Approvals; with scope eval the own ones only',
  tag: 'approvals',
  scopes: ['approve', 'eval'],
  query: ApprovalsQuery,
  replies: { 200: { description: 'The approvals', schema: Approvals } },
  problems: [],
  async handle({ site, caller, query }) {
    const { status, limit = LISTED, after } = query
    const page = await site.api.listApprovals(caller, { status, limit, after })
    const approvals = page.approvals.map((approval) => toWire(approval, caller))
    return { status: 200, body: { approvals, next: page.next ?? null } }
  },
})

export const getApproval = route({
  method: 'GET',
  path: '/v1/approvals/{id}',
  operationId: 'getApproval',
  summary: 'One approval, after waiting for its end where asked to',
  tag: 'approvals',
  scopes: ['approve', 'eval'],
  query: ApprovalQuery,
  replies: { 200: { description: 'The approval', schema: Approval } },
  problems: ['not_found'],
  async handle({ site, caller, params, query, signal }) {
    const waitMs = (query.wait ?? 0) * 1000
    const approval = await site.api.getApproval(caller, params.id ?? '', waitMs, signal)
    return { status: 200, body: toWire(approval, caller) }
  },
})

export const createApproval = route({
  method: 'POST',
  path: '/v1/approvals',
  operationId: 'createApproval',
  summary: 'Ask a person about a call that the caller makes itself',
  tag: 'approvals',
  scopes: ['approve'],
  body: ApprovalRequest,
  replies: {
    200: {
      description: 'A person denied it in the same run already: that denial, and nobody is asked',
      schema: Approval,
    },
    201: {
      description: 'The question is put',
      schema: Approval,
      headers: { location: 'Where the approval is polled' },
    },
  },
  problems: ['rate_limited', 'audit_unavailable'],
  async handle({ site, caller, body }) {
    const approval = await site.api.createApproval(caller, {
      identity: identityOf(caller, body),
      tool: body.tool,
      params: body.params as Readonly<Record<string, Json>>,
      cwd: body.cwd,
      toolCallId: body.tool_call_id,
      message: body.message,
    })
    if (approval.status === 'denied') return { status: 200, body: toWire(approval, caller) }
    return {
      status: 201,
      body: toWire(approval, caller),
      headers: { location: `/v1/approvals/${encodeURIComponent(approval.id)}` },
    }
  },
})

export const resolveApproval = route({
  method: 'POST',
  path: '/v1/approvals/{id}/resolve',
  operationId: 'resolveApproval',
  summary: 'Answer a question; the first answer counts',
  tag: 'approvals',
  scopes: ['approve'],
  body: ResolveRequest,
  replies: { 200: { description: 'The answered approval', schema: Approval } },
  problems: [
    'step_up_required',
    'not_found',
    'rule_refused',
    'approval_settled',
    'audit_unavailable',
  ],
  async handle({ site, caller, params, body, env }) {
    const answer = resolutionOf(body, env)
    const approval = await site.api.resolveApproval(caller, params.id ?? '', answer, viaOf(env))
    return { status: 200, body: toWire(approval, caller) }
  },
})

export const withdrawApproval = route({
  method: 'POST',
  path: '/v1/approvals/{id}/withdraw',
  operationId: 'withdrawApproval',
  summary: "Take back a question of one's own that nobody waits for any more",
  tag: 'approvals',
  scopes: ['eval'],
  replies: { 200: { description: 'The approval as it is now', schema: Approval } },
  problems: ['not_found'],
  async handle({ site, caller, params, env }) {
    const approval = await site.api.withdrawApproval(caller, params.id ?? '', viaOf(env))
    return { status: 200, body: toWire(approval, caller) }
  },
})

export const bulkResolve = route({
  method: 'POST',
  path: '/v1/approvals/bulk-resolve',
  operationId: 'bulkResolveApprovals',
  summary: 'Answer many questions at once, each by itself',
  tag: 'approvals',
  scopes: ['approve'],
  body: BulkResolveRequest,
  replies: { 200: { description: 'What became of each', schema: BulkResults } },
  problems: [],
  async handle({ site, caller, body, env }) {
    const { ids, ...rest } = body
    const results = await site.api.bulkResolve(caller, ids, resolutionOf(rest, env), viaOf(env))
    return {
      status: 200,
      body: {
        results: results.map((result) => ({
          id: result.id,
          status: result.approval?.status ?? null,
          error: 'error' in result ? result.error.code : null,
        })),
      },
    }
  },
})

export const approvalStats = route({
  method: 'GET',
  path: '/v1/approvals/stats',
  operationId: 'approvalStats',
  summary: 'How often people are asked, how fast they answer, and what they say',
  tag: 'approvals',
  scopes: ['approve', 'audit'],
  query: ApprovalStatsQuery,
  replies: { 200: { description: 'Of the questions that are kept', schema: ApprovalStats } },
  problems: [],
  async handle({ site, query }) {
    return { status: 200, body: await site.api.approvalStats(query.since) }
  },
})

type Answered = Pick<ResolveRequest, 'approved' | 'reason' | 'channel' | 'resolved_by'> & {
  readonly persist?: boolean | undefined
  readonly scope?: ResolveRequest['scope']
  readonly generalisation?: ResolveRequest['generalisation']
  readonly for?: string | undefined
  readonly calls?: number | undefined
}

function resolutionOf(body: Answered, env: Transport | undefined): Resolution {
  const { approved, resolved_by: resolvedBy, persist, scope, reason, channel } = body
  if (persist === true && scope !== undefined && scope !== 'always') {
    throw invalid('persist and scope differ', [{
      pointer: '/persist',
      detail: `true means scope always, and scope is ${scope}`,
    }])
  }
  const wanted = persist === true ? 'always' : scope ?? 'once'
  const { generalisation, for: span, calls } = body
  return {
    approved,
    resolvedBy,
    reason,
    channel: env?.dashboard ? 'dashboard' : channel,
    scope: wanted,
    generalisation,
    for: span,
    calls,
  }
}
