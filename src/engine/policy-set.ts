import type { CommandGlob } from './match/command-glob.ts'
import type {
  Action,
  Call,
  CommandForms,
  DefaultAction,
  Facts,
  Layer,
  PathValue,
  Reason,
  UrlValue,
  Webhook,
} from './types.ts'

/** How a rule reads its candidates: any one for a restrictive rule, every one for a permissive one. */
export type Stance = 'restrictive' | 'permissive'

/** What a condition may look at; candidates of one dimension are tried one by one, never mixed (F4). */
export interface View {
  readonly call: Call
  readonly facts: Facts
  readonly stance: Stance
}

/** A compiled condition over one candidate: the reason it holds, or null where it does not. */
export type CommandTest = (forms: CommandForms, view: View, kind: 'part' | 'span') => Reason | null
export type PathTest = (name: string, value: PathValue, view: View) => Reason | null
export type UrlTest = (value: UrlValue, view: View) => Reason | null
export type ContextTest = (view: View) => Reason | null
export type ResponseTest = (text: string) => Reason | null

export interface Rule {
  /** `policy/index`, 1-based. */
  readonly key: string
  readonly action: Action
  readonly message: string
  readonly command: readonly CommandTest[]
  readonly path: readonly PathTest[]
  readonly url: readonly UrlTest[]
  readonly context: readonly ContextTest[]
  readonly response: readonly ResponseTest[]
  /** Globs of `command_matches`, for the index and for spans (semantics.md 3). */
  readonly globs: readonly CommandGlob[]
  readonly expiresAt?: number | undefined
  readonly once: boolean
  readonly nativeAllow: boolean
  readonly webhook?: Webhook | undefined
  readonly rank: number
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

/** What to notify of; delivery is part 4. */
export interface Notify {
  readonly url: string
  readonly platform: string
  readonly on: readonly Action[]
}

/** The compiled policies in force. Immutable; a reload makes another one. */
export interface PolicySet {
  /** `sha256:` over the sources, in order. */
  readonly hash: string
  readonly defaultAction: DefaultAction
  /** By priority, then layer, file name and position. */
  readonly policies: readonly Policy[]
  /** The person's overlay: its allows answer asks, never anything stronger (semantics.md 11). */
  readonly overlay: readonly Policy[]
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
  }[]
}
