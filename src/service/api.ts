import type { AnswerScope, Approval, ApprovalStatus, Channel } from '../approval/approval.ts'
import type { ApprovalStats } from './approval-stats.ts'
import type { Generalisation } from '../engine/own-rule.ts'
import type { RunDenials } from './denials.ts'
import type { FleetApi } from './fleet-api.ts'
import type { HookService } from './hooked.ts'
import type { RulesApi } from './rules-api.ts'
import type { Resolved } from './resolve.ts'
import type { Via } from '../audit/event.ts'
import type { TrailSessions } from '../audit/sessions.ts'
import type { TrailStats } from '../audit/stats.ts'
import type { Fault, Identity, Json } from '../engine/types.ts'
import type { PolicyListing } from '../engine/policy-set.ts'
import type { Sessions } from './sessions.ts'
import type { StepUps } from './step-up.ts'
import type { Exported, ExportRequest } from './export.ts'
import type { Executing, ExecutionAsk } from './execution.ts'
import type { LinkAnswer, LinkView } from './links.ts'
import type { LiveRequest, LiveStream } from './live-client.ts'
import type {
  AuditFilter,
  EventPage,
  ExecutedTool,
  NotifyDestination,
  PolicyFinding,
  Scope,
  SinkState,
  TimeSpan,
  TrailProofs,
} from '../ports.ts'
import type { Answer, DecideRequest, Mode, Outcome } from './services.ts'

/** Who calls, proved by a token or by the transport; never by anything the request says (F8). */
export interface Caller {
  /** `admin`, `token:<id>` or `uid:<n>`. */
  readonly principal: string
  readonly scopes: readonly Scope[]
  /** The agent a token is bound to; it overrides the body's (semantics.md 16). */
  readonly agent?: string | undefined
  /** The session of the dashboard by which the person calls. */
  readonly dashboard?: string | undefined
  /** There a code of the terminal was entered lately. */
  readonly stepped?: boolean | undefined
}

/** What `explain` shows: the answer, its trace, and every subject the call was read as. */
export interface Explanation {
  readonly answer: Answer
  readonly subjects: readonly {
    readonly kind: string
    readonly label: string
    readonly of?: number | undefined
    readonly parts?: readonly number[] | undefined
  }[]
}

export interface NewApproval {
  readonly identity: Identity
  readonly tool: string
  readonly params: Readonly<Record<string, Json>>
  readonly cwd?: string | undefined
  readonly toolCallId?: string | undefined
  readonly message?: string | undefined
}

/** An approval as people see it: secrets hidden. */
export interface SeenApproval extends Approval {
  /** What was kept of the answer, and why not where nothing was. */
  readonly ruleIds?: readonly string[] | undefined
  readonly ruleRefused?: string | undefined
  /** Callers that are held for it now. */
  readonly waiters?: number | undefined
}

export interface ApprovalPage {
  readonly approvals: readonly SeenApproval[]
  /** `after` of the next page; undefined at the end. */
  readonly next?: string | undefined
}

/** An answer to a question, as its edge read it. */
export interface Resolution {
  readonly approved: boolean
  /** The name of the person, as the caller gives it. */
  readonly resolvedBy?: string | undefined
  /** Why not. */
  readonly reason?: string | undefined
  readonly channel?: Channel | undefined
  /** The link that it came by. */
  readonly link?: string | undefined
  readonly scope?: AnswerScope | undefined
  /** Of what is kept: how far it reaches, how long it holds and for how many calls. */
  readonly generalisation?: Generalisation | undefined
  readonly for?: string | undefined
  readonly calls?: number | undefined
}

export interface Health {
  readonly status: 'ok' | 'degraded'
  readonly service: 'rampart'
  readonly version: string
  readonly mode: Mode
  readonly uptime_seconds: number
  readonly policy: {
    readonly hash: string
    readonly loaded_at: string
    readonly files: readonly string[]
    readonly policies: number
    readonly faults: readonly Fault[]
  }
  /** Null where none is followed. */
  readonly bundle: BundleHealth | null
}

export interface Readiness {
  readonly ready: boolean
  readonly reasons: readonly 'draining'[]
}

/** The policy bundle in force, and what came of the last look at its source; all of it null before there is one. */
export interface BundleHealth {
  readonly name: string | null
  readonly version: number | null
  readonly digest: string | null
  readonly created: string | null
  readonly activated_at: string | null
  readonly checked_at: string | null
  readonly last_error: string | null
  /** What the source holds is not taken. */
  readonly refused: boolean
  /** The last one that was given up for its denials or asks. */
  readonly given_up: { readonly version: number; readonly reason: string } | null
  /** A version that is there, and not for this node yet. */
  readonly waiting: number | null
}

export interface Status extends Health {
  readonly level: 'L0' | 'L1' | 'L2'
  readonly failure: 'open' | 'closed'
  readonly off_until: string | null
  readonly pending_approvals: number
  /** Sessions that went on trying what a person had denied. */
  readonly flagged_sessions: readonly {
    readonly principal: string
    readonly agent: string
    readonly session: string
    readonly tries: number
    readonly since: string
  }[]
  /** Calls that passed while no server answered, as far as is known, told since this one started. */
  readonly passed_unasked: number
  readonly audit: { readonly seq: number; readonly hash: string }
  readonly sinks: readonly SinkState[]
  readonly notify: readonly NotifyDestination[]
}

/** The use cases an edge may call, bound to their services. */
export interface Api {
  /** The caller of a bearer token, in constant time; undefined when it is wrong, expired or revoked. */
  authenticate(token: string): Promise<Caller | undefined>
  /** Record a failed authentication, aggregated so that a flood cannot fill the disk. */
  authFailed(via: Via, detail: string): Promise<void>
  decide(request: DecideRequest): Promise<Outcome>
  /** What this server executes: nothing, unless it was told to. */
  readonly executes: readonly ExecutedTool[]
  /** Decide a call that is to be executed here; `forbidden` where this server does not. */
  execute(request: DecideRequest, ask: ExecutionAsk): Promise<Executing>
  /** End what is executed; resolves when it has ended and is on record. */
  stopExecutions(): Promise<void>
  /** For the nodes of this server. */
  readonly fleet: FleetApi
  /** For the hosts of agents: their calls, and what they did of what they were told. */
  readonly hooks: HookService
  /** A dry run with its trace. */
  explain(request: DecideRequest): Promise<Explanation>
  listApprovals(
    caller: Caller,
    filter: {
      readonly status?: ApprovalStatus | undefined
      readonly limit: number
      readonly after?: string | undefined
    },
  ): Promise<ApprovalPage>
  /** One approval, after waiting up to `waitMs` for its end. `not_found` hides others' ones. */
  getApproval(
    caller: Caller,
    id: string,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<SeenApproval>
  createApproval(caller: Caller, request: NewApproval): Promise<SeenApproval>
  /** `approval_settled` for a second answer, `forbidden` for the one who asked. */
  resolveApproval(
    caller: Caller,
    id: string,
    answer: Resolution,
    via: Via,
  ): Promise<SeenApproval>
  /** Take back a question of one's own; as it is where others wait for it, or it is over. */
  withdrawApproval(caller: Caller, id: string, via: Via): Promise<SeenApproval>
  /** Many answers at once, in the order of the ids, each by itself. */
  bulkResolve(
    caller: Caller,
    ids: readonly string[],
    answer: Resolution,
    via: Via,
  ): Promise<readonly Resolved[]>
  /** How often people are asked since then, ms since the epoch, and what they say. */
  approvalStats(since: number | undefined): Promise<ApprovalStats>
  /** What people denied in runs that go on: not asked again until it is lifted. */
  denials(): RunDenials
  readonly rules: RulesApi
  /** What a link shows; decides nothing. */
  viewLink(token: string): Promise<LinkView>
  /** Decide by the form of a link's page, once. */
  answerLink(token: string, answer: LinkAnswer): Promise<SeenApproval>
  events(filter: AuditFilter): Promise<EventPage>
  stats(span: TimeSpan): Promise<TrailStats>
  agentSessions(span: TimeSpan): Promise<TrailSessions>
  /** The trail as a file, made while it is read; `rate_limited` while others are on their way. */
  exportTrail(request: ExportRequest): Promise<Exported>
  /** The trail as it grows; `rate_limited` while too many watch it. */
  watch(request: LiveRequest): Promise<LiveStream>
  /** What proves the trail; `unavailable` where nothing does. */
  proofs(): TrailProofs
  health(): Health
  status(): Promise<Status>
  /** For a monitor, in the text format of Prometheus. */
  metrics(): Promise<string>
  /** Whether calls may be sent here. */
  readiness(): Readiness
  policies(): { readonly hash: string; readonly policies: readonly PolicyListing[] }
  /** What a careful reader would remark of the person's own policy files. */
  findings(): Promise<readonly PolicyFinding[]>
  /** Throws `policy_invalid` with the faults when the files are not good; the last good set stays. */
  reload(caller: Caller, via: Via): Promise<Health['policy']>
  /** Who has the dashboard open. */
  readonly sessions: Sessions
  readonly stepUps: StepUps
  /** Refuse held waiters their wait: they are answered `waiting` (semantics.md 20). Streams end. */
  drain(): void
}
