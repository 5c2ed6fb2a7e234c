import type { AuditEvent } from '../event.ts'
import { readEvent } from '../read.ts'
import { textOr, type TrailLine } from './said.ts'

const TEXTS = [
  ...['id', 'time', 'kind', 'agent', 'session', 'tool', 'mode', 'via', 'principal'],
  ...['hash', 'prev_hash'],
] as const
const MAYBE = ['run_id', 'tool_call_id'] as const
const DECISION = ['policy', 'rule', 'message'] as const

type Loose = Record<string, unknown>

/**
 * A line of the trail for the formats, undefined when it is no event. What a damaged one has in the place
 * of a text becomes a text, so that no format has to ask; its own text stays as it is.
 */
export function trailLineOf(text: string): TrailLine | undefined {
  const event = readEvent(text)
  return event === undefined ? undefined : { event: isPlain(event) ? event : plain(event), text }
}

function isPlain(event: AuditEvent): boolean {
  const loose = event as unknown as Loose
  const decision = loose['decision'] as Loose
  return TEXTS.every((name) => typeof loose[name] === 'string') &&
    MAYBE.every((name) => isTextOrAbsent(loose[name])) &&
    DECISION.every((name) => isTextOrAbsent(decision[name])) &&
    typeof decision['action'] === 'string' && typeof decision['eval_us'] === 'number' &&
    typeof loose['enforced'] === 'boolean'
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

function plain(event: AuditEvent): AuditEvent {
  const { decision } = event
  const loose = event as unknown as Loose
  const told = decision as unknown as Loose
  return {
    ...event,
    ...Object.fromEntries(TEXTS.map((name) => [name, shown(loose[name])])),
    ...textsOf(loose, MAYBE),
    enforced: event.enforced === true,
    decision: {
      action: shown(told['action']),
      eval_us: typeof decision.eval_us === 'number' ? decision.eval_us : 0,
      ...textsOf(told, DECISION),
    },
  }
}

function textsOf(from: Loose, names: readonly string[]): Record<string, string> {
  const present = names.filter((name) => from[name] !== undefined)
  return Object.fromEntries(present.map((name) => [name, shown(from[name])]))
}

function shown(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : textOr(value)
}
