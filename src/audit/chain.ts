import { canonicalJson } from './canonical.ts'
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
  const before = membersBefore(draft, head)
  const behind = membersBehind(draft, head)
  // Two halves, so that the hash goes between them without a second pass.
  const front = canonicalJson(before).slice(0, -1)
  const back = canonicalJson(behind).slice(1)
  const sealed = hash(`${front},${back}`)
  return {
    event: { ...before, hash: sealed, ...behind },
    line: `${front},"hash":"${sealed}",${back}`,
  }
}

type Members = Omit<AuditEvent, 'hash'>

/** What stands before `hash` in the order of names. */
function membersBefore(
  { agent, decision, enforced, time }: EventDraft,
  head: Head,
): Pick<Members, 'agent' | 'clock_time' | 'decision' | 'enforced'> {
  return isForward(time, head)
    ? { agent, decision, enforced }
    : { agent, clock_time: time, decision, enforced }
}

/** What stands behind it; members that are undefined are not written. */
function membersBehind(
  draft: EventDraft,
  head: Head,
): Omit<Members, 'agent' | 'clock_time' | 'decision' | 'enforced'> {
  const { id, kind, links, mode, principal, request, session, tool, via } = draft
  return {
    id,
    kind,
    ...(links === undefined ? undefined : { links }),
    mode,
    prev_hash: head.hash,
    principal,
    request,
    ...(draft.run_id === undefined ? undefined : { run_id: draft.run_id }),
    schema: AUDIT_SCHEMA,
    seq: head.seq + 1,
    session,
    time: isForward(draft.time, head) ? draft.time : head.time,
    tool,
    ...(draft.tool_call_id === undefined ? undefined : { tool_call_id: draft.tool_call_id }),
    via,
  }
}

function isForward(time: string, head: Head): boolean {
  return isTime(time) && time >= head.time
}

/** RFC 3339, UTC, milliseconds: the one spelling whose order as text is its order in time. */
export function isTime(text: string): boolean {
  return TIME.test(text)
}

/** No chain gets so long; a number behind it was made up, and must not lead to ones that are not exact. */
const MOST_SEQ = 2 ** 52

export function isSeq(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < MOST_SEQ
}
