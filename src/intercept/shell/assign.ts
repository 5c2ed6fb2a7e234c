import type { Assign } from './forms.ts'
import type { Scope } from './scope.ts'
import type { Command, Piece, Word } from './syntax.ts'
import { expandOne, expandWords, type Expansion, type Field, turnsOf, valueOf } from './words.ts'

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)(\[[^\]]*\])?(\+?)=/

/** Builtins whose operands are assignments. */
const DECLARING = new Set(['export', 'declare', 'typeset', 'local', 'readonly'])
/** Builtins that set the variables they name. */
const SETTING = new Set([
  'read',
  'unset',
  'mapfile',
  'readarray',
  'getopts',
  'let',
  'printf',
  'declare',
  'typeset',
  'local',
  'wait',
])

/** Whether a word in front of a command is an assignment: its name must not be quoted. */
export function isAssignment(word: Word): boolean {
  const first = word.sole ?? word.pieces[0]
  return first?.kind === 'text' && !first.quoted && first.text.includes('=') &&
    ASSIGNMENT.test(first.text)
}

/** How many words in front are assignments. */
export function assignmentsAhead(words: readonly Word[]): number {
  let ahead = 0
  while (ahead < words.length && isAssignment(words[ahead]!)) ahead++
  return ahead
}

/** Names that a command sets: by assignment, as a loop, or through a builtin. */
export function namesSet(command: Command): string[] {
  const names: string[] = command.loop === undefined ? [] : [command.loop]
  const ahead = assignmentsAhead(command.words)
  const builtin = plainText(command.words[ahead])
  const declares = DECLARING.has(builtin ?? '')
  const sets = SETTING.has(builtin ?? '')
  for (let index = 0; index < command.words.length; index++) {
    const word = command.words[index]!
    if (index < ahead || declares) {
      const name = ASSIGNMENT.exec(plainText(word) ?? '')?.[1]
      if (name !== undefined) names.push(name)
    } else if (sets) {
      const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(plainText(word) ?? '')?.[0]
      if (name !== undefined) names.push(name)
    }
    if (word.sole === undefined) addDefaulted(word.pieces, names)
  }
  return names
}

/** `${x:=word}` sets `x`. */
function addDefaulted(pieces: readonly Piece[], names: string[]): void {
  for (const piece of pieces) {
    if (piece.kind === 'variable' && piece.operator !== '' && /^:?=$/.test(piece.operator)) {
      names.push(piece.name)
    }
  }
}

function plainText(word: Word | undefined): string | undefined {
  const first = word?.sole ?? word?.pieces[0]
  return first?.kind === 'text' ? first.text : undefined
}

interface Assigned {
  readonly values: readonly string[] | undefined
  /** What it may set where its value rests on a variable that may hold one of several. */
  readonly guesses: readonly string[]
}

/** An assignment with its value expanded. */
export function readAssignment(
  word: Word,
  expansion: Expansion,
): Assign & Assigned {
  const [first, ...others] = word.pieces as [Piece & { kind: 'text' }, ...Piece[]]
  const [whole, name, index, plus] = ASSIGNMENT.exec(first.text) as unknown as [
    string,
    string,
    string | undefined,
    string,
  ]
  const list = others.find((piece) => piece.kind === 'list')
  const rest = first.text.slice(whole.length)
  const pieces = rest === '' ? others : [{ ...first, text: rest }, ...others]
  const value: Field = expandOne(pieces, expansion)
  const single = list === undefined && index === undefined && plus === ''
  const values = list?.kind === 'list' && plus === ''
    ? listValues(list.words, expansion)
    : undefined
  return {
    name,
    value,
    values: single && value.known ? [valueOf(value)] : values,
    guesses: single && !value.known ? guessed(pieces, expansion) : [],
  }
}

function guessed(pieces: readonly Piece[], expansion: Expansion): readonly string[] {
  return turnsOf(pieces, expansion).map((turn) => expandOne(pieces, turn))
    .flatMap((field) => field.text === field.shown ? [] : [valueOf(field)])
}

function listValues(words: readonly Word[], expansion: Expansion): readonly string[] | undefined {
  const fields = expandWords(words, expansion)
  return fields.every(({ known }) => known) ? fields.map(valueOf) : undefined
}

/** Values that a variable may hold in turn, as far as they are told apart. */
export const GUESS_COUNT = 16

/** Let a variable's value be doubtful from here on; what it held it may hold still. */
export function doubt({ values, guesses }: Pick<Scope, 'values' | 'guesses'>, name: string): void {
  const held = values.get(name)
  values.set(name, undefined)
  if (held?.length === 1 && held[0] !== '') guess(guesses, name, held)
}

function guess(guesses: Scope['guesses'], name: string, more: readonly string[]): void {
  const held = guesses.get(name) ?? []
  guesses.set(name, [...new Set([...held, ...more])].slice(0, GUESS_COUNT))
}

/** Take assignments over into the variables; what may or may not have happened leaves them unknown. */
export function remember(
  { values, guesses, outputs, references, frozen }: Scope,
  assigned: readonly (Assign & Assigned)[],
  certain: boolean,
): void {
  for (const { name: given, value, values: list, guesses: perhaps } of assigned) {
    const name = references.get(given) ?? given
    if (frozen.has(name)) continue
    // A value that may not be set stands beside the others.
    if (!certain) doubt({ values, guesses }, name)
    if (value.output !== undefined) outputs.set(name, value.output)
    else if (certain) outputs.delete(name)
    values.set(name, certain ? list : undefined)
    const more = list?.length === 1 && !certain ? list : perhaps
    if (more.length > 0) guess(guesses, name, more)
  }
}

export { DECLARING }
