import type { AuditFilter } from '../ports.ts'
import type { AuditEvent } from '../audit/event.ts'

/** Whether an event is asked for. `after` is on the far side of where the reader starts. */
export function matchesFilter(event: AuditEvent, filter: AuditFilter): boolean {
  const { after } = filter
  if (after !== undefined && (filter.order === 'asc' ? event.seq <= after : event.seq >= after)) {
    return false
  }
  return same(filter.agent, event.agent) && same(filter.session, event.session) &&
    same(filter.tool, event.tool) && same(filter.action, event.decision.action) &&
    same(filter.kind, event.kind) && same(filter.id, event.id) &&
    same(filter.toolCallId, event.tool_call_id)
}

function same(wanted: string | undefined, value: string | undefined): boolean {
  return wanted === undefined || wanted === value
}
