import { type Cursor, skipBlanks } from './cursor.ts'
import type { Draft } from './draft.ts'
import { afford, BEGIN_COST } from './limits.ts'
import type { Word } from './syntax.ts'

/** Whether the `()` of a function's head stands here. */
export function functionAhead(cursor: Cursor): boolean {
  return /^\([ \t]{0,64}\)/.test(cursor.text.slice(cursor.at, Math.min(cursor.end, cursor.at + 66)))
}

/** The name of a function whose body is due; the brackets behind it are skipped. */
export function define(draft: Draft, name: Word): void {
  const { cursor } = draft
  if (!afford(cursor.budget, BEGIN_COST)) cursor.budget.commands = 0
  draft.functions.push(name.raw)
  draft.functionDue = true
  draft.words = []
  draft.commandStart = -1
  skipBlanks(cursor)
  if (functionAhead(cursor)) cursor.at = cursor.text.indexOf(')', cursor.at) + 1
}
