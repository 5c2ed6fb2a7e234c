import { expandBraces } from './braces.ts'
import type { LazyMap } from './lazy.ts'
import { type Budget, FIELD_LIMIT } from './limits.ts'
import { plainField } from './plain.ts'
import type { Piece, Script, Word } from './syntax.ts'
import { addText, addUnknown, blank, fieldOf } from './field-draft.ts'
import { type Guesses, turnsOf } from './turns.ts'
import { addValues, addVariable, type Sink } from './variable.ts'
import { referred } from './values.ts'
import { type Field, NOTHING } from './field.ts'

export { type Field, literalField, NOTHING, textOfValue, unread, valueOf } from './field.ts'
export { turnsOf } from './turns.ts'
export { POSITIONAL } from './values.ts'

/** Variables of a line: a list of elements, or undefined for what cannot be known. */
export type Values = LazyMap<readonly string[] | undefined>

export interface Expansion {
  readonly values: Values
  /** What variables may well hold whose value is not certain. */
  readonly guesses: Guesses
  /** The scripts whose output variables hold. */
  readonly outputs: LazyMap<Script>
  readonly references: LazyMap<string>
  /** What the line itself made of names: none of them is the program of that name any more. */
  readonly functions: LazyMap<readonly Script[]>
  readonly aliases: LazyMap<string>
  readonly budget: Budget
  /** What a script prints, where that can be told without running it. */
  readonly printed: (script: Script) => string | undefined
  /** The working directory where it is certain. */
  readonly cwd: string | undefined
}

/** Expand words to the arguments they become. */
export function expandWords(words: readonly Word[], expansion: Expansion): Field[] {
  const fields: Field[] = []
  for (const word of words) {
    const plain = plainField(word)
    if (plain !== undefined) {
      fields.push(plain)
      if (fields.length > FIELD_LIMIT) {
        expansion.budget.bound = true
        return fields.slice(0, FIELD_LIMIT)
      }
      continue
    }
    for (const pieces of expandBraces(word.pieces, expansion.budget)) {
      for (const turn of turnsOf(pieces, expansion)) {
        for (const field of expandPieces(pieces, turn, true)) fields.push(field)
      }
      if (fields.length > FIELD_LIMIT) {
        expansion.budget.bound = true
        return fields.slice(0, FIELD_LIMIT)
      }
    }
  }
  return fields
}

/** Expand to exactly one field: an assignment's value, a redirection's target, a `case` word. */
export function expandOne(pieces: readonly Piece[], expansion: Expansion): Field {
  const fields = expandPieces(pieces, expansion, false)
  return fields[0] ?? NOTHING
}

function expandPieces(
  pieces: readonly Piece[],
  expansion: Expansion,
  split: boolean,
): Field[] {
  const done: Field[] = []
  let draft = blank()
  const next = () => {
    if (draft.some) done.push(fieldOf(draft))
    draft = blank()
  }
  const sink: Sink = { expansion, split, next, current: () => draft }
  pieces.forEach((piece, index) => {
    if (piece.kind === 'text') addText(draft, piece, index === 0, expansion.cwd)
    else if (piece.kind === 'variable') addVariable(sink, referred(piece, expansion))
    else if (piece.kind === 'script') {
      const text = expansion.printed(piece.script)
      if (text !== undefined) return addValues(sink, [text.replace(/\n+$/, '')], piece.quoted)
      draft.output ??= piece.script
      addUnknown(draft, piece.raw)
    } else {
      if (piece.kind === 'process') draft.process = piece.script
      addUnknown(draft, piece.raw, piece.kind === 'process')
    }
  })
  next()
  return done
}
