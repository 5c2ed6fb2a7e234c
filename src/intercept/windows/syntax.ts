/** What a PowerShell text is read as, before anything in it is known. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  /** The name in lower case, without `$` and without a scope; `env:` stays. */
  | { readonly kind: 'variable'; readonly name: string; readonly raw: string }
  /** `$( … )`, `@( … )`, `( … )`; with `block` `{ … }`, which runs later or never. */
  | {
    readonly kind: 'script'
    readonly raw: string
    readonly script: Script
    readonly block: boolean
  }
  | { readonly kind: 'type'; readonly name: string; readonly raw: string }
  /** `.Name`, `::Name`; with `args` a call. '' where the name is computed. */
  | {
    readonly kind: 'member'
    readonly name: string
    readonly raw: string
    readonly args: Script | undefined
  }

export interface Word {
  readonly raw: string
  readonly pieces: readonly Piece[]
  /** A comma stands in front: it belongs to one list with the word before. */
  readonly listed: boolean
  readonly operator: boolean
}

export interface Redirect {
  readonly operator: string
  readonly target: Word
}

export interface Command {
  /**
   * - `command`: a name and arguments.
   * - `expression`: values and operators.
   * - `flow`: `if`, `function` and the like, which are no command; what stands in their brackets is.
   * - `bound`: text behind a bound, which nobody read.
   */
  readonly kind: 'command' | 'expression' | 'flow' | 'bound'
  readonly raw: string
  readonly words: readonly Word[]
  readonly redirects: readonly Redirect[]
  /** What it is fed: '|' where a pipe stands in front. */
  readonly before: string
  /** The operator behind. */
  readonly after: string
}

/** Commands joined by pipes. */
export interface Pipeline {
  readonly raw: string
  readonly commands: readonly Command[]
  /** The variable that takes what comes out. */
  readonly assign?: { readonly name: string; readonly append: boolean } | undefined
}

export interface Script {
  readonly raw: string
  readonly pipelines: readonly Pipeline[]
  /** A bracket or a quote has no partner. */
  readonly broken: boolean
}
