/**
 * Every interface the service needs of the world, with its obligations. `adapters/` implements them,
 * `cli/compose.ts` chooses, tests hold each adapter to the same contract suite.
 */
import type { Approval, ApprovalStatus } from './approval/approval.ts'
import type { Finding } from './engine/lint.ts'
import type { PolicySet } from './engine/policy-set.ts'
import type { Fault, Json } from './engine/types.ts'

export type * from './ports-trail.ts'
export type * from './ports-bundle.ts'
export type * from './ports-execute.ts'
export type * from './ports-fleet.ts'
export { EXECUTED, RUN_STATES } from './ports-execute.ts'
export type { NotifyDestination } from './engine/notify.ts'

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

/** A remark on a policy file, at its place. */
export interface PolicyFinding extends Finding {
  readonly file: string
}

export interface PolicySource {
  /** The set in force. Never throws: a set that failed to load leaves the last good one in place. */
  current(): PolicyState
  /** The set for a call made in `cwd`: the set in force plus the project's layer, cached by content. */
  forProject(cwd: string | undefined): Promise<PolicyState>
  /** What a careful reader would remark of the person's own files in force. */
  findings(): Promise<readonly PolicyFinding[]>
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

export interface CallCounter {
  /** Count one enforced call, atomically with reading: returns nothing, `count` sees it at once. */
  record(key: CountKey, at: number): Promise<void>
  /** Before counts of a session are read without recording: brings what others counted. Absent where nothing need be. */
  ready?(of: Pick<CountKey, 'principal' | 'session'>): Promise<void>
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

/** What an agent's host was told of a call, so that its next event about the call can be held against it. */
export interface HookedCall {
  readonly told: 'denied' | 'asked'
  /** The events of the trail that say so. */
  readonly auditIds: readonly string[]
  readonly at: number
}

/** Calls that a host was told not to make, or to ask a person about, across processes. Forgotten after a day. */
export interface HookedCalls {
  get(key: string): Promise<HookedCall | undefined>
  set(key: string, call: HookedCall): Promise<void>
  remove(key: string): Promise<void>
}

/** An approval store keeps every open approval, and of the settled ones the newest. */
export interface ApprovalStore {
  create(approval: Approval): Promise<void>
  get(id: string): Promise<Approval | undefined>
  /** Newest first; with `bytes` no more than fill so many, but one at least. */
  list(filter: ApprovalFilter): Promise<readonly Approval[]>
  /**
   * Replace an approval if it still has the status `from` and nobody changed it since `next` was made from
   * it (`revision`); exactly one of any number of racing calls, over all processes, gets true. All see it
   * at once; `soon` leaves it to `durable` to wait for the disk.
   */
  swap(from: ApprovalStatus, next: Approval, how?: 'soon'): Promise<boolean>
  /** The same for many in one transaction, each by itself: whether it was replaced, in the order given. */
  swapAll(
    from: ApprovalStatus,
    next: readonly Approval[],
    how?: 'soon',
  ): Promise<readonly boolean[]>
  /** Resolves once what was replaced before survives a power failure. */
  durable(): Promise<void>
  /** Of one principal, of one owner (`ownerOf`), or all. */
  pendingCount(of?: {
    readonly principal?: string | undefined
    readonly owner?: string | undefined
  }): Promise<number>
  /** UTF-8 bytes that open ones keep, of one principal or all. */
  pendingBytes(of?: { readonly principal?: string | undefined }): Promise<number>
  /** Open ones whose time ended at or before `now`, the oldest first. */
  lapsed(now: number, limit: number): Promise<readonly Approval[]>
  /** What became of the newest that were asked at or after `since`. */
  outcomes(since: number, limit: number): Promise<readonly ApprovalOutcome[]>
  /** Another number than before once another process may have changed an approval. */
  changes(): number
  /**
   * Called at once when another process may have changed this approval, or any where none is named; absent
   * where only `changes` tells. Returns what ends it.
   */
  heard?(listener: (id?: string) => void): () => void
  /** Others than those who write this trail change it too: what the trail does not have may stand in theirs. */
  readonly isShared?: boolean | undefined
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

/** How a replica stands to its store. */
export interface StoreState {
  readonly to: string
  readonly state: 'ok' | 'failing'
  /** Since it last answered. */
  readonly age_ms: number
  /** Whether it tells of changes; asked again and again where it does not. */
  readonly listening: boolean
  readonly last_error: string | null
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
  /** Where programs of the account look for their own files: `home()` first, then what `HOME` says. */
  homes(): readonly string[]
}

/** A process, told from a later one of the same number by when it started. */
export interface SeenProcess {
  readonly pid: number
  readonly started: string
}

/** The processes of this machine, as the kernel has them. */
export interface ProcessTable {
  /**
   * A process of this account with its parents, itself first, `most` of them in all; undefined where there
   * is none of that number, or none can be known. Never blocks.
   */
  chainOf(pid: number, most?: number): readonly SeenProcess[] | undefined
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
    /** What the signature names beside the time, so that a request that comes twice shows. */
    readonly id: string
    readonly body: Json
    readonly allowPrivate: boolean
  }): Promise<{
    readonly verdict: 'allow' | 'deny' | 'require_approval' | 'log' | 'failed'
    readonly reason: string
  }>
}

/** Where a defect's full detail goes: never to the caller. */
export interface Log {
  error(message: string, detail?: unknown): void
  warn(message: string, detail?: unknown): void
  info(message: string, detail?: unknown): void
}

/** A connection to a gateway, whole messages of text each way. */
export interface GatewayLine {
  /** Dropped where the connection is not open. */
  send(text: string): void
  close(): void
}

/**
 * Connect. `text` is called for each message, `closed` once with the reason, a failure to connect
 * included; neither before this returns.
 */
export type GatewayConnect = (
  url: string,
  heard: { readonly text: (text: string) => void; readonly closed: (reason: string) => void },
) => GatewayLine
