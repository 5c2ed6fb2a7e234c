import type { AuditEvent } from '../../audit/event.ts'
import type { WireApproval } from '../approval-text.ts'
import type { Colour } from '../output.ts'
import { asWritten, subjectOf } from '../trail.ts'

export type Pane = 'approvals' | 'events'

/** One way in which a yes may be kept, as `GET /v1/approvals/{id}/choices` offers it. */
export interface Choice {
  readonly generalisation: string
  readonly text: string
  readonly available: boolean
  readonly refused: string | null
  readonly matched?: { readonly of: number; readonly count: number } | undefined
  readonly admits?: readonly { readonly id: string; readonly command: string }[] | undefined
}

/** A person is about to keep a yes: which question, what is offered, what is chosen. */
export interface Keeping {
  readonly id: string
  /** Undefined while they are asked for. */
  readonly choices: readonly Choice[] | undefined
  readonly at: number
  readonly isConfirming: boolean
}

export interface Note {
  readonly text: string
  readonly tone: Colour | undefined
}

/** Everything that the screen shows. */
export interface State {
  readonly columns: number
  readonly rows: number
  readonly now: number
  readonly link: 'connecting' | 'live' | 'lost'
  readonly linkText: string
  readonly mode: string
  /** Newest last. */
  readonly events: readonly AuditEvent[]
  /** Oldest first. */
  readonly approvals: readonly WireApproval[]
  /** Why they cannot be had. */
  readonly refused: string | undefined
  readonly pane: Pane
  /** What is chosen is known by its own name: lists move, it does not (the peer answers by position). */
  readonly approval: string | undefined
  /** Undefined follows the newest. */
  readonly event: number | undefined
  readonly scroll: number
  readonly filter: string
  /** The filter while it is typed. */
  readonly typed: string | undefined
  readonly help: boolean
  readonly keeping: Keeping | undefined
  readonly note: Note | undefined
  /** Answers that are on their way. */
  readonly busy: ReadonlySet<string>
}

/** Most events that are kept to look back at. */
const KEPT = 1000

export function firstState(columns: number, rows: number, now: number): State {
  return {
    columns,
    rows,
    now,
    link: 'connecting',
    linkText: '',
    mode: '',
    events: [],
    approvals: [],
    refused: undefined,
    pane: 'approvals',
    approval: undefined,
    event: undefined,
    scroll: 0,
    filter: '',
    typed: undefined,
    help: false,
    keeping: undefined,
    note: undefined,
    busy: new Set(),
  }
}

export function withEvents(state: State, fresh: readonly AuditEvent[]): State {
  const last = state.events.at(-1)?.seq ?? 0
  const news = fresh.filter(({ seq }) => seq > last).map(asWritten)
  return news.length === 0 ? state : { ...state, events: [...state.events, ...news].slice(-KEPT) }
}

/**
 * The questions as the server has them now. One that is gone is no longer chosen, and no other takes its place:
 * the key that was meant for it must not answer another. Only the first list chooses by itself.
 */
export function withApprovals(
  state: State,
  approvals: readonly WireApproval[],
  isFirst = false,
): State {
  const sorted = [...approvals].sort((a, b) =>
    (a.created_at ?? '') < (b.created_at ?? '') ? -1 : a.created_at === b.created_at ? 0 : 1
  )
  const next = { ...state, approvals: sorted, refused: undefined }
  if (isFirst) return { ...next, approval: visibleApprovals(next)[0]?.id }
  const isGone = state.approval !== undefined && !sorted.some(({ id }) => id === state.approval)
  if (!isGone) return next
  const own = state.busy.has(state.approval)
  return {
    ...next,
    approval: undefined,
    scroll: 0,
    keeping: state.keeping?.id === state.approval ? undefined : state.keeping,
    note: own ? state.note : { text: 'The call that was chosen waits no longer', tone: 'yellow' },
  }
}

/** One that was answered here: nothing is chosen in its place. */
export function without(state: State, id: string): State {
  const approvals = state.approvals.filter((approval) => approval.id !== id)
  return state.approval === id
    ? { ...state, approvals, approval: undefined, scroll: 0 }
    : { ...state, approvals }
}

export function visibleApprovals({ approvals, filter, typed }: State): readonly WireApproval[] {
  const wanted = (typed ?? filter).toLowerCase()
  if (wanted === '') return approvals
  return approvals.filter(({ id, agent, session, tool, params, rule }) =>
    holds([id, agent, session, tool, rule ?? '', JSON.stringify(params)], wanted)
  )
}

export function visibleEvents({ events, filter, typed }: State): readonly AuditEvent[] {
  const wanted = (typed ?? filter).toLowerCase()
  if (wanted === '') return events
  return events.filter((event) => {
    const { agent, session, tool, kind, decision } = event
    const texts = [agent, session, tool, kind, decision.action, decision.rule ?? '']
    return holds([...texts, subjectOf(event)], wanted)
  })
}

function holds(texts: readonly string[], wanted: string): boolean {
  return texts.some((text) => String(text).toLowerCase().includes(wanted))
}

/** What a/d would answer: chosen, still there, and on the screen. */
export function chosenApproval(state: State): WireApproval | undefined {
  return visibleApprovals(state).find(({ id }) => id === state.approval)
}

export function chosenEvent(state: State): AuditEvent | undefined {
  const events = visibleEvents(state)
  return state.event === undefined ? events.at(-1) : events.find(({ seq }) => seq === state.event)
}
