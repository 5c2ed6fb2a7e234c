import type { Json } from '../engine/types.ts'
import type { Before, Host, HostCall } from './host.ts'
import { directory, inputOf, name, readEvent, toolName } from './read.ts'
import { LAST_WORDS } from './refusals.ts'
import { json, list, maybe, number, object } from './shape.ts'
import { targetsOf } from './targets.ts'

const Event = object({
  conversationId: name,
  stepIdx: maybe(number),
  workspacePaths: maybe(list(directory, 64)),
  toolCall: object({ id: maybe(name), name: toolName, args: maybe(json) }),
})

function decode(event: Readonly<Record<string, Json>>, home: string): HostCall {
  const { conversationId, stepIdx, workspacePaths, toolCall } = readEvent(Event, event)
  const input = inputOf(toolCall.args)
  return {
    kind: 'call',
    when: 'before',
    event: 'PreToolUse',
    tool: toolCall.name,
    input,
    session: conversationId,
    callId: toolCall.id ?? (stepIdx === undefined ? undefined : `step-${stepIdx}`),
    targets: targetsOf({
      host: 'antigravity',
      tool: toolCall.name,
      input,
      cwd: workspacePaths?.[0],
      home,
    }),
  }
}

/** It wants a decision: "allow" leaves its own question as it is, and `force_ask` asks whatever was said before. */
function before(told: Before): Json {
  switch (told.kind) {
    case 'deny':
      return LAST_WORDS.antigravity.refuse(told.reason)
    case 'ask':
      return { decision: 'force_ask', reason: told.reason }
    default:
      return { decision: 'allow' }
  }
}

export const antigravity: Host = {
  name: 'antigravity',
  asks: true,
  looksLike: (event) => 'toolCall' in event && 'conversationId' in event,
  decode: (event, { home }) => decode(event, home),
  before,
  // It has no event whose output could be judged.
  after: () => ({}),
}
