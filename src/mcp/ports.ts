import type { ResponseKindName } from '../engine/response-kinds.ts'
import type { Json } from '../engine/types.ts'
import type { Role } from '../intercept/mcp-words.ts'
import type { Refusal } from './denial.ts'

/** A call as policies are asked about it. */
export interface Asked {
  /** The full name. */
  readonly tool: string
  readonly params: Readonly<Record<string, Json>>
  readonly roles?: Readonly<Record<string, Role>>
  /** The texts of what came of it: then only that is in question. */
  readonly texts?: readonly string[]
}

/** What became of a question. While a person is asked, `answer` is what becomes of that. */
export type Verdict =
  | {
    readonly kind: 'allowed'
    /** False where no rule would look at what comes of it; kinds where only those count. */
    readonly readsOutput: boolean | readonly ResponseKindName[]
  }
  | {
    readonly kind: 'denied'
    readonly refusal: Refusal
    /** Of texts: the same without what is denied, where the rest may be shown. */
    readonly shown?: readonly string[] | undefined
  }
  | {
    readonly kind: 'asking'
    readonly approvalId: string
    readonly message: string
    /** Resolves once a person has said; `denied` where nobody did, or the signal came first. */
    answer(signal: AbortSignal): Promise<Settled>
  }
export type Settled = Exclude<Verdict, { readonly kind: 'asking' }>

/** Whoever decides. Never rejects: what cannot be decided is denied. */
export interface Judge {
  ask(asked: Asked, signal?: AbortSignal): Promise<Verdict>
  /** Whether it would be denied whatever its arguments are; nothing is counted for it. */
  wouldDeny(tool: string): Promise<boolean>
}

/** Definitions that a model may see, kept over sessions by the server's name. */
export interface Pins {
  /** The one that was last accepted of a tool. */
  get(tool: string): string | undefined
  /** Durable when it resolves. */
  set(definitions: ReadonlyMap<string, string>): Promise<void>
}

/** What a session needs of the world. */
export interface World {
  readonly judge: Judge
  readonly pins: Pins
  toHost(text: string): Promise<void>
  toServer(text: string): Promise<void>
  /** To the person, on stderr. */
  note(text: string): void
  /** Resolves after so many milliseconds, or at once when the signal comes. */
  pause(ms: number, signal: AbortSignal): Promise<void>
  /** Something that nobody can guess. */
  nonce(): string
}

export interface Options {
  /** The server's name in policies. */
  readonly server: string
  /** How denied calls of tools are told: as their result, which a model can read, or as errors. */
  readonly denials: 'result' | 'error'
  /** Whether tools that would be denied are left out of lists. */
  readonly hideDenied: boolean
  /** What the person says of tools' arguments: `none` lets a schema's word not count. */
  readonly roles: Readonly<Record<string, Readonly<Record<string, Role | 'none'>>>>
}
