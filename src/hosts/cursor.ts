import type { Json } from '../engine/types.ts'
import { parseJson } from '../engine/json.ts'
import type { After, Before, Host, HostCall, HostNotice, Target } from './host.ts'
import { directory, type Input, inputOf, name, readEvent, toolName, unreadable } from './read.ts'
import { LAST_WORDS } from './refusals.ts'
import { json, list, maybe, object, type Read, text } from './shape.ts'
import { isInput, targetsOf } from './targets.ts'

const Event = object({
  hook_event_name: text(1, 100),
  conversation_id: name,
  cwd: maybe(text(0, 4096)),
  workspace_roots: maybe(list(directory, 64)),
  tool_name: maybe(toolName),
  tool_input: maybe(json),
  tool_use_id: maybe(name),
  tool_output: maybe(json),
  error_message: maybe(json),
  command: maybe(json),
  output: maybe(json),
  result_json: maybe(json),
  file_path: maybe(json),
  content: maybe(json),
  attachments: maybe(json),
})
type Event = Read<typeof Event>

const NOTICES = [
  'sessionStart',
  'sessionEnd',
  'subagentStart',
  'subagentStop',
  'preCompact',
  'stop',
  'beforeSubmitPrompt',
  'afterAgentResponse',
  'afterAgentThought',
  'workspaceOpen',
]

interface Shape {
  readonly when: HostCall['when']
  /** The tool and its arguments, where the event has no names of its own for them. */
  readonly called: (event: Event) => { readonly tool: string; readonly input: Input }
  readonly output?: (event: Event) => Json | undefined
}

const asSaid = ({ tool_name: tool, tool_input: input }: Event) => {
  if (tool === undefined) throw unreadable('tool_name is missing')
  return { tool, input: inputOf(input) }
}
const asShell = ({ command }: Event) => ({ tool: 'shell', input: { command: command ?? null } })
const asRead = ({ file_path: path, attachments }: Event) => ({
  tool: 'read',
  input: {
    path: path ?? null,
    ...(Array.isArray(attachments) ? { files: attachments.flatMap(attached) } : {}),
  },
})
const asEdit = ({ file_path: path }: Event) => ({ tool: 'edit', input: { path: path ?? null } })
const asServer = (event: Event) => {
  const { tool, input } = asSaid(event)
  return { tool: /^mcp:/i.test(tool) ? tool : `MCP:${tool}`, input }
}

/** Rules and other files that go to the model with a file. */
function attached(one: Json): readonly string[] {
  const path = isInput(one) ? one['file_path'] ?? one['filePath'] : one
  return typeof path === 'string' && path !== '' ? [path] : []
}

const EVENTS: Readonly<Record<string, Shape>> = {
  preToolUse: { when: 'before', called: asSaid },
  beforeShellExecution: { when: 'before', called: asShell },
  beforeMCPExecution: { when: 'before', called: asServer },
  beforeReadFile: { when: 'before', called: asRead },
  beforeTabFileRead: { when: 'before', called: asRead },
  postToolUse: { when: 'after', called: asSaid, output: ({ tool_output: text }) => opened(text) },
  postToolUseFailure: { when: 'after', called: asSaid, output: ({ error_message: text }) => text },
  afterShellExecution: { when: 'after', called: asShell, output: ({ output }) => output },
  afterMCPExecution: {
    when: 'after',
    called: asServer,
    output: ({ result_json: text }) => opened(text),
  },
  afterFileEdit: { when: 'after', called: asEdit },
  afterTabFileEdit: { when: 'after', called: asEdit },
}

/** A result that comes as a text of JSON. */
function opened(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string') return value
  try {
    return parseJson(value)
  } catch {
    return value
  }
}

function decode(event: Readonly<Record<string, Json>>, home: string): HostCall | HostNotice {
  const read = readEvent(Event, event)
  const { hook_event_name: named } = read
  if (NOTICES.includes(named)) return { kind: 'notice', event: named }
  const shape = Object.hasOwn(EVENTS, named) ? EVENTS[named] : undefined
  if (shape === undefined) throw unreadable('hook_event_name is no event of a tool')
  const { tool, input } = shape.called(read)
  const cwd = read.cwd || read.workspace_roots?.[0]
  const targets: Target[] = [...targetsOf({ host: 'cursor', tool, input, cwd, home })]
  return {
    kind: 'call',
    when: shape.when,
    event: named,
    tool,
    input,
    session: read.conversation_id,
    callId: read.tool_use_id,
    targets,
    output: shape.output?.(read),
  }
}

function before(told: Before): Json {
  if (told.kind === 'deny') return LAST_WORDS.cursor.refuse(told.reason)
  return told.kind === 'allow' ? { permission: 'allow' } : {}
}

/** Only what a server's tool gave back can be replaced; of all else the agent is told. */
function after(told: After, { tool, event }: HostCall): Json {
  if (told.kind === 'pass') return {}
  return event === 'postToolUse' && /^mcp:/i.test(tool)
    ? { updated_mcp_tool_output: told.output, additional_context: told.reason }
    : { additional_context: told.exposed }
}

export const cursor: Host = {
  name: 'cursor',
  // It takes "ask" and does not ask.
  asks: false,
  looksLike: (event) => 'conversation_id' in event && typeof event['hook_event_name'] === 'string',
  decode: (event, { home }) => decode(event, home),
  before,
  after,
}
