import type { AuditEvent } from '../audit/event.ts'
import type { TrailLine } from '../audit/format/said.ts'
import type { Mode } from './services.ts'

/** One thing that a stream of events says. */
export type LiveItem =
  /** The first: where the trail ends now, and behind which event this stream begins. */
  | {
    readonly kind: 'hello'
    readonly seq: number
    readonly from: number
    readonly version: string
    readonly mode: Mode
  }
  | { readonly kind: 'event'; readonly line: TrailLine }
  /** Events that are no longer there, or cannot be read. */
  | { readonly kind: 'gap'; readonly from: number; readonly to: number }
  /** The last to one who reads too slowly: what it has not got. */
  | { readonly kind: 'lagged'; readonly from: number; readonly to: number }
  /** The last where nobody is too slow. */
  | { readonly kind: 'end'; readonly reason: 'shutdown' | 'credential' }
  /** Nothing but that the stream lives, and how far it has come. */
  | { readonly kind: 'beat'; readonly seq: number }

/** What a stream is asked for. */
export interface LiveFilter {
  readonly kind?: string | undefined
  readonly action?: string | undefined
  readonly agent?: string | undefined
  readonly session?: string | undefined
  /** Nothing but questions to people and what became of them. */
  readonly approvalsOnly: boolean
}

export function passes(event: AuditEvent, filter: LiveFilter): boolean {
  const { kind, action, agent, session, approvalsOnly } = filter
  return is(kind, event.kind) && is(action, event.decision.action) && is(agent, event.agent) &&
    is(session, event.session) && (!approvalsOnly || isOfApproval(event))
}

/** A step of an approval, or the call that asked for it: that one is linked to it. */
export function isOfApproval({ kind, decision, links }: AuditEvent): boolean {
  if (kind === 'approval') return true
  return kind === 'decision' && decision.action === 'require_approval' &&
    Array.isArray(links) && links.length > 0
}

/** Two filters with the same key let the same events pass. */
export function filterKey(filter: LiveFilter): string {
  const { kind, action, agent, session, approvalsOnly } = filter
  return JSON.stringify([kind ?? 0, action ?? 0, agent ?? 0, session ?? 0, approvalsOnly])
}

function is(wanted: string | undefined, value: string): boolean {
  return wanted === undefined || wanted === value
}
