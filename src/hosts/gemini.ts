import type { Json } from '../engine/types.ts'
import type { After, Before, Host, HostCall, HostNotice } from './host.ts'
import { mcpToolName } from './mcp-name.ts'
import { shownText } from './output.ts'
import { directory, inputOf, name, noticeOf, readEvent, toolName } from './read.ts'
import { LAST_WORDS } from './refusals.ts'
import { json, maybe, object, one } from './shape.ts'
import { isInput, targetsOf } from './targets.ts'

const Tool = object({
  hook_event_name: one('BeforeTool', 'AfterTool'),
  session_id: name,
  cwd: directory,
  tool_name: toolName,
  tool_input: maybe(json),
  tool_response: maybe(json),
  mcp_context: maybe(object({ server_name: name, tool_name: toolName })),
})

const NOTICES = [
  'SessionStart',
  'SessionEnd',
  'BeforeAgent',
  'AfterAgent',
  'BeforeModel',
  'AfterModel',
  'BeforeToolSelection',
  'PreCompress',
  'Notification',
] as const

function decode(event: Readonly<Record<string, Json>>, home: string): HostCall | HostNotice {
  const notice = noticeOf(NOTICES, event)
  if (notice !== undefined) return notice
  const read = readEvent(Tool, event)
  const input = inputOf(read.tool_input)
  const mcp = read.mcp_context
  const tool = mcp === undefined ? read.tool_name : mcpToolName(mcp.server_name, mcp.tool_name)
  return {
    kind: 'call',
    when: read.hook_event_name === 'BeforeTool' ? 'before' : 'after',
    event: read.hook_event_name,
    tool: read.tool_name,
    input,
    session: read.session_id,
    targets: targetsOf({
      host: 'gemini',
      tool,
      input,
      cwd: read.cwd,
      home,
      mcp: mcp !== undefined,
    }),
    output: read.tool_response,
  }
}

function before(told: Before): Json {
  if (told.kind === 'deny') return LAST_WORDS.gemini.refuse(told.reason)
  return told.kind === 'allow' ? { decision: 'allow' } : {}
}

/** The reason stands in the place of what the model would read, so that what may be shown goes there. */
function after(told: After): Json {
  if (told.kind === 'pass') return {}
  const text = isInput(told.output) ? told.output['llmContent'] ?? told.output : told.output
  return LAST_WORDS.gemini.refuse(
    told.all ? told.reason : `${told.reason}\n\n${shownText(text)}`,
  )
}

export const gemini: Host = {
  name: 'gemini',
  asks: false,
  looksLike: (event) =>
    'session_id' in event && 'timestamp' in event && 'transcript_path' in event &&
    typeof event['hook_event_name'] === 'string',
  decode: (event, { home }) => decode(event, home),
  before,
  after,
}
