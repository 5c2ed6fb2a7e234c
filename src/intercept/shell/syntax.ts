/** What a line is read as, before anything is expanded. Quoting is kept: it decides what runs. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | {
    readonly kind: 'variable'
    readonly name: string
    readonly raw: string
    readonly quoted: boolean
    /** What follows the name in `${name…}`; '' for a plain reference. */
    readonly operator: string
    readonly operand: readonly Piece[]
  }
  | {
    readonly kind: 'script'
    readonly raw: string
    readonly quoted: boolean
    readonly script: Script
  }
  | {
    readonly kind: 'process'
    readonly raw: string
    readonly quoted: boolean
    readonly script: Script
  }
  /** Arithmetic and the like: its value is not known, what it holds may run. */
  | {
    readonly kind: 'opaque'
    readonly raw: string
    readonly quoted: boolean
    readonly inside: readonly Piece[]
  }
  /** `name=( … )` */
  | {
    readonly kind: 'list'
    readonly raw: string
    readonly quoted: boolean
    readonly words: readonly Word[]
  }

export type Text = Piece & { readonly kind: 'text' }

export interface Word {
  readonly raw: string
  readonly pieces: readonly Piece[]
  /** The one piece of a word that is nothing but one text, which most are. */
  readonly sole: Text | undefined
}

export function wordOf(raw: string, pieces: readonly Piece[]): Word {
  const first = pieces[0]
  return { raw, pieces, sole: pieces.length === 1 && first!.kind === 'text' ? first : undefined }
}

/** A word that is nothing but one text. */
export function textWord(raw: string, quoted: boolean): Word {
  const sole: Text = { kind: 'text', text: raw, quoted }
  return { raw, pieces: [sole], sole }
}

export interface Redirect {
  readonly raw: string
  /** Without the descriptor: `>`, `>>`, `<<`, … */
  readonly operator: string
  readonly target: Word
  /** What a here-document holds. */
  body: Word | undefined
}

/** What is redirected into a compound. */
export interface Input {
  readonly redirect: Redirect
  /** Where the compound begins, as a position among commands: a pipe from before it is cut off. */
  readonly from: number
}

export interface Command {
  /** `data`: words that do not run (a loop's list, a `case` word), looked at for what they hold. */
  readonly kind: 'simple' | 'subshell' | 'data'
  readonly raw: string
  readonly words: readonly Word[]
  readonly redirects: readonly Redirect[]
  /** What a subshell holds. */
  readonly script?: Script | undefined
  /** The variable of a loop. */
  readonly loop?: string | undefined
  /** What kind of text it prints, kept because each command of a pipeline asks about all in front. */
  feeds: string | undefined
  /** The operator in front: '' at the start. */
  readonly before: string
  /** The operator behind: '' at the end. */
  readonly after: string
  /** Runs perhaps, or several times: inside of `if`, loops, `case`, functions. */
  readonly conditional: boolean
  readonly inFunction: boolean
  /** It stands in a compound that a pipe leads into: the commands in front of that pipe. */
  readonly fedBy?: readonly number[] | undefined
  /** It stands in a compound whose standard input is redirected: `{ …; } < file`. */
  input: Input | undefined
  /** The remainder of a text that was not read. */
  readonly bound: boolean
}

/** Commands joined by pipes, as positions in `Script.commands`. */
export interface Pipeline {
  readonly raw: string
  readonly members: readonly number[]
}

/** A function, and which of the script's commands are its body. */
export interface Defined {
  readonly name: string
  from: number
  to: number
}

export interface Script {
  /** As written, without comments and the bodies of here-documents. */
  readonly raw: string
  readonly commands: readonly Command[]
  readonly pipelines: readonly Pipeline[]
  /** The functions it defines. */
  readonly functions: readonly Defined[]
  /** A quote or bracket never closed, or an operator stood where none may. */
  readonly broken: boolean
}
