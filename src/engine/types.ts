/**
 * The words of the engine. Everything that reaches `evaluate` is one of these: no host's names, no
 * clock, no file, no platform.
 */

/** Strongest first: across policies the earliest action in this list decides. */
export const ACTIONS = ['deny', 'webhook', 'require_approval', 'log', 'allow'] as const
export type Action = (typeof ACTIONS)[number]

/** The same in the order in which people are told of them. */
export const RULE_ACTIONS = ['deny', 'allow', 'log', 'require_approval', 'webhook'] as const

/** What a file may name as its default: never a webhook. */
export const DEFAULT_ACTIONS = ['deny', 'require_approval', 'log', 'allow'] as const
export type DefaultAction = (typeof DEFAULT_ACTIONS)[number]

/** What becomes of an ask where no person is there: it waits, or it is denied at once. */
export const NO_APPROVER = ['wait', 'deny'] as const
export type NoApprover = (typeof NO_APPROVER)[number]

/** The classes that hosts' many tool names map to; an MCP tool keeps its full name beside `mcp`. */
export const TOOL_CLASSES = ['exec', 'read', 'write', 'fetch', 'mcp', 'internal'] as const
export type ToolClass = (typeof TOOL_CLASSES)[number]

/** Strongest first. A project layer may only tighten. */
export const LAYERS = ['builtin', 'managed', 'user', 'project'] as const
export type Layer = (typeof LAYERS)[number]

export type Json = null | boolean | number | string | readonly Json[] | {
  readonly [key: string]: Json
}

/**
 * Who asks. `principal` is proved by the transport (`admin`, `token:<id>`, `uid:<n>`); the other names
 * are claims unless `bound` says that the credential carries them (security.md F15).
 */
export interface Identity {
  readonly principal: string
  readonly agent: string
  readonly session: string
  readonly run?: string | undefined
  readonly depth?: number | undefined
  readonly bound: ReadonlySet<'agent' | 'session' | 'run' | 'depth'>
}

/** One tool call as the engine sees it: who asks, the tool, and everything it would do. */
export interface Call {
  /** The name asked for, folded and mapped: a class, or an MCP tool's full name. */
  readonly tool: string
  readonly identity: Identity
  readonly params: Readonly<Record<string, Json>>
  readonly toolCallId?: string | undefined
  /** A working directory that can be trusted; without one relative paths stay relative (F35). */
  readonly cwd?: string | undefined
  readonly subjects: readonly Subject[]
  /** False when the call may touch more than `subjects` says (F32). */
  readonly complete: boolean
  /** Script files it would run, by absolute path: their texts are facts. */
  readonly scripts?: readonly string[] | undefined
}

/**
 * One thing a call would do, judged on its own (semantics.md 2, 3, 5).
 *
 * - `part`: a simple command, a file access, a fetch, an MCP call. Every rule counts, and so does
 *   `default_action`.
 * - `span`: a pipeline or a whole line. Only restrictive rules with a command glob that holds an
 *   operator or matches no part alone.
 * - `effect`: a read, write or fetch that a part implies. Only restrictive rules, no default.
 */
export interface Subject {
  readonly kind: 'part' | 'span' | 'effect'
  /** The names `match.tool` is held against, e.g. `['exec']` or `['mcp__fs__read_file', 'mcp']`. */
  readonly tools: readonly string[]
  /** What to show a person for it. */
  readonly label: string
  readonly command?: CommandForms | undefined
  /** Paths it touches; for an `exec` part those of its effects. */
  readonly paths: readonly PathValue[]
  readonly urls: readonly UrlValue[]
  /** Indexes into `Call.subjects` of the parts a span joins. */
  readonly parts?: readonly number[] | undefined
  /** Index of the part an effect belongs to. */
  readonly of?: number | undefined
}

/** One simple command in the spellings that globs are held against (semantics.md 4). */
export interface CommandForms {
  /** As written, outer blanks removed. */
  readonly raw: string
  /** The words that would run, quotes removed, joined by one blank, assignments left out. */
  readonly words: string
  /** `words` with assignments in front and redirections behind: what a permissive rule must match. */
  readonly whole: string
  /** Ranges of `whole` that a permissive `*` may not cross (redirections, unresolved words). */
  readonly fences: readonly (readonly [start: number, end: number])[]
  /** The program's base name, or undefined where it cannot be known without running something. */
  readonly program: string | undefined
  readonly argv: readonly string[]
  /** Names of variables set for or by the command. */
  readonly assigns: readonly string[]
  /** Kinds of what cannot be known (security.md F24); the full reader fills it in. */
  readonly unresolved: readonly string[]
}

export interface PathValue {
  readonly access: 'read' | 'write' | 'delete'
  /** Lexically normalised, absolute where a trusted cwd or home made it so. */
  readonly path: string
  readonly absolute: boolean
  /** A pattern that the shell would replace by names of files: it may be any of them. */
  readonly pattern?: true
  /** What it would be if variables that nothing sets are empty: only rules about what is unresolved look. */
  readonly doubtful?: true
}

/** A URL after WHATWG parsing; `host` is lower case, without trailing dot, IDNA in ASCII. */
export interface UrlValue {
  readonly url: string
  readonly host: string
  readonly scheme: string
}

/** Everything that may differ between two runs of the same call. The engine reads no clock. */
export interface Facts {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Homes that `~` may mean: the account's own first, then every one assigned (F35). */
  readonly homes: readonly string[]
  /**
   * Every name of a path: lexical first, then intermediate and real symlink targets. Undefined when
   * it could not be had: true for a restrictive rule that needs it, false for a permissive one.
   */
  readonly namesOf: (path: string) => readonly string[] | undefined
  /** Enforced outer calls of a tool in the last `windowMs`, the current one included. */
  readonly callCount: (tool: string, windowMs: number) => number | undefined
  /** Keys of `once` rules that are already claimed. */
  readonly claimed: (ruleKey: string) => boolean
}

/** Why a condition held, in words fit for the audit trail and `explain`. */
export type Reason = string

/** A rule that spoke for one subject. */
export interface Vote {
  readonly action: Action
  readonly policy: string
  /** `policy/index`, 1-based: the rule's name in answers, audit and `rampart except`. */
  readonly rule: string
  readonly message: string
  readonly layer: Layer
  /** Index into `Call.subjects`. */
  readonly subject: number
  readonly reasons: readonly Reason[]
  /** Position for naming the winner: (priority, layer, file, position) as one sortable number. */
  readonly rank: number
  readonly webhook?: Webhook | undefined
  readonly once: boolean
  readonly nativeAllow: boolean
  /** Of an ask: how long a person has, and how many must say yes. */
  readonly timeoutMs?: number | undefined
  readonly approvers?: number | undefined
  /** Set when a person's overlay answered this ask: the answering rule. */
  readonly answeredBy?: string | undefined
}

export interface Webhook {
  readonly url: string
  readonly timeoutMs: number
  readonly failOpen: boolean
}

export interface Decision {
  readonly action: Action
  /** The winning vote, absent when a default decided. */
  readonly winner?: Vote | undefined
  readonly message: string
  /** Every vote, by rank; webhooks among them are pending until `settle` gets their answers (F10). */
  readonly votes: readonly Vote[]
  /** Action per part that no rule granted: `default_action`. */
  readonly defaulted: readonly number[]
  /** Those of them whose default ask the person's overlay answered. */
  readonly answeredDefaults: readonly number[]
  /** Keys of `once` rules this decision rests on. */
  readonly consumes: readonly string[]
  /** Rules of the person's own that answered asks. */
  readonly grants?: readonly GrantUse[] | undefined
  readonly trace: readonly TraceLine[]
}

/** A rule of the person's own that answered an ask. */
export interface GrantUse {
  readonly id: string
  /** `always` stands in the overlay, the others end with a session or a run. */
  readonly scope: 'always' | 'session' | 'run'
  /** It holds for one call, which claims it. */
  readonly once: boolean
}

/** One line of the explanation: a rule that was looked at for a subject and what came of it. */
export interface TraceLine {
  readonly subject: number
  readonly policy: string
  readonly rule: string
  readonly action: Action
  readonly held: boolean
  readonly reasons: readonly Reason[]
}

/** One fault of a policy file, with its place. Lines and columns start at 1. */
export interface Fault {
  readonly file: string
  readonly line: number
  readonly col: number
  readonly message: string
}
