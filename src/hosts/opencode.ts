import { z } from 'zod'
import type { Json } from '../engine/types.ts'
import type { After, Before, Host, HostCall, HostNotice } from './host.ts'
import { directory, inputOf, json, maybe, name, readEvent, toolName, unreadable } from './read.ts'
import { LAST_WORDS } from './refusals.ts'
import { targetsOf } from './targets.ts'

/** What our plugin sends: the two arguments of its own hook, and where it runs. */
const Event = z.object({
  event: z.string().min(1).max(100),
  directory: maybe(directory),
  input: z.object({
    tool: toolName,
    sessionID: name,
    callID: maybe(name),
    args: maybe(json),
  }),
  output: maybe(json),
})

const BEFORE = ['tool.execute.before', 'before.tool.execute']
const AFTER = ['tool.execute.after', 'after.tool.execute']

function decode(event: Readonly<Record<string, Json>>, home: string): HostCall | HostNotice {
  const named = event['event']
  if (named === 'plugin.init') return { kind: 'notice', event: named }
  const read = readEvent(Event, event)
  const isBefore = BEFORE.includes(read.event)
  if (!isBefore && !AFTER.includes(read.event)) throw unreadable('event is no event of a tool')
  const { tool, sessionID, callID, args } = read.input
  const given = isBefore ? readEvent(z.object({ args: maybe(json) }), read.output) : undefined
  const input = inputOf(given?.args ?? args)
  return {
    kind: 'call',
    when: isBefore ? 'before' : 'after',
    event: read.event,
    tool,
    input,
    session: sessionID,
    callId: callID,
    targets: targetsOf({ host: 'opencode', tool, input, cwd: read.directory, home }),
    output: isBefore ? undefined : read.output,
  }
}

function before(told: Before): Json {
  return told.kind === 'deny' ? LAST_WORDS.opencode.refuse(told.reason) : { decision: 'defer' }
}

/** The plugin puts `output` in the place of what the tool gave back. */
function after(told: After): Json {
  if (told.kind === 'pass') return { decision: 'pass' }
  return { decision: 'hide', output: told.output, reason: told.reason }
}

export const opencode: Host = {
  name: 'opencode',
  timeoutMs: 330_000,
  deadlineMs: 310_000,
  defaultDeadlineMs: 50_000,
  asks: false,
  looksLike: (event) =>
    typeof event['event'] === 'string' && typeof event['input'] === 'object' &&
    event['input'] !== null,
  decode: (event, { home }) => decode(event, home),
  before,
  after,
}
