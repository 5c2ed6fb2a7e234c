/** What the service needs of the trail, and what reads it. Part of `ports.ts`. */
import type { Anchor } from './audit/anchor.ts'
import type { AuditEvent, EventDraft } from './audit/event.ts'
import type { Device, TrailLine } from './audit/format/said.ts'
import type { Selection } from './audit/format/select.ts'
import type { Proof } from './audit/proof.ts'
import type { TrailSessions } from './audit/sessions.ts'
import type { TrailStats } from './audit/stats.ts'
import type { Verified } from './audit/verify.ts'

export interface AuditLog {
  /**
   * Append drafts as one batch in the given order. Resolves with the finished events once they are
   * durable; concurrent calls share one flush. Rejects with `audit_unavailable`, nothing written.
   */
  append(drafts: readonly EventDraft[]): Promise<readonly AuditEvent[]>
  /** Newest first unless `order: 'asc'`. */
  query(filter: AuditFilter): Promise<readonly AuditEvent[]>
  /** Head of the chain as this process last saw it. */
  head(): { readonly seq: number; readonly hash: string }
  /** Finish what is under way; later appends reject. */
  close(): Promise<void>
}

/** What proves of a trail that it is what was written. */
export interface TrailProofs {
  /** Read all of it. Calls that come meanwhile share the answer. */
  verify(): Promise<Verified>
  /** The last anchor; undefined before the first. */
  anchor(): Promise<Anchor | undefined>
  /** `not_found` without such an event. */
  prove(id: string): Promise<Proof>
}

/** Reads the trail for people: by filters, in pages, and as statistics. */
export interface TrailReader {
  /** Newest first unless `order: 'asc'`. */
  page(filter: AuditFilter): Promise<EventPage>
  /** Of the events from `since` on and before `until`. `unavailable` while nothing can count them yet. */
  stats(span: TimeSpan): Promise<TrailStats>
  /** What each session did in that time, each call once. `unavailable` as above. */
  sessions(span: TimeSpan): Promise<TrailSessions>
}

export interface EventPage {
  readonly events: readonly AuditEvent[]
  /** Where to go on: `after` of the next page; undefined where there is none. A page may be short all the same. */
  readonly next: number | undefined
}

/** Milliseconds since the epoch. */
export interface TimeSpan {
  readonly since?: number | undefined
  readonly until?: number | undefined
}

/** Reads a whole trail, packed files too, in constant memory. */
export interface TrailLines {
  /** What is asked for, in the order of the chain, as it stands when each file is reached. */
  lines(selection: Selection): AsyncIterable<TrailBatch>
  device(): Promise<Device>
}

/** How far a sink of the trail is, as it is shown. */
export interface SinkState {
  readonly name: string
  readonly type: 'syslog' | 'webhook' | 'otlp' | 'upstream'
  /** Without what may be secret in a URL. */
  readonly to: string
  readonly state: 'ok' | 'failing'
  /** The last event that was delivered. */
  readonly seq: number
  readonly lag_events: number
  /** Since the last delivery, where there is something to deliver. */
  readonly lag_seconds: number
  readonly delivered: number
  readonly failures: number
  readonly lost: number
  readonly rejected: number
  readonly last_delivered_at: string | null
  readonly last_error: string | null
}

export interface TrailBatch {
  readonly lines: readonly TrailLine[]
  /** Lines that are no events: telling of them is `verify`'s. */
  readonly passed: number
  /** A file that is there and cannot be read. */
  readonly unreadable?: string | undefined
}

export interface AuditFilter extends TimeSpan {
  readonly limit: number
  /** Only events with a smaller (newest first) or larger (`asc`) seq. */
  readonly after?: number | undefined
  readonly order?: 'asc' | 'desc' | undefined
  readonly agent?: string | undefined
  readonly session?: string | undefined
  readonly tool?: string | undefined
  readonly action?: string | undefined
  readonly kind?: string | undefined
  readonly id?: string | undefined
  readonly toolCallId?: string | undefined
  readonly runId?: string | undefined
  readonly policy?: string | undefined
  /** Somewhere in its values, letter case aside. */
  readonly text?: string | undefined
}
