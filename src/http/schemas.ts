import { z } from 'zod'
import { APPROVAL_STATUSES } from '../approval/approval.ts'
import { ANCHOR_SCHEMA } from '../audit/anchor.ts'
import { AUDIT_SCHEMA, EVENT_KINDS, VIAS } from '../audit/event.ts'
import { PROOF_SCHEMA } from '../audit/proof.ts'
import { FINDING_KINDS } from '../audit/verify-finding.ts'
import { ACTIONS, LAYERS } from '../engine/types.ts'
import { PROBLEMS } from '../errors.ts'
import { BundleHealth } from './schemas-bundle.ts'
import { Execution } from './schemas-execution.ts'

// What the server sends, each by the name it has in the OpenAPI document.
const text = z.string()
const optionalText = z.string().nullable()
const time = z.iso.datetime()
const count = z.int().nonnegative()

export const Action = z.enum(ACTIONS)
export const ApprovalStatus = z.enum(APPROVAL_STATUSES)

export const Effect = z.object({
  tool: z.enum(['read', 'write', 'delete', 'fetch']),
  path: text.optional(),
  url: text.optional(),
  by: text.describe('The program, or the tool, that would do it'),
  action: Action.optional().describe('What the policies say of it, as far as the caller may see'),
  policy: optionalText.optional(),
})

export const TraceLine = z.object({
  subject: z.int().describe('Index into the subjects'),
  policy: text,
  rule: text,
  action: Action,
  held: z.boolean(),
  reasons: z.array(text).readonly(),
})

export const Decision = z.object({
  allowed: z.boolean().describe('Whether the call may be made'),
  decision: Action,
  message: text,
  policy: optionalText,
  rule: optionalText,
  matched_policies: z.array(text).readonly().describe('All of them only with scope audit'),
  effects: z.array(Effect).readonly(),
  effects_complete: z.boolean().describe('False when the call may touch more than the effects say'),
  eval_duration_us: z.number(),
  audit_id: text,
  enforced: z.boolean(),
  approval_id: text.optional(),
  approval_status: ApprovalStatus.optional(),
  expires_at: time.optional(),
  response: text.optional().describe('What may be shown of an output that a rule objects to'),
  response_texts: z.array(text).readonly().optional().describe('The same, text by text'),
  reads_output: z.boolean().optional().describe(
    'To the layers hook and mcp: false where no rule in force looks at outputs, so none need be sent',
  ),
  output_kinds: z.array(text).readonly().optional().describe('Of those that need be sent'),
  execution: Execution.optional().describe('What came of it where it was executed here'),
  trace: z.array(TraceLine).readonly().optional(),
  suggestions: z.array(text).readonly().optional(),
})

export const Subject = z.object({
  kind: text,
  label: text,
  of: z.int().optional(),
  parts: z.array(z.int()).readonly().optional(),
})

export const Explanation = z.object({ answer: Decision, subjects: z.array(Subject).readonly() })

export const Fault = z.object({ file: text, line: z.int(), col: z.int(), message: text })

export const PolicyHealth = z.object({
  hash: text,
  loaded_at: time,
  files: z.array(text).readonly(),
  policies: count,
  faults: z.array(Fault).readonly(),
})

export const Health = z.object({
  status: z.enum(['ok', 'degraded']),
  service: z.literal('rampart'),
  version: text,
  mode: z.enum(['enforce', 'monitor', 'disabled']),
  uptime_seconds: count,
  policy: PolicyHealth,
  bundle: BundleHealth.nullable().describe('The policy bundle; null where none is followed'),
})

export const Sink = z.object({
  name: text,
  // Enums that share a word with another get other names in the Go client.
  type: text.describe('syslog, webhook or otlp'),
  to: text.describe('Without path, query or credentials'),
  state: text.describe('ok or failing'),
  seq: z.int().describe('The last event that was delivered'),
  lag_events: count,
  lag_seconds: count,
  delivered: count,
  failures: count,
  lost: count.describe('Events that were gone before they could be delivered'),
  rejected: count.describe('Events that the receiver refused for good'),
  last_delivered_at: time.nullable(),
  last_error: text.nullable(),
})

export const NotifyDestination = z.object({
  name: text,
  platform: text,
  to: text.describe('Without what may be secret'),
  state: z.enum(['ok', 'failing']),
  lag_events: count,
  sent: count.describe('Since the start, as the other counts'),
  held: count.describe('Alerts that wait for the next digest'),
  failures: count,
  given_up: count,
  last_sent_at: time.nullable(),
  last_error: text.nullable(),
})

export const Status = Health.extend({
  level: z.enum(['L0', 'L1', 'L2']),
  failure: z.enum(['open', 'closed']),
  off_until: time.nullable(),
  pending_approvals: count,
  flagged_sessions: z.array(z.object({
    principal: text,
    agent: text,
    session: text,
    tries: count,
    since: time,
  })).readonly().describe('Sessions that went on trying what a person had denied'),
  passed_unasked: count.describe(
    'Calls that passed while no server answered, told since this one started; a lower bound',
  ),
  audit: z.object({ seq: z.int(), hash: text }),
  sinks: z.array(Sink),
  notify: z.array(NotifyDestination),
})

export const AuditEvent = z.object({
  schema: z.literal(AUDIT_SCHEMA),
  id: text,
  seq: z.int(),
  time,
  clock_time: time.optional(),
  kind: z.enum(EVENT_KINDS),
  agent: text,
  session: text,
  run_id: text.optional(),
  tool_call_id: text.optional(),
  tool: text,
  request: z.unknown().describe('Redacted'),
  decision: z.object({
    action: text,
    policy: text.optional(),
    rule: text.optional(),
    message: text.optional(),
    effects: z.array(z.unknown()).readonly().optional(),
    eval_us: z.number(),
    webhooks: z.array(z.unknown()).readonly().optional(),
  }),
  enforced: z.boolean(),
  mode: z.enum(['enforce', 'monitor', 'disabled']),
  via: z.enum(VIAS),
  principal: text,
  links: z.array(text).readonly().optional(),
  prev_hash: text,
  hash: text,
})

export const AuditEvents = z.object({
  events: z.array(AuditEvent).readonly(),
  next: z.int().nullable().describe(
    '`after` of the next page, null at the end. A search for text may stop early: go on until null',
  ),
})

const NamedCount = z.object({ name: text, count })
const DeniedCount = z.object({ name: text, count, denied: count, asked: count })

export const TrailStats = z.object({
  since: time.nullable(),
  until: time.nullable(),
  events: count,
  by_kind: z.array(NamedCount).readonly(),
  decisions: z.object({
    total: count.describe('Each call once, also where two programs recorded it'),
    enforced: count,
    by_action: z.array(NamedCount).readonly(),
    by_policy: z.array(DeniedCount).readonly(),
    by_rule: z.array(DeniedCount).readonly(),
    by_tool: z.array(DeniedCount).readonly(),
    by_agent: z.array(DeniedCount).readonly(),
    by_hour: z.array(z.object({ hour: time, count, denied: count, asked: count })).readonly(),
    unlisted: z.object({
      policies: count,
      rules: count,
      tools: count,
      agents: count,
      hours: count,
    }),
  }),
  latency: z.object({
    count,
    p50_us: count.nullable().describe('To one part in sixteen'),
    p99_us: count.nullable(),
  }),
})

export const TrailSessions = z.object({
  sessions: z.array(z.object({
    agent: text,
    session: text,
    calls: count.describe('Each once, also where two programs recorded it'),
    denied: count,
    asked: count,
    last: time.describe('Of its last call'),
  })).readonly().describe('The 200 that called last'),
  unlisted: count.describe('Sessions of before'),
})

export const Finding = z.object({
  kind: z.enum(FINDING_KINDS),
  file: text,
  line: count.describe('From 1; 0 means the file as a whole'),
  message: text,
  expected: text.optional(),
  found: text.optional(),
})

export const Verified = z.object({
  events: count,
  head: z.object({ seq: count, hash: text }),
  findings: z.array(Finding).readonly().describe('Empty when the trail is what was written'),
  anchors: z.object({ count, last_seq: count, key_ids: z.array(text).readonly() }),
  root: optionalText.describe('Merkle root over the lines of all events'),
  duration_ms: count,
})

export const Anchor = z.object({
  schema: z.literal(ANCHOR_SCHEMA),
  seq: count.describe('The last event it covers'),
  hash: text,
  file: text,
  root: text,
  time,
  key_id: text,
  checkpoint: text.describe('A C2SP checkpoint (signed note)'),
  signature: text,
  next_key: text.optional(),
  next_key_id: text.optional(),
  next_signature: text.optional(),
})

export const Proof = z.object({
  schema: z.literal(PROOF_SCHEMA),
  event: text.describe("The event's line"),
  index: count,
  size: count,
  hashes: z.array(text).readonly().describe('RFC 6962 audit path, base64'),
  checkpoint: text,
  public_key: text,
})

export const Policy = z.object({
  name: text,
  layer: z.enum(LAYERS),
  file: text,
  priority: z.number(),
  enabled: z.boolean(),
  description: text,
  rules: z.array(z.object({
    key: text,
    action: Action,
    message: text,
    when: z.unknown(),
    approvers: count.optional(),
    timeout_ms: count.optional(),
  })).readonly(),
})

export const Policies = z.object({ hash: text, policies: z.array(Policy).readonly() })

export const Problem = z.object({
  type: text,
  title: text,
  status: z.int(),
  detail: text.optional(),
  code: z.enum(Object.keys(PROBLEMS) as [string, ...string[]]),
  errors: z.array(z.object({
    pointer: text.describe('RFC 6901'),
    detail: text,
  })).readonly(),
})
