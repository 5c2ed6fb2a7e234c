import type { Notify } from './notify.ts'
import type {
  Action,
  Call,
  DefaultAction,
  Facts,
  Layer,
  NoApprover,
  PathValue,
  Reason,
  UrlValue,
  Webhook,
} from './types.ts'
import type { Need } from './condition.ts'
import type { GlobSet } from './match/glob-set.ts'
import type { OwnRule } from './own-rule.ts'
import type { Joined, PreparedCommand } from './prepare.ts'
import type { ResponseKindName } from './response-kinds.ts'

/**
 * What the index may rely on: every match holds one of these in a text of this dimension. One that is
 * too short to be looked up says no more than that there is a text.
 */
export interface Literals {
  readonly dimension: Dimension
  readonly all: readonly string[]
  /** The same for a path of which only the end is known. */
  readonly relative?: () => readonly string[]
  /**
   * Command globs of which each match meets one with a text of this dimension: asked where literals find
   * too many rules. Absent = nothing that can be said so.
   */
  readonly globs?: () => readonly string[] | undefined
  readonly relativeGlobs?: () => readonly string[] | undefined
  /** As `globs`, for absolute paths where `~` means one of these homes. */
  readonly rooted?: (homes: readonly string[]) => readonly string[] | undefined
}

/**
 * `exact` are program names, kinds of what is unresolved behind a `?`, names that are set behind a `=`;
 * `name` are the same texts, where globs are held against them; `folded` are commands as `command_contains` sees them.
 */
export type Dimension = 'command' | 'folded' | 'path' | 'url' | 'host' | 'exact' | 'name'

/** How a rule reads its candidates: any one for a restrictive rule, every one for a permissive one. */
export type Stance = 'restrictive' | 'permissive'

/** What a condition may look at; candidates of one dimension are tried one by one, never mixed (F4). */
export interface View {
  readonly call: Call
  readonly facts: Facts
  readonly stance: Stance
  /** Every glob that rules hold against commands. */
  readonly globs: () => GlobSet
}

/**
 * A compiled condition over one candidate: the reason it holds, or null where it does not. `parts` are
 * those a span joins, absent for a part.
 */
export type CommandTest = (
  command: PreparedCommand,
  view: View,
  parts: Joined | undefined,
) => Reason | null
export type PathTest = (name: string, value: PathValue, view: View) => Reason | null
export type UrlTest = (value: UrlValue, view: View) => Reason | null
export type ContextTest = (view: View) => Reason | null
export interface ResponseTest {
  (text: string): Reason | null
  /** What of the text it objects to, where that is some of it. */
  readonly spans?: ((text: string) => readonly Span[]) | undefined
  /** Longest output that it is asked of, in characters, where that is not the usual one. */
  readonly limit?: number | undefined
}
/** From where to where, in characters. */
export type Span = readonly [start: number, end: number]

/** A rule's conditions by what they look at; all must hold. */
export interface RuleTests {
  readonly command: readonly CommandTest[]
  readonly path: readonly PathTest[]
  readonly url: readonly UrlTest[]
  readonly context: readonly ContextTest[]
  readonly response: readonly ResponseTest[]
}

export interface Rule {
  /** `policy/index`, 1-based. */
  readonly key: string
  readonly action: Action
  readonly message: string
  /** Compiled when they are first asked for. */
  readonly tests: () => RuleTests
  /** Says something about command text, so it may look at a pipeline or a whole line. */
  readonly spans: boolean
  /** What the index may look for: the rule can hold only where one of `all` occurs. */
  readonly literals: () => Literals | 'none'
  /** Every glob that it holds against commands, in their spelling. */
  readonly commandGlobs: () => readonly string[]
  readonly stance: Stance
  readonly expiresAt?: number | undefined
  /** Until then an exception of the person's keeps it out of force. */
  exceptedUntil?: number | undefined
  readonly once: boolean
  readonly nativeAllow: boolean
  readonly webhook?: Webhook | undefined
  /** What it says, in short. */
  readonly print: () => string
  /** Of an ask: how long a person has, and how many must say yes. */
  readonly timeoutMs?: number | undefined
  readonly approvers?: number | undefined
  /** Speaks of what is unresolved, so it looks at doubtful paths too. */
  readonly doubts: boolean
  /** What its conditions ask for. */
  readonly needs: readonly Need[]
  /** Holds only for an output with something of these kinds in it. */
  readonly kinds?: readonly ResponseKindName[] | undefined
}

export interface Policy {
  readonly name: string
  readonly layer: Layer
  readonly file: string
  readonly priority: number
  readonly matchTool: (names: readonly string[]) => boolean
  readonly matchIdentity: (view: View) => boolean
  readonly rules: readonly Rule[]
}

/** Every spelling of a dimension's candidates; `any` where their texts say nothing. */
export type IndexTexts =
  & Readonly<Record<'command' | 'path' | 'url' | 'exact', readonly string[] | 'any'>>
  & {
    /** Paths of which only the end is known. */
    readonly relative: readonly string[]
    readonly more: MoreTexts
    /** Names of the tool: rules of policies that are not about it may be left out. */
    readonly tools?: readonly string[]
  }

/** What an index seldom asks for. */
export interface MoreTexts {
  readonly host: () => readonly string[]
  readonly folded: () => readonly string[]
  /** The command of which `command` are the texts: asked for its globs, it remembers the answer. */
  readonly prepared: () => PreparedCommand | undefined
  /** Of a span: its parts, which restrictions that hold for one of them alone leave to it. */
  readonly joined: () => Joined | undefined
}

/** Which rules can hold at all for some texts; the others are not looked at. */
export interface RuleIndex {
  /** Positions in evaluation order (`flat`) of rules that may hold, ascending. */
  readonly candidates: (texts: IndexTexts) => readonly number[]
  /** Every glob that rules hold against commands. */
  readonly globs: () => GlobSet
  /** Every rule in evaluation order with its policy. */
  readonly flat: readonly { readonly policy: Policy; readonly rule: Rule }[]
}

/** The compiled policies in force. Immutable; a reload makes another one. */
export interface PolicySet {
  /** `sha256:` over the sources, in order. */
  readonly hash: string
  readonly defaultAction: DefaultAction
  /** Whether it is the user layer's alone, so that the person may answer what it asks. */
  readonly defaultIsOwn: boolean
  /** What to do where nobody would answer; undefined where no file says (semantics.md 27). */
  readonly onNoApprover?: NoApprover | undefined
  /** By priority, then layer, file name and position. */
  readonly policies: readonly Policy[]
  readonly index: RuleIndex
  /** The person's overlay: its allows answer asks, never anything stronger (semantics.md 11). */
  readonly overlay: RuleIndex
  /** The rules of the person's own: a layer after `evaluate` (security.md F17). */
  readonly own: readonly OwnRule[]
  /**
   * `hash` without the overlay and the built-in layer, and without directories: what a person approves does not
   * change by what they keep, nor by where a server listens or has its files.
   */
  readonly basis: string
  /** What a rule of the user layer says, in short; undefined where there is none of that name. */
  readonly printOf: (key: string) => string | undefined
  readonly notify: readonly Notify[]
  /** Any rule that needs them; facts are gathered only then. */
  readonly needs: { readonly paths: boolean; readonly counts: boolean; readonly response: boolean }
  /** What the HTTP listing, `policy show` and lint need of the files as written. */
  readonly listing: readonly PolicyListing[]
}

export interface PolicyListing {
  readonly name: string
  readonly layer: Layer
  readonly file: string
  readonly priority: number
  readonly enabled: boolean
  readonly description: string
  readonly rules: readonly {
    readonly key: string
    readonly action: Action
    readonly message: string
    readonly when: unknown
    /** Of an ask that says so. */
    readonly approvers?: number
    readonly timeout_ms?: number
  }[]
}
