import { type Cursor, skipBlanks } from './cursor.ts'
import type { Draft } from './draft.ts'
import { afford, BEGIN_COST } from './limits.ts'
import type { Frame } from './reserved.ts'
import type { Defined, Word } from './syntax.ts'

/** The function whose body begins here. */
export function due(draft: Draft): Defined | undefined {
  const body = draft.due
  draft.due = undefined
  if (body === undefined) return undefined
  draft.cursor.functions++
  body.from = draft.commands.length
  return body
}

/** Whether the brackets of a function stand here. */
export function functionAhead(cursor: Cursor): boolean {
  return /^\([ \t]{0,64}\)/.test(cursor.text.slice(cursor.at, Math.min(cursor.end, cursor.at + 66)))
}

/** The name of a function whose body is due; the brackets behind it are skipped. */
export function define(draft: Draft, name: Word): void {
  const { cursor } = draft
  if (!afford(cursor.budget, BEGIN_COST)) cursor.budget.commands = 0
  draft.due = { name: name.raw, from: 0, to: 0 }
  draft.functions.push(draft.due)
  draft.words = []
  draft.commandStart = -1
  skipBlanks(cursor)
  if (functionAhead(cursor)) cursor.at = cursor.text.indexOf(')', cursor.at) + 1
}

/** Leave a frame; where it was a function's body, its last command is known now. */
export function endBody(draft: Draft, { body }: Frame): void {
  if (body === undefined) return
  draft.cursor.functions--
  body.to = draft.commands.length
}
