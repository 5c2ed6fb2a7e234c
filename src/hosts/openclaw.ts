import type { Json } from '../engine/types.ts'
import type { After, Before, Host, HostCall, Target } from './host.ts'
import { directory, type Input, inputOf, name, readEvent, toolName } from './read.ts'
import { LAST_WORDS } from './refusals.ts'
import { json, maybe, object, one, type Read } from './shape.ts'
import { targetsOf } from './targets.ts'

/** What the plugin of `rampart setup openclaw` sends. */
const Event = object({
  event: one('before_tool_call', 'after_tool_call'),
  toolName,
  params: maybe(json),
  sessionKey: maybe(name),
  sessionId: maybe(name),
  toolCallId: maybe(name),
  /** Says of tools that share a name which one it is. */
  toolKind: maybe(name),
  cwd: maybe(directory),
  result: maybe(json),
  error: maybe(json),
})

/** What the tool `process` types into a program that runs already; its other actions only look or end. */
const TYPING = ['write', 'send-keys', 'paste']

function decode(event: Readonly<Record<string, Json>>, home: string): HostCall {
  const read = readEvent(Event, event)
  const isBefore = read.event === 'before_tool_call'
  const input = inputOf(read.params)
  const tool = read.toolName
  return {
    kind: 'call',
    when: isBefore ? 'before' : 'after',
    event: read.event,
    tool,
    input,
    session: read.sessionKey ?? read.sessionId ?? 'none',
    callId: read.toolCallId,
    targets: targetsIn(read, input, home),
    output: isBefore ? undefined : read.result ?? read.error,
  }
}

/** What the name of the tool alone does not say. */
function targetsIn(
  { toolName: tool, toolKind, cwd }: Read<typeof Event>,
  input: Input,
  home: string,
): readonly Target[] {
  const called = { host: 'openclaw', tool, input, cwd, home } as const
  const inside = (name: string): readonly Target[] => [
    { tool: name, params: input, cwd, internal: true },
  ]
  // A script that can reach nothing but tools, each of which is an event of its own.
  if (toolKind === 'code_mode_exec') return inside(toolKind)
  if (!/^process$/i.test(tool)) return targetsOf(called)
  const command = TYPING.includes(String(input['action'])) ? typed(input) : ''
  if (command === '') return inside('process')
  return targetsOf({ ...called, tool: 'exec', input: { ...input, command } })
}

/** Keys that stand for a character; the others move about or interrupt. */
const KEYS: Readonly<Record<string, string>> = { Enter: '\n', Space: ' ', Tab: '\t' }

/** In the order in which it is typed. Bytes are typed too: what they spell counts. */
function typed({ data, text, literal, hex, keys }: Input): string {
  const bytes = Array.isArray(hex)
    ? hex.map((byte) => String.fromCharCode(Number.parseInt(String(byte), 16) || 0)).join('')
    : ''
  const named = Array.isArray(keys)
    ? keys.map((key) => KEYS[String(key)] ?? (String(key).length === 1 ? String(key) : '')).join('')
    : ''
  return [data, text, literal, bytes, named]
    .flatMap((one) => typeof one === 'string' && one !== '' ? [one] : []).join('')
}

/** The plugin asks the gateway's people for `ask`, and keeps the call from running for `block`. */
function before(told: Before): Json {
  if (told.kind === 'deny') return LAST_WORDS.openclaw.refuse(told.reason)
  return told.kind === 'ask' ? { ask: true, reason: told.reason } : {}
}

/** It looks on only: what its tools give back goes to the model whatever is said. */
function after(told: After): Json {
  return told.kind === 'pass' ? {} : { reason: told.exposed }
}

/** OpenClaw, through the plugin in its gateway. */
export const openclaw: Host = {
  name: 'openclaw',
  asks: true,
  looksLike: (event) => /^(?:before|after)_tool_call$/.test(String(event['event'])),
  decode: (event, { home }) => decode(event, home),
  before,
  after,
}
