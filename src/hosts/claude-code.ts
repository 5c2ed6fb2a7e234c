import type { Json } from '../engine/types.ts'
import type { After, Before, Host, HostCall, HostNotice } from './host.ts'
import { directory, inputOf, name, noticeOf, readEvent, toolName } from './read.ts'
import { json, maybe, object, one, text } from './shape.ts'
import { isInput, targetsOf } from './targets.ts'

const Tool = object({
  hook_event_name: one('PreToolUse', 'PostToolUse', 'PostToolUseFailure'),
  session_id: name,
  cwd: maybe(directory),
  permission_mode: maybe(text(0, 100)),
  tool_name: toolName,
  tool_input: maybe(json),
  tool_use_id: maybe(name),
  tool_response: maybe(json),
  error: maybe(json),
  mcp_server: maybe(json),
})

const NOTICES = [
  'SessionStart',
  'SessionEnd',
  'Setup',
  'UserPromptSubmit',
  'Stop',
  'StopFailure',
  'SubagentStart',
  'SubagentStop',
  'PreCompact',
  'PostCompact',
  'Notification',
] as const

/**
 * Modes in which what we ask is put to the user. In others it answers by itself: yes in `bypassPermissions` for its
 * own settings, no in `dontAsk`, as a model likes in `auto`; one that nobody knows is taken for such.
 */
const ASKS_ITS_USER: ReadonlySet<string> = new Set(['default', 'manual', 'acceptEdits', 'plan'])

function decode(event: Readonly<Record<string, Json>>, home: string): HostCall | HostNotice {
  const notice = noticeOf(NOTICES, event)
  if (notice !== undefined) return notice
  const read = readEvent(Tool, event)
  const input = inputOf(read.tool_input)
  const called = {
    host: 'claude-code',
    tool: read.tool_name,
    input,
    cwd: read.cwd,
    home,
    mcp: isInput(read.mcp_server),
  } as const
  const url = isInput(input['ws']) ? input['ws']['url'] : undefined
  const monitors = /^monitor$/i.test(read.tool_name) && url !== undefined
  const watched = monitors ? targetsOf({ ...called, tool: 'fetch', input: { url } }) : []
  const runs = !monitors || input['command'] !== undefined
  return {
    kind: 'call',
    when: read.hook_event_name === 'PreToolUse' ? 'before' : 'after',
    event: read.hook_event_name,
    tool: read.tool_name,
    input,
    session: read.session_id,
    callId: read.tool_use_id,
    targets: [...(runs ? targetsOf(called) : []), ...watched],
    output: read.tool_response ?? read.error,
    answersItself: read.permission_mode !== undefined && !ASKS_ITS_USER.has(read.permission_mode),
  }
}

const decision = (permissionDecision: string, reason?: string): Json => ({
  hookSpecificOutput: {
    hookEventName: 'PreToolUse',
    permissionDecision,
    ...(reason === undefined ? {} : { permissionDecisionReason: reason }),
  },
})

function before(told: Before): Json {
  return told.kind === 'defer'
    ? {}
    : decision(told.kind, told.kind === 'allow' ? undefined : told.reason)
}

/** What failed has no output that could be replaced: there the agent is only told. */
function after(told: After, { event }: HostCall): Json {
  if (told.kind === 'pass') return {}
  if (event !== 'PostToolUse') {
    return { hookSpecificOutput: { hookEventName: event, additionalContext: told.exposed } }
  }
  return {
    decision: 'block',
    reason: told.reason,
    hookSpecificOutput: { hookEventName: event, updatedToolOutput: told.output },
  }
}

/** Claude Code: its own prompts go on where we have nothing to say. */
export const claudeCode: Host = {
  name: 'claude-code',
  asks: true,
  looksLike: (event) =>
    typeof event['hook_event_name'] === 'string' && 'session_id' in event &&
    !('turn_id' in event) && !('timestamp' in event) && 'transcript_path' in event,
  decode: (event, { home }) => decode(event, home),
  before,
  after,
}
