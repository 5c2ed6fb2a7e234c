import type { Json } from '../engine/types.ts'
import { parseJson } from '../engine/json.ts'
import { TOOLS } from '../intercept/tools.ts'
import { canonical } from '../service/digest.ts'
import type { After, Before, Host, HostCall, HostNotice, Target } from './host.ts'
import { mcpToolName } from './mcp-name.ts'
import { directory, type Input, inputOf, name, readEvent, toolName, unreadable } from './read.ts'
import { LAST_WORDS } from './refusals.ts'
import { json, list, maybe, object, type Read, text } from './shape.ts'
import { targetsOf } from './targets.ts'

const MOST_ROOTS = 8

const Event = object({
  hookName: text(1, 100),
  taskId: name,
  sessionContext: maybe(object({ rootSessionId: maybe(name) })),
  workspaceRoots: maybe(list(directory, MOST_ROOTS)),
  tool_call: maybe(object({ id: maybe(name), name: toolName, input: maybe(json) })),
  tool_result: maybe(object({
    id: maybe(name),
    name: toolName,
    input: maybe(json),
    output: maybe(json),
  })),
  preToolUse: maybe(object({
    toolName: maybe(toolName),
    tool: maybe(toolName),
    parameters: maybe(json),
  })),
  postToolUse: maybe(object({
    toolName: maybe(toolName),
    tool: maybe(toolName),
    parameters: maybe(json),
    result: maybe(json),
  })),
})
type Event = Read<typeof Event>

const BEFORE = ['tool_call', 'PreToolUse']
const AFTER = ['tool_result', 'PostToolUse']
const NOTICES = [
  'agent_start',
  'agent_end',
  'agent_resume',
  'agent_abort',
  'agent_error',
  'prompt_submit',
  'session_shutdown',
  'TaskStart',
  'TaskResume',
  'TaskCancel',
  'TaskComplete',
  'TaskError',
  'SessionShutdown',
  'UserPromptSubmit',
  'PreCompact',
  'Notification',
]

interface Called {
  readonly tool: string
  readonly input: Input
}

function decode(event: Readonly<Record<string, Json>>, home: string): HostCall | HostNotice {
  const read = readEvent(Event, event)
  if (NOTICES.includes(read.hookName)) return { kind: 'notice', event: read.hookName }
  const isBefore = BEFORE.includes(read.hookName)
  if (!isBefore && !AFTER.includes(read.hookName)) {
    throw unreadable('hookName is no event of a tool')
  }
  const [now, old] = isBefore
    ? [read.tool_call, read.preToolUse]
    : [read.tool_result, read.postToolUse]
  const other = isBefore ? read.tool_result ?? read.postToolUse : read.tool_call ?? read.preToolUse
  if (other !== undefined) throw unreadable('It is an event before and after a call')
  const calls = calledBy(now, old)
  const roots: readonly (string | undefined)[] = read.workspaceRoots?.length
    ? read.workspaceRoots
    : [undefined]
  const targets = calls.flatMap((call) => roots.flatMap((cwd) => targetsIn(call, cwd, home)))
  return {
    kind: 'call',
    when: isBefore ? 'before' : 'after',
    event: read.hookName,
    tool: calls[0]!.tool,
    input: calls[0]!.input,
    session: read.sessionContext?.rootSessionId ?? read.taskId,
    callId: now?.id,
    targets: unique(targets),
    output: read.tool_result?.output ?? read.postToolUse?.result,
  }
}

/** The call as it stands in the event, twice in newer versions: where the two differ, both are judged. */
function calledBy(now: Event['tool_call'], old: Event['preToolUse']): readonly Called[] {
  const names = [now?.name, old?.toolName, old?.tool].filter((one) => one !== undefined)
  if (new Set(names).size > 1) throw unreadable('The event names several tools')
  const tool = names[0]
  if (tool === undefined) throw unreadable('The event names no tool')
  const calls: Called[] = []
  if (now !== undefined) calls.push({ tool, input: inputOf(now.input) })
  if (old !== undefined) calls.push({ tool, input: unfolded(inputOf(old.parameters)) })
  const [first, second] = calls
  const same = second === undefined || canonical(first!.input) === canonical(second.input)
  return same ? [first!] : calls
}

/** Lists and objects stand as texts of JSON in the older form. */
function unfolded(input: Input): Input {
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => {
      if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return [key, value]
      try {
        return [key, parseJson(value)]
      } catch {
        return [key, value]
      }
    }),
  )
}

function targetsIn(call: Called, cwd: string | undefined, home: string): readonly Target[] {
  const { tool, input } = call
  if (/^use_mcp_tool$/i.test(tool)) {
    const [server, name] = [input['server_name'], input['tool_name']]
    if (typeof server !== 'string' || typeof name !== 'string') {
      throw unreadable('The call names no tool of a server')
    }
    return mcpTargets(mcpToolName(server, name), inputOf(input['arguments']), cwd, home)
  }
  const named = /^([^_](?:[^_]|_(?!_))*)__(.+)$/.exec(tool)
  if (named !== null && named[1] !== 'mcp' && !TOOLS.has(tool.toLowerCase())) {
    return mcpTargets(mcpToolName(named[1]!, named[2]!), input, cwd, home)
  }
  return targetsOf({ host: 'cline', tool, input, cwd, home })
}

function mcpTargets(
  tool: string,
  input: Input,
  cwd: string | undefined,
  home: string,
): readonly Target[] {
  return targetsOf({ host: 'cline', tool, input, cwd, home, mcp: true })
}

/** What stands in the event twice, and what is the same in each root, is one thing. */
function unique(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((one) => [JSON.stringify(one), one])).values()]
}

const PASS: Json = { cancel: false }

function before(told: Before): Json {
  return told.kind === 'deny' ? LAST_WORDS.cline.refuse(told.reason) : PASS
}

/** Nothing can stand in the place of the output: the run ends before the agent reads it. */
function after(told: After): Json {
  return told.kind === 'pass' ? PASS : LAST_WORDS.cline.refuse(told.reason)
}

/** Cline: a denial ends the run, and the model is not told why. */
export const cline: Host = {
  name: 'cline',
  asks: false,
  looksLike: (event) => 'clineVersion' in event && 'hookName' in event && 'taskId' in event,
  decode: (event, { home }) => decode(event, home),
  before,
  after,
}
