import { z } from 'zod'
import { APPROVAL_STATUSES, CHANNELS, SCOPES_OF_ANSWERS } from '../approval/approval.ts'
import { EVENT_KINDS } from '../audit/event.ts'
import { EDGE_LAYERS, PARENTS, ROLES } from '../service/edge.ts'
import { MOST_OUTPUT_BYTES, MOST_TIMEOUT_MS } from '../service/execution.ts'
import { FORMAT_NAMES } from '../audit/format/names.ts'
import { oneOf } from './one-of.ts'
import { instant, moment, number } from './query.ts'
import { Generalisation, Span } from './requests-rule.ts'

// What the server reads. A key that is not named here is refused, so that no misspelling passes.
const name = z.string().min(1).max(256)
const params = z.record(z.string(), z.unknown())
const path = z.string().min(1).max(4096)

/** A link answers by a route of its own, and a session of the dashboard proves itself. */
const CLAIMED_CHANNELS = CHANNELS.filter((channel) => channel !== 'link' && channel !== 'dashboard')

/** What Linux numbers processes with, at most. */
const processId = z.int().min(1).max(4_194_304)

const who = {
  agent: name.describe("The agent's name; a token bound to an agent overrides it"),
  session: name,
  run_id: name.optional(),
  agent_depth: z.int().nonnegative().max(1000).optional(),
  tool_call_id: name.optional(),
  cwd: path.optional().describe('Absolute working directory'),
}

export const CallRequest = z.strictObject({
  ...who,
  params: params.describe(
    'command, argv with the resolved program, path, url or whatever the tool takes; bytes that are no ' +
      'UTF-8 travel as base64 in command_b64, argv_b64 and program_b64',
  ),
  response: z.string().optional().describe("The tool's output, to be judged as well"),
  response_texts: z.array(z.string()).optional().describe(
    'The same as its texts, for callers that can put others in their place',
  ),
  roles: z.record(name, oneOf(ROLES)).optional().describe(
    'What arguments of an MCP tool stand for (command, path or url), as its schema says; it only adds to what ' +
      'their names say',
  ),
  enforce: z.boolean().optional().describe(
    'Preflight: the caller is the boundary; counted, audited and asked for as a real call',
  ),
  explain: z.boolean().optional().describe('With scope audit: trace and suggestions'),
  execute: z.boolean().optional().describe(
    'Execute the call here once it is allowed: where the server does, for scope execute, never over the socket',
  ),
  execution: z.strictObject({
    timeout_ms: z.int().min(1).max(MOST_TIMEOUT_MS).optional(),
    output_bytes: z.int().min(1).max(MOST_OUTPUT_BYTES).optional().describe('Most of each output'),
  }).optional().describe('With execute: limits below those of the server'),
  layer: oneOf(EDGE_LAYERS).optional().describe(
    'Which edge saw the call: hook, mcp, shim, preload or http (default); kept in the trail, never a permission',
  ),
  pid: processId.optional().describe('The process that makes the call; checked where it can be'),
  parents: z.array(processId).max(PARENTS).optional().describe('Its parent, the parent of that, …'),
})

export const ExplainRequest = z.strictObject({
  ...who,
  tool: name,
  params,
  response: z.string().optional(),
})

export const ApprovalRequest = z.strictObject({
  ...who,
  tool: name,
  params,
  message: z.string().min(1).max(1000).optional(),
})

export const ResolveRequest = z.strictObject({
  approved: z.boolean(),
  resolved_by: name.optional().describe('The name of the person who answers'),
  persist: z.boolean().optional().describe('true is scope always'),
  scope: oneOf(SCOPES_OF_ANSWERS).optional().describe('once, session, run or always'),
  generalisation: Generalisation.optional().describe('How far what is kept reaches (exact)'),
  for: Span.optional().describe('How long what is kept holds, such as 30m'),
  calls: z.int().min(1).max(1_000_000).optional().describe(
    'For how many calls, the one that was asked about among them; of session and run',
  ),
  reason: z.string().min(1).max(1000).optional().describe('Why not; the caller is told'),
  channel: oneOf(CLAIMED_CHANNELS).optional().describe('cli, watch, http or chat'),
})

export const BulkResolveRequest = z.strictObject({
  ids: z.array(z.string().min(1).max(64)).min(1).max(1000),
  approved: z.boolean(),
  resolved_by: name.optional().describe('The name of the person who answers'),
  reason: z.string().min(1).max(1000).optional().describe('Why not; the callers are told'),
  channel: oneOf(CLAIMED_CHANNELS).optional().describe('cli, watch, http or chat'),
})

export const LoginRequest = z.strictObject({})

export const StepUpRequest = z.strictObject({
  code: z.string().min(1).max(20).describe('What `rampart dashboard step-up` printed'),
})

export const LogoutRequest = z.strictObject({
  session: name.optional().describe('Its id, or all; absent, the one that asks'),
})

export const ReloadRequest = z.strictObject({})

export const ApprovalsQuery = z.strictObject({
  status: z.enum(APPROVAL_STATUSES).optional(),
  limit: number(1000, 1).optional(),
  after: z.string().regex(/^[0-9]{1,15}-[^\n]{1,64}$/u, 'Expected `next` of the page before')
    .optional().describe('`next` of the page before'),
})

export const ApprovalQuery = z.strictObject({
  wait: number(604_800).optional().describe('Seconds to wait for an answer'),
})

const span = {
  since: instant.optional().describe('Only events from this day or time (RFC 3339) on'),
  until: instant.optional().describe('Only events before it'),
}

export const StatsQuery = z.strictObject(span)

export const ApprovalStatsQuery = z.strictObject({
  since: instant.optional().describe('From this day or time (RFC 3339) on; else of the last week'),
})

export const EventsQuery = z.strictObject({
  limit: number(1000, 1).optional(),
  after: number(999_999_999).optional().describe(
    'Only events beyond this seq, in the order that is asked for: `next` of the page before',
  ),
  order: z.enum(['asc', 'desc']).optional(),
  agent: name.optional(),
  session: name.optional(),
  tool: name.optional(),
  action: name.optional(),
  kind: z.enum(EVENT_KINDS).optional(),
  policy: name.optional(),
  id: name.optional(),
  tool_call_id: name.optional(),
  run_id: name.optional(),
  text: name.optional().describe('Somewhere in the values of an event, letter case aside'),
  ...span,
})

export const StreamQuery = z.strictObject({
  after: number(999_999_999).optional().describe(
    'Begin behind the event of this seq, from the trail; without it only what comes from now on is sent',
  ),
  kind: z.enum(EVENT_KINDS).optional(),
  action: name.optional(),
  agent: name.optional(),
  session: name.optional(),
})

export const ExportQuery = z.strictObject({
  format: z.enum(FORMAT_NAMES).optional(),
  since: moment.optional().describe('From then on: a day, an RFC 3339 time, or how long ago (24h)'),
  until: moment.optional().describe('Before then'),
  agent: name.optional(),
  session: name.optional(),
  run: name.optional(),
  tool: name.optional(),
  decision: name.optional(),
  policy: name.optional(),
  kind: z.enum(EVENT_KINDS).optional(),
})
export type CallRequest = z.infer<typeof CallRequest>
export type ResolveRequest = z.infer<typeof ResolveRequest>
