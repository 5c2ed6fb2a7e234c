import type { Json } from '../engine/types.ts'
import type { After, Before, Host, HostCall, HostNotice } from './host.ts'
import { directory, inputOf, name, readEvent, toolName, unreadable } from './read.ts'
import { LAST_WORDS } from './refusals.ts'
import { json, maybe, object, one, type Read } from './shape.ts'
import { targetsOf } from './targets.ts'

/** What the plugin of `rampart setup` sends. */
const Flat = object({
  event: one('tool.execute.before', 'tool.execute.after'),
  tool: toolName,
  sessionID: name,
  callID: maybe(name),
  cwd: maybe(directory),
  args: maybe(json),
  output: maybe(json),
})
/** The two arguments of OpenCode's own hook, as another plugin may hand them on. */
const Nested = object({
  event: one('before.tool.execute', 'after.tool.execute'),
  directory: maybe(directory),
  input: object({
    tool: toolName,
    sessionID: name,
    callID: maybe(name),
    args: maybe(json),
  }),
  output: maybe(json),
})

function flattened(event: Readonly<Record<string, Json>>): Read<typeof Flat> {
  if (!('input' in event)) return readEvent(Flat, event)
  if ('tool' in event || 'args' in event) throw unreadable('The event names its call twice')
  const { event: named, input, output, directory: cwd } = readEvent(Nested, event)
  const isBefore = named === 'before.tool.execute'
  const args = isBefore ? readEvent(object({ args: maybe(json) }), output).args : input.args
  return {
    ...input,
    event: isBefore ? 'tool.execute.before' : 'tool.execute.after',
    cwd,
    args,
    output,
  }
}

function decode(event: Readonly<Record<string, Json>>, home: string): HostCall | HostNotice {
  if (event['event'] === 'plugin.init') return { kind: 'notice', event: 'plugin.init' }
  const { event: named, tool, sessionID, callID, cwd, args, output } = flattened(event)
  const input = inputOf(args)
  const isBefore = named === 'tool.execute.before'
  return {
    kind: 'call',
    when: isBefore ? 'before' : 'after',
    event: named,
    tool,
    input,
    session: sessionID,
    callId: callID,
    targets: targetsOf({ host: 'opencode', tool, input, cwd, home }),
    output: isBefore ? undefined : output,
  }
}

/** The plugin throws for `block`, which is how OpenCode is told no. */
function before(told: Before): Json {
  return told.kind === 'deny' ? LAST_WORDS.opencode.refuse(told.reason) : {}
}

/** The plugin puts `output` in the place of what the tool gave back. */
function after(told: After): Json {
  return told.kind === 'pass' ? {} : { output: told.output, reason: told.reason }
}

export const opencode: Host = {
  name: 'opencode',
  asks: false,
  looksLike: (event) =>
    event['event'] === 'plugin.init' ||
    /^(?:tool\.execute\.(?:before|after)|(?:before|after)\.tool\.execute)$/
      .test(String(event['event'])),
  decode: (event, { home }) => decode(event, home),
  before,
  after,
}
