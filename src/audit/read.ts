import { isSeq } from './chain.ts'
import { AUDIT_SCHEMA, type AuditEvent } from './event.ts'

/** The event of a line, or undefined when the line is none: nothing of it is trusted but its shape. */
export function readEvent(text: string): AuditEvent | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  return isEvent(value) ? value : undefined
}

function isEvent(value: unknown): value is AuditEvent {
  if (typeof value !== 'object' || value === null) return false
  const event = value as Partial<Record<keyof AuditEvent, unknown>>
  return event.schema === AUDIT_SCHEMA && isSeq(event.seq) &&
    typeof event.hash === 'string' &&
    typeof event.prev_hash === 'string' && typeof event.time === 'string' &&
    typeof event.id === 'string' && typeof event.kind === 'string' &&
    typeof event.decision === 'object' && event.decision !== null
}
