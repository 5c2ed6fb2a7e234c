import type { Json } from '../engine/types.ts'
import type { After, Before, Host, HostCall, HostNotice } from './host.ts'
import { shownText } from './output.ts'
import { directory, inputOf, name, noticeOf, readEvent, toolName } from './read.ts'
import { LAST_WORDS } from './refusals.ts'
import { json, maybe, object, one } from './shape.ts'
import { targetsOf } from './targets.ts'

const Tool = object({
  hook_event_name: one('PreToolUse', 'PostToolUse'),
  session_id: name,
  cwd: directory,
  tool_name: toolName,
  tool_input: maybe(json),
  tool_use_id: maybe(name),
  tool_response: maybe(json),
})

const NOTICES = [
  'SessionStart',
  'SessionEnd',
  'UserPromptSubmit',
  'Stop',
  'SubagentStart',
  'SubagentStop',
  'PreCompact',
  'PostCompact',
] as const

function decode(event: Readonly<Record<string, Json>>, home: string): HostCall | HostNotice {
  const notice = noticeOf(NOTICES, event)
  if (notice !== undefined) return notice
  const read = readEvent(Tool, event)
  // A patch may come as the text itself.
  const isText = typeof read.tool_input === 'string' && !read.tool_input.trimStart().startsWith('{')
  const input = isText ? { command: read.tool_input as string } : inputOf(read.tool_input)
  return {
    kind: 'call',
    when: read.hook_event_name === 'PreToolUse' ? 'before' : 'after',
    event: read.hook_event_name,
    tool: read.tool_name,
    input,
    session: read.session_id,
    callId: read.tool_use_id,
    targets: targetsOf({ host: 'codex', tool: read.tool_name, input, cwd: read.cwd, home }),
    output: read.tool_response,
  }
}

/** It has no way to be told "allow", nor to ask: its own sandbox and approvals go on. */
function before(told: Before): Json {
  return told.kind === 'deny' ? LAST_WORDS.codex.refuse(told.reason) : {}
}

/** The reason stands in the place of the output, so that what may be shown of it goes there. */
function after(told: After): Json {
  if (told.kind === 'pass') return {}
  const shown = told.all ? '' : `\n\n${shownText(told.output)}`
  return { decision: 'block', reason: `${told.reason}${shown}` }
}

export const codex: Host = {
  name: 'codex',
  asks: false,
  looksLike: (event) =>
    typeof event['hook_event_name'] === 'string' && typeof event['session_id'] === 'string' &&
    ('turn_id' in event || ('model' in event && 'permission_mode' in event)),
  decode: (event, { home }) => decode(event, home),
  before,
  after,
}
