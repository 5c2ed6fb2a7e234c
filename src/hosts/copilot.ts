import type { Json } from '../engine/types.ts'
import type { After, Before, Host, HostCall, HostNotice } from './host.ts'
import { shownText } from './output.ts'
import { directory, inputOf, name, readEvent, toolName, unreadable } from './read.ts'
import { json, maybe, object, one } from './shape.ts'
import { isInput, targetsOf } from './targets.ts'

/** With PascalCase names of events, as VS Code and `rampart setup` write them. */
const Named = object({
  hook_event_name: one('PreToolUse', 'PostToolUse', 'PostToolUseFailure'),
  session_id: name,
  cwd: directory,
  tool_name: toolName,
  tool_input: maybe(json),
  tool_use_id: maybe(name),
  tool_result: maybe(json),
  tool_response: maybe(json),
  error: maybe(json),
})
/** With camelCase names: which event it is follows from what it holds. */
const Plain = object({
  sessionId: name,
  cwd: directory,
  toolName,
  toolArgs: maybe(json),
  toolResult: maybe(json),
  error: maybe(json),
})

const NOTICES = [
  'SessionStart',
  'SessionEnd',
  'UserPromptSubmit',
  'UserPromptSubmitted',
  'Stop',
  'SubagentStart',
  'SubagentStop',
  'PreCompact',
  'Notification',
  'ErrorOccurred',
]

function decode(event: Readonly<Record<string, Json>>, home: string): HostCall | HostNotice {
  const notice = noticeOf(event)
  if (notice === 'permissionRequest') return { kind: 'notice', event: notice, ofCall: true }
  if (notice !== undefined) return { kind: 'notice', event: notice }
  if (!('hook_event_name' in event)) return plainCall(event, home)
  if ('toolName' in event || 'toolArgs' in event) throw unreadable('The event names the tool twice')
  const read = readEvent(Named, event)
  const input = inputOf(read.tool_input)
  const when = read.hook_event_name === 'PreToolUse' ? 'before' : 'after'
  return {
    kind: 'call',
    when,
    event: read.hook_event_name,
    tool: read.tool_name,
    input,
    session: read.session_id,
    callId: read.tool_use_id,
    targets: targetsOf({ host: 'copilot', tool: read.tool_name, input, cwd: read.cwd, home }),
    output: when === 'after' ? read.tool_result ?? read.tool_response ?? read.error : undefined,
  }
}

/** Events without a tool; a question for permission is Copilot's own, the call comes as an event too. */
function noticeOf(event: Readonly<Record<string, Json>>): string | undefined {
  const named = event['hook_event_name']
  if (typeof named === 'string') return NOTICES.find((one) => one === named)
  if (event['hookName'] === 'permissionRequest') return 'permissionRequest'
  const session = typeof event['sessionId'] === 'string'
  return session && !('toolName' in event) && !('toolArgs' in event) && !('hookName' in event)
    ? 'session'
    : undefined
}

function plainCall(event: Readonly<Record<string, Json>>, home: string): HostCall {
  const read = readEvent(Plain, event)
  const input = inputOf(read.toolArgs)
  const output = read.toolResult ?? read.error
  return {
    kind: 'call',
    when: output === undefined ? 'before' : 'after',
    event: output === undefined ? 'preToolUse' : 'postToolUse',
    tool: read.toolName,
    input,
    session: read.sessionId,
    targets: targetsOf({ host: 'copilot', tool: read.toolName, input, cwd: read.cwd, home }),
    output,
  }
}

function before(told: Before): Json {
  if (told.kind === 'defer') return {}
  const decision = {
    permissionDecision: told.kind,
    ...(told.kind === 'allow' ? {} : { permissionDecisionReason: told.reason }),
  }
  // Copilot reads the one, VS Code the other.
  return { ...decision, hookSpecificOutput: { hookEventName: 'PreToolUse', ...decision } }
}

function after(told: After, { output, event }: HostCall): Json {
  if (told.kind === 'pass') return {}
  if (event === 'PostToolUseFailure') return { additionalContext: told.exposed }
  const type = isInput(output) ? output['result_type'] ?? output['resultType'] : undefined
  return {
    modifiedResult: {
      resultType: typeof type === 'string' ? type : 'success',
      textResultForLlm: told.all ? told.reason : textOf(told.output),
    },
    additionalContext: told.reason,
    decision: 'block',
    reason: told.reason,
    hookSpecificOutput: { hookEventName: 'PostToolUse', additionalContext: told.reason },
  }
}

function textOf(output: Json): string {
  const text = isInput(output)
    ? output['text_result_for_llm'] ?? output['textResultForLlm']
    : output
  return shownText(text ?? output)
}

export const copilot: Host = {
  name: 'copilot',
  asks: true,
  looksLike: (event) =>
    (typeof event['sessionId'] === 'string' && 'timestamp' in event && !('toolCall' in event)) ||
    (typeof event['hook_event_name'] === 'string' && 'timestamp' in event &&
      !('transcript_path' in event)),
  decode: (event, { home }) => decode(event, home),
  before,
  after,
}
