/**
 * Every interface the service needs of the world, with its obligations. `adapters/` implements them,
 * `cli/compose.ts` chooses, tests hold each adapter to the same contract suite.
 */
import type { Approval, ApprovalStatus } from './approval/approval.ts'
import type { Anchor } from './audit/anchor.ts'
import type { AuditEvent, EventDraft } from './audit/event.ts'
import type { Device, TrailLine } from './audit/format/said.ts'
import type { Selection } from './audit/format/select.ts'
import type { Proof } from './audit/proof.ts'
import type { TrailStats } from './audit/stats.ts'
import type { Verified } from './audit/verify.ts'
import type { PolicySet } from './engine/policy-set.ts'
import type { Fault } from './engine/types.ts'

export type { Grant, GrantStore, Overlay, OverlayChange } from './ports-rules.ts'

/** Wall clock in milliseconds since the epoch; may jump. */
export interface Clock {
  now(): number
  /** Milliseconds that never go back: deadlines and durations. */
  monotonic(): number
  /** Resolve after `ms`, or reject with the signal's reason. Does not keep the process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** ULIDs, strictly increasing within this process. */
export interface Ids {
  next(): string
}

/** What `/healthz`, `status` and `policy show` say of the policies in force. */
export interface PolicyState {
  readonly set: PolicySet
  /** Faults of the newest files when they are not the ones in force; empty when all is well. */
  readonly faults: readonly Fault[]
  readonly loadedAt: number
  readonly files: readonly string[]
  /**
   * Faults of a project's own policy that has never been good. Nobody knows what it forbids, so calls
   * made there are denied.
   */
  readonly refused?: readonly Fault[] | undefined
}

export interface PolicySource {
  /** The set in force. Never throws: a set that failed to load leaves the last good one in place. */
  current(): PolicyState
  /** The set for a call made in `cwd`: the set in force plus the project's layer, cached by content. */
  forProject(cwd: string | undefined): Promise<PolicyState>
  /** Read again now. Resolves with what is then in force. */
  reload(): Promise<PolicyState>
  /** Called after each adoption or refusal of changed files. Returns an unsubscribe function. */
  onChange(listener: (state: PolicyState, change: PolicyChange) => void): () => void
  close(): Promise<void>
}

export interface PolicyChange {
  readonly kind: 'loaded' | 'refused'
  readonly hash: string
  readonly files: readonly string[]
  readonly faults: readonly Fault[]
  /** Restrictive rules that the new set no longer holds, by `policy/rule` (F16). */
  readonly dropped: readonly string[]
}

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

export interface CallCounter {
  /** Count one enforced call, atomically with reading: returns nothing, `count` sees it at once. */
  record(key: CountKey, at: number): Promise<void>
  /** Calls at or after `since`; undefined when it cannot be known. */
  count(key: CountKey, since: number): number | undefined
}

export interface CountKey {
  readonly principal: string
  readonly session: string
  readonly tool: string
}

export interface OnceStore {
  claimed(key: string): boolean
  /** Claim all keys or none, across processes. False when one was already taken. */
  claim(keys: readonly string[], at: number): Promise<boolean>
}

/** An approval store keeps every open approval, and of the settled ones the newest. */
export interface ApprovalStore {
  create(approval: Approval): Promise<void>
  get(id: string): Promise<Approval | undefined>
  /** Newest first; with `bytes` no more than fill so many, but one at least. */
  list(filter: ApprovalFilter): Promise<readonly Approval[]>
  /**
   * Replace an approval if it still has the status `from` and nobody changed it since `next` was made from
   * it (`revision`); exactly one of any number of racing calls, over all processes, gets true.
   */
  swap(from: ApprovalStatus, next: Approval): Promise<boolean>
  /** The same for many in one transaction, each by itself: whether it was replaced, in the order given. */
  swapAll(from: ApprovalStatus, next: readonly Approval[]): Promise<readonly boolean[]>
  /** Of one principal, of one owner (`ownerOf`), or all. */
  pendingCount(of?: {
    readonly principal?: string | undefined
    readonly owner?: string | undefined
  }): Promise<number>
  /** Open ones whose time ended at or before `now`, the oldest first. */
  lapsed(now: number, limit: number): Promise<readonly Approval[]>
  /** What became of the newest that were asked at or after `since`. */
  outcomes(since: number, limit: number): Promise<readonly ApprovalOutcome[]>
  /** Another number than before once another process may have changed an approval. */
  changes(): number
}

export interface ApprovalFilter {
  readonly status?: ApprovalStatus | undefined
  readonly principal?: string | undefined
  readonly digest?: string | undefined
  /** Only those that come after this one. */
  readonly after?: { readonly createdAt: number; readonly id: string } | undefined
  readonly limit: number
  readonly bytes?: number | undefined
}

/** One question as statistics need it. */
export interface ApprovalOutcome {
  readonly status: ApprovalStatus
  readonly policy?: string | undefined
  readonly rule?: string | undefined
  readonly createdAt: number
  readonly expiresAt: number
  readonly resolvedAt?: number | undefined
  /** Who answered it; nobody where it lapsed. */
  readonly resolvedBy?: string | undefined
}

/** What a token may do. `admin` holds all but `execute`. */
export const SCOPES = ['eval', 'approve', 'audit', 'execute', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

export interface TokenRecord {
  readonly id: string
  readonly agent: string
  readonly scopes: readonly Scope[]
  /** SHA-256 of the token, hex. The token itself is shown once and kept nowhere. */
  readonly hash: string
  readonly createdAt: number
  readonly expiresAt?: number | undefined
  readonly revokedAt?: number | undefined
}

export interface TokenStore {
  create(record: TokenRecord): Promise<void>
  list(): Promise<readonly TokenRecord[]>
  /** By hash; the caller compares again in constant time. */
  byHash(hash: string): Promise<TokenRecord | undefined>
  revoke(id: string, at: number): Promise<boolean>
}

/** Reads what the agent's call names, within a budget, never what could hang (F2). */
export interface FactReader {
  /**
   * Every name of each path: lexical, each intermediate symlink, the real one, and `dev:ino` twins of
   * protected files. A path that cannot be followed within the budget is left out of the map.
   */
  namesOf(paths: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /**
   * Texts of script files (64 KiB at most, UTF-8) that anybody may read; one that cannot be read within
   * the budget is left out of the map.
   */
  scriptsOf(paths: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** The git root that holds `cwd`, or undefined. */
  projectRoot(cwd: string): Promise<string | undefined>
  /** Home directory of the account that runs Rampart, from the password database. */
  home(): string
}

/** Break-glass: until when enforcement is off (`rampart off --for 10m`). Survives a restart. */
export interface SwitchStore {
  offUntil(): number | undefined
  set(until: number | undefined): Promise<void>
}

/** Asks a policy's webhook. Resolves with a vote; never rejects. */
export interface WebhookClient {
  ask(request: {
    readonly url: string
    readonly timeoutMs: number
    readonly body: unknown
  }): Promise<{ readonly verdict: 'allow' | 'deny' | 'failed'; readonly reason: string }>
}

/** Where a defect's full detail goes: never to the caller. */
export interface Log {
  error(message: string, detail?: unknown): void
  warn(message: string, detail?: unknown): void
  info(message: string, detail?: unknown): void
}
