import { approversOf, codeOf } from '../approval/approval.ts'
import type { Caller, SeenApproval } from '../service/api.ts'
import { holds } from './auth.ts'

/**
 * An approval as it is sent. Who may not answer learns no more of the policies than the decision told
 * (security.md F33).
 */
export function toWire(approval: SeenApproval, caller: Caller): Record<string, unknown> {
  const { createdAt, expiresAt, resolvedAt, shown } = approval
  const timeOf = (ms: number) => new Date(ms).toISOString()
  const decides = holds(caller, 'approve')
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
    created_at: timeOf(createdAt),
    expires_at: timeOf(expiresAt),
    resolved_at: resolvedAt === undefined ? null : timeOf(resolvedAt),
    resolved_by: approval.resolvedBy ?? null,
    resolved_name: approval.resolvedName ?? null,
    code: codeOf(approval),
    parts: (shown?.parts ?? []).map(({ action, ...part }) =>
      decides && action !== undefined ? { ...part, action } : part
    ),
    ...(shown !== undefined && shown.omitted > 0 ? { candidates_omitted: shown.omitted } : {}),
    effects: shown?.effects ?? [],
    effects_complete: shown?.effectsComplete ?? false,
    approvers: approversOf(approval),
    answers: (approval.answers ?? []).map(({ principal, name, channel, approved, at }) => ({
      principal,
      name: name ?? null,
      channel,
      approved,
      at: timeOf(at),
    })),
    channel: approval.channel ?? null,
    scope: approval.scope ?? null,
    reason: approval.reason ?? null,
    ...(approval.ruleIds === undefined ? {} : {
      rule_id: approval.ruleIds[0] ?? null,
      rule_ids: approval.ruleIds,
      rule_refused: approval.ruleRefused ?? null,
    }),
    waiters: approval.waiters ?? 0,
    timeout_ms: approval.timeoutMs ?? Math.max(0, expiresAt - createdAt),
  }
}
