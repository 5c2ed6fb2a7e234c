import { type Cursor, written } from './cursor.ts'
import { afford, BEGIN_COST } from './limits.ts'
import type { Frame } from './reserved.ts'
import {
  type Command,
  type Defined,
  type Pipeline,
  type Redirect,
  type Script,
  textWord,
  type Word,
} from './syntax.ts'

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
  /** The compound that has just ended, as a position among commands: redirections behind it are its own. */
  closed: number
  /** A function whose name was read and whose body is due. */
  due: Defined | undefined
  /** A `coproc` stands in front: the command runs beside what follows. */
  beside: boolean
}

/** Whether a redirection leads into standard input. */
export function isInput({ operator, raw }: Redirect): boolean {
  return operator.startsWith('<') && /^0?</.test(raw)
}

/** Hand what is redirected into a compound to the commands in it that nothing within it feeds. */
function feedCompound({ closed, commands, redirects }: Draft): void {
  const redirect = redirects.findLast(isInput)
  if (redirect === undefined) return
  const input = { redirect, from: closed }
  for (let i = closed; i < commands.length; i++) {
    const command = commands[i]!
    if (command.fedBy === undefined || command.fedBy.every((index) => index < closed)) {
      command.input ??= input
    }
  }
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
    input: undefined,
    bound: false,
  })
}

/** What runs in the background changes nothing here: of a list all does, be it joined by `&&`. */
export function detach({ commands, list }: Draft): void {
  for (let i = list; i < commands.length; i++) commands[i] = { ...commands[i]!, conditional: true }
}

/** What a `coproc` reads is written by what follows it. */
const PIPED: Redirect = {
  raw: '<&p',
  operator: '<&',
  target: textWord('p', false),
  body: undefined,
}

/** End the command under way: it is read now. */
export function push(draft: Draft, after: string): void {
  const { cursor } = draft
  if (draft.closed >= 0 && draft.words.length === 0) feedCompound(draft)
  if (draft.members.length === 0) draft.pipeStart = draft.commandStart
  draft.members.push(draft.commands.length)
  draft.lastEnd = cursor.at
  cursor.budget.commands--
  const conditional = draft.frames.length > 0 &&
    draft.frames.some(({ kind, fedBy }) => kind !== '{' || fedBy !== undefined)
  draft.commands.push({
    kind: draft.script === undefined ? 'simple' : 'subshell',
    raw: written(cursor, draft.commandStart, cursor.at),
    words: draft.words,
    redirects: draft.redirects,
    script: draft.script,
    loop: undefined,
    feeds: undefined,
    before: draft.before,
    after: draft.beside ? '&' : after,
    conditional,
    inFunction: cursor.functions > 0,
    fedBy: draft.frames.findLast(({ fedBy }) => fedBy !== undefined)?.fedBy,
    input: draft.beside ? { redirect: PIPED, from: draft.commands.length } : undefined,
    bound: cursor.budget.bound && cursor.at >= cursor.end,
  })
}
