import type { Approval as Stored } from '../../approval/approval.ts'
import type { Json } from '../../engine/types.ts'
import { viaOf } from '../auth.ts'
import { capped } from '../prefer.ts'
import { ApprovalQuery, ApprovalRequest, ApprovalsQuery, ResolveRequest } from '../requests.ts'
import { route } from '../route.ts'
import { Approval, Approvals } from '../schemas.ts'
import { identityOf } from './calls.ts'

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
    const { status, limit = LISTED } = query
    const approvals = await site.api.listApprovals(caller, { status, limit })
    return { status: 200, body: { approvals: approvals.map(toWire) } }
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
    const waitMs = capped(query.wait ?? 0, site.mostWaitMs)
    const approval = await site.api.getApproval(caller, params.id ?? '', waitMs, signal)
    return { status: 200, body: toWire(approval) }
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
    return {
      status: 201,
      body: toWire(approval),
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
  problems: ['not_found', 'approval_settled', 'audit_unavailable'],
  async handle({ site, caller, params, body, env }) {
    const answer = { approved: body.approved, resolvedBy: body.resolved_by }
    const approval = await site.api.resolveApproval(caller, params.id ?? '', answer, viaOf(env))
    return { status: 200, body: toWire(approval) }
  },
})

function toWire(approval: Stored): Record<string, unknown> {
  const { createdAt, expiresAt, resolvedAt } = approval
  return {
    id: approval.id,
    status: approval.status,
    principal: approval.principal,
    agent: approval.agent,
    session: approval.session,
    run_id: approval.runId ?? null,
    tool_call_id: approval.toolCallId ?? null,
    tool: approval.tool,
    params: approval.params,
    cwd: approval.cwd ?? null,
    policy: approval.policy ?? null,
    rule: approval.rule ?? null,
    message: approval.message,
    audit_id: approval.auditId ?? null,
    created_at: new Date(createdAt).toISOString(),
    expires_at: new Date(expiresAt).toISOString(),
    resolved_at: resolvedAt === undefined ? null : new Date(resolvedAt).toISOString(),
    resolved_by: approval.resolvedBy ?? null,
    resolved_name: approval.resolvedName ?? null,
  }
}
