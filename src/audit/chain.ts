import { canonicalWithout, filled } from './canonical.ts'
import { AUDIT_SCHEMA, type AuditEvent, type EventDraft } from './event.ts'

/** The last event of a chain, as far as the next one needs it. */
export interface Head {
  readonly seq: number
  readonly hash: string
  readonly time: string
}

/** `sha256:` and the hex digest of a text's UTF-8 bytes. */
export type HashText = (text: string) => string

/** What stands before the first event. */
export const GENESIS: Head = {
  seq: 0,
  hash: `sha256:${'0'.repeat(64)}`,
  time: '1970-01-01T00:00:00.000Z',
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** An event in its place in the chain. */
export interface Sealed {
  readonly event: AuditEvent
  /** The canonical bytes as text, without the line feed (semantics.md 29). */
  readonly line: string
}

/**
 * The next event of a chain. Time never goes back along it: a draft from a clock that went back takes
 * the head's time and keeps its own as `clock_time`.
 */
export function sealEvent(draft: EventDraft, head: Head, hash: HashText): Sealed {
  const unsealed = inPlace(draft, head)
  const gap = canonicalWithout(unsealed, 'hash')
  const sealed = hash(gap.text)
  return { event: { ...unsealed, hash: sealed }, line: filled(gap, 'hash', sealed) }
}

/** A draft with what the chain adds, its members in the order in which they are written. */
function inPlace(draft: EventDraft, head: Head): Omit<AuditEvent, 'hash'> {
  const { agent, decision, enforced, id, kind, links, mode, principal } = draft
  const forward = isTime(draft.time) && draft.time >= head.time
  return {
    agent,
    ...(forward ? undefined : { clock_time: draft.time }),
    decision,
    enforced,
    id,
    kind,
    ...(links === undefined ? undefined : { links }),
    mode,
    prev_hash: head.hash,
    principal,
    request: draft.request,
    ...(draft.run_id === undefined ? undefined : { run_id: draft.run_id }),
    schema: AUDIT_SCHEMA,
    seq: head.seq + 1,
    session: draft.session,
    time: forward ? draft.time : head.time,
    tool: draft.tool,
    ...(draft.tool_call_id === undefined ? undefined : { tool_call_id: draft.tool_call_id }),
    via: draft.via,
  }
}

/** RFC 3339, UTC, milliseconds: the one spelling whose order as text is its order in time. */
export function isTime(text: string): boolean {
  return TIME.test(text)
}
