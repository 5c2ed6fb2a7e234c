/** What the service needs of the audit trail beside appending to it; `ports.ts` has the rest. */
import type { Anchor } from './audit/anchor.ts'
import type { AuditEvent } from './audit/event.ts'
import type { Device, TrailLine } from './audit/format/said.ts'
import type { Selection } from './audit/format/select.ts'
import type { Proof } from './audit/proof.ts'
import type { TrailStats } from './audit/stats.ts'
import type { Verified } from './audit/verify.ts'

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

/** The trail as it grows, whoever appends to it: this process or another. */
export interface TrailFeed {
  /**
   * Begin behind the last event that the trail holds now. `heard` is called in the order of the chain, after
   * this has resolved, and has to return at once. Rejects where the trail cannot be read.
   */
  follow(heard: (news: TrailNews) => void): Promise<Following>
}

export interface TrailNews {
  readonly lines: readonly TrailLine[]
  /** Events that should have come and cannot be read, by their numbers. */
  readonly lost: readonly { readonly from: number; readonly to: number }[]
}

export interface Following {
  /** The event behind which it began, 0 at the beginning. */
  readonly seq: number
  /** Resolves once everything was told that the trail held when this was called. */
  caughtUp(): Promise<void>
  close(): Promise<void>
}

/** How far a sink of the trail is, as it is shown. */
export interface SinkState {
  readonly name: string
  readonly type: 'syslog' | 'webhook' | 'otlp'
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
