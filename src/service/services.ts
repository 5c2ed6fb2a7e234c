import type { Sighting } from './edge.ts'
import type { Effect } from './effects.ts'
import type { Execution } from './execution-answer.ts'
import type { ApprovalLimits } from '../approval/limits.ts'
import type { LinkMaker } from './links.ts'
import type { EventDraft, Via } from '../audit/event.ts'
import type { TrailFeed } from '../audit/feed.ts'
import type { Role } from '../intercept/mcp-words.ts'
import type { ApprovalStatus } from '../approval/approval.ts'
import type { Action, Identity, Json, NoApprover, TraceLine } from '../engine/types.ts'
import type {
  ApprovalStore,
  AuditLog,
  BundleFollower,
  CallCounter,
  Clock,
  Executor,
  FactReader,
  FleetParts,
  GrantStore,
  HookedCalls,
  Ids,
  Log,
  NotifyDestination,
  OnceStore,
  Overlay,
  PolicySource,
  ProcessTable,
  SinkState,
  StoreState,
  SwitchStore,
  TokenStore,
  TrailLines,
  TrailProofs,
  TrailReader,
  WebhookClient,
} from '../ports.ts'

export type Mode = 'enforce' | 'monitor' | 'disabled'
export type FailurePosture = 'open' | 'closed'

/** What `serve` settled from flags, environment and config.yaml. */
export interface Settings {
  readonly version: string
  readonly mode: Mode
  readonly failure: FailurePosture
  readonly approvalTimeoutMs: number
  /** Undefined: as the policies say, else `wait` (semantics.md 27). */
  readonly onNoApprover?: NoApprover | undefined
  /** Of open questions; as they come where it is absent. */
  readonly approvalLimits?: ApprovalLimits | undefined
  /** Dry runs a principal may make a minute, and the burst (F28). */
  readonly previewsPerMinute: number
  readonly previewBurst: number
  readonly startedAt: number
  /** How far the agent is from this process (security.md, Levels); L0 unless it is known better. */
  readonly level?: 'L0' | 'L1' | 'L2' | undefined
  /** Host header values that are ours besides the bound address and loopback names. */
  readonly hosts: readonly string[]
  /** Where people reach this server, scheme and port included, where that is another address. */
  readonly publicUrl?: string | undefined
}

/** The ports a use case may ask for. */
export interface Services {
  readonly settings: Settings
  readonly policies: PolicySource
  readonly audit: AuditLog
  readonly reader: TrailReader
  /** Absent where the trail is kept in memory alone. */
  readonly proofs?: TrailProofs | undefined
  /** Absent where the trail is kept in memory alone. */
  readonly trail?: TrailLines | undefined
  /** Absent where nobody can watch the trail grow. */
  readonly feed?: TrailFeed | undefined
  /** Absent where events go nowhere but to the trail. */
  readonly sinks?: { states(): readonly SinkState[] } | undefined
  /** Absent where people are told nowhere. */
  readonly notifier?: { states(): readonly NotifyDestination[] } | undefined
  /** Absent where no links are made. */
  readonly links?: LinkMaker | undefined
  /** Absent where no policy bundle is followed. */
  readonly bundles?: BundleFollower | undefined
  /** Absent where nobody else shares the stores below. */
  readonly store?: { state(): StoreState } | undefined
  readonly approvals: ApprovalStore
  readonly tokens: TokenStore
  readonly counter: CallCounter
  readonly once: OnceStore
  readonly grants: GrantStore
  /** Absent where nobody may keep a rule for good. */
  readonly overlay?: Overlay | undefined
  /** Calls that must never pass: no rule of the person's may let one through. */
  readonly mustStop?: () => Promise<readonly MustStop[]>
  readonly facts: FactReader
  /** Absent where no process can be known: then no edge knows again what another saw. */
  readonly processes?: ProcessTable | undefined
  readonly switches: SwitchStore
  /** Absent where no host of an agent is answered. */
  readonly hooked?: HookedCalls | undefined
  readonly webhooks: WebhookClient
  /** Absent where calls are decided and never executed. */
  readonly executor?: Executor | undefined
  /** Absent where no nodes are kept. */
  readonly fleet?: FleetParts | undefined
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** Hides secrets as the trail does, known ones too; absent, those alone that tell by themselves. */
  readonly hide?: ((json: Json) => Json) | undefined
}

/** A call that has to be stopped, as a corpus names it. */
export interface MustStop {
  readonly id: string
  readonly tool: string
  readonly params: Readonly<Record<string, Json>>
  /** The command, path or URL. */
  readonly command: string
}

/** One call as an edge hands it over: decoded, not yet normalised. */
export interface DecideRequest {
  readonly tool: string
  readonly identity: Identity
  readonly params: Readonly<Record<string, Json>>
  readonly cwd?: string | undefined
  readonly toolCallId?: string | undefined
  /**
   * A tool of the agent's host that touches nothing outside of it, such as a list of things to do: no
   * default counts for it. Only a host's own codec may say so (security.md F18).
   */
  readonly internal?: boolean | undefined
  /** A person is asked by the agent's host, not by us. */
  readonly delegated?: boolean | undefined
  /** Of output: the events by which a person was asked in the host before the call ran. */
  readonly askedBy?: readonly string[] | undefined
  /** What arguments of an MCP tool stand for, as its schema says: it can only add to what is judged. */
  readonly roles?: Readonly<Record<string, Role>> | undefined
  /** Tool output to scan; then the response side is judged too. */
  readonly response?: string | undefined
  /** The texts that `response` joins, a line each, where the caller can put others in their place. */
  readonly texts?: readonly string[] | undefined
  /** `preview`: a dry run that touches no count, once, approval or webhook (F29). */
  readonly intent: 'preview' | 'enforce'
  /** How long to wait for a person, ms: 0 answers at once; undefined = the approval timeout. */
  readonly waitMs?: number | undefined
  readonly via: Via
  /** The edge and the process, where the caller says so. */
  readonly seen?: Sighting | undefined
  readonly explain: boolean
  readonly signal?: AbortSignal | undefined
}

/** The Decision on the wire (contract.md), snake_case as it is sent. */
export interface Answer {
  readonly allowed: boolean
  readonly decision: Action
  readonly message: string
  readonly policy: string | null
  readonly rule: string | null
  readonly matched_policies: readonly string[]
  readonly effects: readonly Effect[]
  readonly effects_complete: boolean
  readonly eval_duration_us: number
  readonly audit_id: string
  readonly enforced: boolean
  readonly approval_id?: string
  readonly approval_status?: ApprovalStatus
  readonly expires_at?: string
  /** What may be shown of an output that is withheld for what stands in it, in the form it was given. */
  readonly response?: string
  readonly response_texts?: readonly string[]
  /** Told to edges that see outputs: false where no rule in force looks at any. */
  readonly reads_output?: boolean
  /** Then only an output with something of these kinds in it need be sent. */
  readonly output_kinds?: readonly string[]
  readonly execution?: Execution
  readonly trace?: readonly TraceLine[]
  readonly suggestions?: readonly string[]
}

export interface Outcome {
  readonly answer: Answer
  /** `answered`: final. `waiting`: a person has not answered yet (202 on `/v1/tool`). */
  readonly state: 'answered' | 'waiting'
  /** Of a call that a person is asked about: how long one has, ms. No wait is longer. */
  readonly timeoutMs?: number | undefined
  /** Allowed by rules that all say that nobody needs to ask again (semantics.md 31). */
  readonly nativeAllow?: boolean | undefined
  /** Of output that is withheld for what stands in it. */
  readonly screen?: Screen | undefined
}

/**
 * The texts of an output without what rules object to; `whole` makes of them what the agent would see.
 * Undefined where nothing of it may be shown.
 */
export type Screen = (
  texts: readonly string[],
  whole: (texts: readonly string[]) => string,
) => readonly string[] | undefined

/** A question that is not put yet: the host of the agent may be able to put it itself. */
export interface Held {
  readonly state: 'held'
  readonly message: string
  readonly policy: string | null
  readonly rule: string | null
  /** Rules name approvers or a time: only the queue can hold them (semantics.md 32). */
  readonly queueOnly: boolean
  /** The host asks its user: recorded so. */
  delegate(): Promise<Outcome>
  /** Ask here, waiting so long. */
  queue(waitMs: number): Promise<Outcome>
  /** Nobody is asked, for the call is denied for another reason. */
  drop(): Promise<Outcome>
}

export type AppendEvent = (draft: EventDraft) => Promise<void>
