import type { AuditFilter } from '../ports.ts'
import type { AuditEvent } from '../audit/event.ts'
import type { Json } from '../engine/types.ts'

/** Whether an event is asked for. `after` is on the far side of where the reader starts. */
export function matchesFilter(event: AuditEvent, filter: AuditFilter): boolean {
  const { after } = filter
  if (after !== undefined && (filter.order === 'asc' ? event.seq <= after : event.seq >= after)) {
    return false
  }
  return same(filter.agent, event.agent) && same(filter.session, event.session) &&
    same(filter.tool, event.tool) && same(filter.action, event.decision.action) &&
    same(filter.kind, event.kind) && same(filter.id, event.id) &&
    same(filter.toolCallId, event.tool_call_id) && same(filter.runId, event.run_id) &&
    same(filter.policy, event.decision.policy) && isWithin(event.time, filter) &&
    (filter.text === undefined || mentions(event, filter.text.toLowerCase()))
}

function same(wanted: string | undefined, value: string | undefined): boolean {
  return wanted === undefined || wanted === value
}

/** From `since` on, before `until`. What has no time lies in no span. */
export function isWithin(
  time: string,
  { since, until }: Pick<AuditFilter, 'since' | 'until'>,
): boolean {
  if (since === undefined && until === undefined) return true
  const at = Date.parse(time)
  return at >= (since ?? -Infinity) && at < (until ?? Infinity)
}

/** Whether some value that the event holds has the text in it, letter case aside; names of members don't count. */
function mentions(event: AuditEvent, text: string): boolean {
  const { decision } = event
  const values = [
    event.request,
    decision.message ?? '',
    decision.policy ?? '',
    decision.rule ?? '',
    (decision.effects ?? '') as Json,
    event.tool,
    event.agent,
    event.session,
    event.run_id ?? '',
    event.tool_call_id ?? '',
    event.principal,
    event.id,
  ]
  return values.some((value) => holds(value, text))
}

function holds(value: Json, text: string): boolean {
  // A list of what is left to look at, as a line may nest deeper than a stack.
  const left: Json[] = [value]
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    if (typeof one === 'object' && one !== null) {
      for (const part of Object.values(one)) left.push(part as Json)
    } else if (String(one).toLowerCase().includes(text)) return true
  }
  return false
}

/**
 * A look at the text of a line spares parsing it: a value that does not occur in it is not in the event. The
 * trail's writer spells each value in one way.
 */
export function mayMatch(line: string, filter: AuditFilter): boolean {
  const { id, toolCallId, runId, session, agent, policy, text } = filter
  return [id, toolCallId, runId, session, agent, policy].every((value) =>
    value === undefined || line.includes(JSON.stringify(value.toWellFormed()))
  ) && (text === undefined || line.toLowerCase().includes(spelled(text)))
}

/** As it stands in JSON text, in lower case. */
function spelled(text: string): string {
  return JSON.stringify(text.toWellFormed()).slice(1, -1).toLowerCase()
}
