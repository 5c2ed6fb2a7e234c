import { type Cursor, written } from './cursor.ts'
import { afford, BEGIN_COST } from './limits.ts'
import type { Frame } from './reserved.ts'
import type { Command, Defined, Pipeline, Redirect, Script, Word } from './syntax.ts'

/** What is gathered of a script while its text is gone through. */
export interface Draft {
  readonly cursor: Cursor
  readonly start: number
  readonly commands: Command[]
  readonly pipelines: Pipeline[]
  readonly functions: Defined[]
  readonly frames: Frame[]
  /** Where the list under way began, as a position among commands: what an `&` behind it is about. */
  list: number
  /** The pipeline under way: its members and where it began. */
  members: number[]
  pipeStart: number
  /** Where the last command ended. */
  lastEnd: number
  words: Word[]
  redirects: Redirect[]
  script: Script | undefined
  commandStart: number
  before: string
  /** A function whose name was read and whose body is due. */
  due: Defined | undefined
  /** A `coproc` stands in front: the command runs beside what follows. */
  beside: boolean
}

/** Words that do not run, kept for what stands in them. */
export function pushData(draft: Draft, start: number, words: readonly Word[], loop?: string): void {
  if (words.length === 0 && loop === undefined) return
  const { cursor } = draft
  // Data is no command, but each word of it is looked at: behind this nothing is read.
  if (!afford(cursor.budget, BEGIN_COST)) cursor.budget.commands = 0
  draft.commands.push({
    kind: 'data',
    raw: written(cursor, start, cursor.at),
    words,
    redirects: [],
    script: undefined,
    loop,
    feeds: undefined,
    before: draft.before,
    after: ';',
    conditional: true,
    inFunction: cursor.functions > 0,
    bound: false,
  })
}
