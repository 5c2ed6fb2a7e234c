import { expandBraces } from './braces.ts'
import { type Budget, FIELD_LIMIT } from './limits.ts'
import { plainField } from './plain.ts'
import type { Piece, Script, Word } from './syntax.ts'
import { operated } from './parameter.ts'
import { separators, valuesOf } from './values.ts'

import { type Field, NOTHING } from './field.ts'

export { type Field, NOTHING, unread } from './field.ts'
export { POSITIONAL } from './values.ts'

/** Variables of a line: a list of elements, or undefined for what cannot be known. */
export type Values = Map<string, readonly string[] | undefined>

export interface Expansion {
  readonly values: Values
  /** What variables may well hold whose value is not certain. */
  readonly guesses: ReadonlyMap<string, string>
  readonly budget: Budget
  /** What a script prints, where that can be told without running it. */
  readonly printed: (script: Script) => string | undefined
  /** The working directory where it is certain. */
  readonly cwd: string | undefined
}

interface Draft {
  text: string
  shown: string
  bare: string
  known: boolean
  tilde: boolean
  glob: boolean
  /** Something stands here, be it empty: a quote was seen or a character. */
  some: boolean
  process?: Script
  output?: Script
  hollow?: string
}

const blank = (): Draft => ({
  text: '',
  shown: '',
  bare: '',
  known: true,
  tilde: false,
  glob: false,
  some: false,
})

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
      for (const field of expandPieces(pieces, expansion, true)) fields.push(field)
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
  const done: Draft[] = []
  let draft = blank()
  const next = () => {
    if (draft.some) done.push(draft)
    draft = blank()
  }
  pieces.forEach((piece, index) => {
    if (piece.kind === 'text') addText(draft, piece, index === 0, expansion)
    else if (piece.kind === 'variable') {
      addVariable(draft, piece, expansion, split, next, () => draft)
    } else if (piece.kind === 'script') {
      const text = expansion.printed(piece.script)
      if (text === undefined) {
        draft.output ??= piece.script
        addUnknown(draft, piece.raw)
      } else {addValues(
          () => draft,
          [text.replace(/\n+$/, '')],
          piece.quoted,
          split,
          expansion,
          next,
        )}
    } else {
      if (piece.kind === 'process') draft.process = piece.script
      addUnknown(draft, piece.raw, piece.kind === 'process')
    }
  })
  next()
  return done
}

function addText(
  draft: Draft,
  piece: Piece & { kind: 'text' },
  first: boolean,
  expansion: Expansion,
): void {
  draft.some = true
  let text = piece.text
  if (first && !piece.quoted && text.startsWith('~')) {
    if (/^~\+(?:\/|$)/.test(text) && expansion.cwd !== undefined) {
      text = expansion.cwd + text.slice(2)
    } else draft.tilde = true
  }
  if (!piece.quoted && isGlob(text)) draft.glob = true
  if (draft.hollow !== undefined) draft.hollow += text
  draft.text += text
  draft.shown += text
  draft.bare += text
}

/** Whether names of files may take the text's place. */
function isGlob(text: string): boolean {
  if (text.includes('*') || text.includes('?')) return true
  const open = text.indexOf('[')
  return open >= 0 && text.indexOf(']', open + 2) > 0
}

function addUnknown(draft: Draft, raw: string, known = false, guess = raw): void {
  draft.some = true
  draft.text += guess
  if (draft.hollow !== undefined) draft.hollow += guess
  if (guess !== raw) draft.bare += guess
  draft.shown += raw
  draft.known &&= known
}

function addVariable(
  draft: Draft,
  piece: Piece & { kind: 'variable' },
  expansion: Expansion,
  split: boolean,
  next: () => void,
  current: () => Draft,
): void {
  const values = valuesOf(piece.name, expansion)
  if (values === 'home') {
    if (piece.operator === '' || /^:?[-=?]$/.test(piece.operator)) {
      if (!draft.some) draft.tilde = true
      draft.some = true
      draft.text += '~'
      draft.shown += '~'
      draft.bare += '~'
      return
    }
  } else if (isOneOfMany(piece.name, expansion)) {
    // Shells do not agree on the number of the first element, nor on what a list's bare name is.
    const all = expansion.values.get(piece.name.replace(/\[.*/, ''))!
    addUnknown(draft, piece.raw, false, (/\[/.test(piece.name) ? values ?? all : all).join(' '))
    return
  } else if (values !== undefined && piece.operator === '') {
    addValues(current, values, piece.quoted, split, expansion, next, piece.name)
    return
  }
  const known = values === 'home' ? undefined : values
  if (/^:?[-=+?]$/.test(piece.operator)) {
    const colon = piece.operator.startsWith(':')
    const set = known === undefined ? undefined : colon ? known.join(' ') !== '' : known.length > 0
    const plus = piece.operator.endsWith('+')
    if (set === true && !plus) {
      addValues(current, known!, piece.quoted, split, expansion, next, piece.name)
      return
    }
    const other = plus ? set !== false : set !== true
    if (other && !piece.operator.endsWith('?')) {
      const fallback = expandOne(piece.operand, expansion)
      if (set === undefined) addUnknown(draft, piece.raw, false, fallback.text)
      else if (!fallback.known) addUnknown(draft, piece.raw)
      else addValues(current, [fallback.text], piece.quoted, split, expansion, next)
      return
    }
    if (plus && set === false) return
  }
  const list = piece.operator === ':' && /^[@*]$|\[[@*]\]$/.test(piece.name)
  if (known !== undefined && piece.operator !== '' && !list) {
    const results = known.map((value) => operated(value, piece, expansion.budget))
    if (results.every((result) => result !== undefined)) {
      addValues(current, results, piece.quoted, split, expansion, next, piece.name)
      return
    }
  }
  const guess = expansion.guesses.get(piece.name)
  const unset = guess === undefined && !expansion.values.has(piece.name)
  const before = unset ? draft.hollow ?? draft.text : undefined
  addUnknown(draft, piece.raw, false, guess)
  if (before !== undefined) draft.hollow = before
}

const isOneOfMany = (name: string, { values }: Expansion): boolean =>
  !/^[@*]$|\[[@*]\]$/.test(name) && (values.get(name.replace(/\[.*/, ''))?.length ?? 0) > 1

/** Put known text in; unquoted it falls apart at the field separators. */
function addValues(
  current: () => Draft,
  values: readonly string[],
  quoted: boolean,
  split: boolean,
  expansion: Expansion,
  next: () => void,
  name = '',
): void {
  const size = values.reduce((sum, value) => sum + value.length, 0)
  if (size > expansion.budget.expansion) {
    expansion.budget.bound = true
    addUnknown(current(), `$${name}`)
    return
  }
  expansion.budget.expansion -= size
  const each = /(?:^|\[)@\]?$/.test(name)
  const whole = quoted && !each ? [values.join(' ')] : values
  whole.forEach((value, index) => {
    if (index > 0) split ? next() : addPlain(current(), ' ', true)
    if (quoted || !split) addPlain(current(), value, quoted)
    else addSplit(current, value, separators(expansion), next)
  })
  if (quoted && !each) current().some = true
}

function addPlain(draft: Draft, text: string, quoted: boolean): void {
  if (text === '' && !quoted) return
  draft.some = true
  if (draft.hollow !== undefined) draft.hollow += text
  draft.text += text
  draft.shown += text
  draft.bare += text
  if (!quoted && isGlob(text)) draft.glob = true
}

function addSplit(
  current: () => Draft,
  value: string,
  ifs: string | undefined,
  next: () => void,
): void {
  let run = ''
  const flush = () => {
    addPlain(current(), run, false)
    run = ''
  }
  for (const char of value) {
    if (!(ifs ?? ' \t\n').includes(char)) run += char
    else {
      flush()
      next()
    }
  }
  flush()
  // With separators that nobody knows the words cannot be known.
  if (ifs === undefined) current().known = false
}
