import { z } from 'zod'
import { Action, ApprovalStatus } from './schemas.ts'

// What is sent of approvals.
const text = z.string()
const optionalText = z.string().nullable()
const time = z.iso.datetime()
const count = z.int().nonnegative()
const anyObject = z.record(z.string(), z.unknown())

export const Approval = z.object({
  id: text,
  status: ApprovalStatus,
  principal: text.describe('Who asked, as the credential proved it'),
  agent: text,
  session: text,
  run_id: optionalText,
  tool_call_id: optionalText,
  tool: text,
  params: anyObject,
  cwd: optionalText,
  policy: optionalText,
  rule: optionalText,
  message: text,
  audit_id: optionalText,
  created_at: time,
  expires_at: time,
  resolved_at: time.nullable(),
  resolved_by: optionalText.describe('The credential that answered'),
  resolved_name: optionalText.describe('The name it gave'),
  code: text.describe('Ten letters of the digest, to compare two screens by'),
  parts: z.array(z.object({
    kind: text.describe('part, span or effect'),
    text,
    of: count.optional().describe('Index of the part it belongs to'),
    action: Action.optional().describe('What the policies say of it; with scope approve'),
  })).readonly().describe('The call as it was read when it was asked'),
  candidates_omitted: count.optional().describe('Parts that are left out'),
  effects: z.array(z.object({
    // As an enum it would share its words with that of the decision's effects.
    tool: text.describe('read, write, delete or fetch'),
    path: text.optional(),
    url: text.optional(),
    by: text,
  })).readonly(),
  effects_complete: z.boolean().describe('False when the call may touch more than the effects say'),
  approvers: count.describe('People who must say yes'),
  answers: z.array(z.object({
    principal: text,
    name: optionalText,
    channel: text,
    approved: z.boolean(),
    at: time,
  })).readonly(),
  // Enums that share a word with another get other names in the Go client.
  channel: optionalText.describe('cli, watch, dashboard, http, link or chat'),
  scope: optionalText.describe('How long the yes holds: once, session, run or always'),
  reason: optionalText.describe('Why a person said no'),
  rule_id: optionalText.optional().describe('What was kept of the answer'),
  rule_ids: z.array(text).readonly().optional().describe('One for each part that asked'),
  rule_refused: optionalText.optional().describe('Why it could not be kept'),
  waiters: count.describe('Callers that are held for it now'),
  timeout_ms: count,
})

export const Approvals = z.object({
  approvals: z.array(Approval).readonly(),
  next: optionalText.describe('`after` of the next page; null at the end'),
})

export const BulkResults = z.object({
  results: z.array(z.object({
    id: text,
    status: optionalText.describe('What the approval is now; null where there is none'),
    error: optionalText.describe('The code of the problem; null where the answer counts'),
  })).readonly().describe('In the order of the ids'),
})

export const ApprovalStats = z.object({
  since: time,
  asked: count,
  answered: count,
  asks_per_hour: z.number(),
  median_answer_ms: z.number().nullable(),
  rules: z.array(z.object({
    policy: optionalText,
    rule: optionalText.describe('Null where default_action asked, or an integrator'),
    asked: count,
    approved: count,
    denied: count,
    expired: count.describe('Nobody answered in time, or the caller left'),
    share_approved: z.number().nullable().describe('Of those that were answered'),
    hint: optionalText.describe('What to do about a rule that is nearly always approved'),
  })).readonly(),
})
