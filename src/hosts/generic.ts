import type { Json } from '../engine/types.ts'
import type { After, Before, Host, HostCall } from './host.ts'
import { directory, name, readEvent, toolName } from './read.ts'
import { LAST_WORDS } from './refusals.ts'
import { boolean, json, maybe, one, record, strictObject } from './shape.ts'
import { targetsOf } from './targets.ts'

/** For agents that nobody has written a codec for (docs/agents.md). Unknown keys are refused: it is our format. */
const Event = strictObject({
  event: one('before', 'after'),
  tool: toolName,
  params: record,
  session: name,
  cwd: maybe(directory),
  call_id: maybe(name),
  output: maybe(json),
  /** It can put a question to its user by itself. */
  asks: maybe(boolean),
})

function decode(event: Readonly<Record<string, Json>>, home: string): HostCall {
  const read = readEvent(Event, event)
  const params = read.params
  return {
    kind: 'call',
    when: read.event,
    event: read.event,
    tool: read.tool,
    input: params,
    session: read.session,
    callId: read.call_id,
    targets: targetsOf({ host: 'generic', tool: read.tool, input: params, cwd: read.cwd, home }),
    output: read.event === 'after' ? read.output : undefined,
    asks: read.asks,
  }
}

function before(told: Before): Json {
  if (told.kind === 'deny') return LAST_WORDS.generic.refuse(told.reason)
  return told.kind === 'ask' ? { decision: 'ask', reason: told.reason } : { decision: told.kind }
}

function after(told: After): Json {
  if (told.kind === 'pass') return { decision: 'pass' }
  return { decision: 'hide', output: told.output, reason: told.reason }
}

export const generic: Host = {
  name: 'generic',
  asks: false,
  looksLike: (event) =>
    (event['event'] === 'before' || event['event'] === 'after') && 'params' in event,
  decode: (event, { home }) => decode(event, home),
  before,
  after,
}
