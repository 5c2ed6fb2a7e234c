import { textOfValue, valueOf } from './field.ts'
import { addPlain, addSplit, addUnknown, type Draft } from './field-draft.ts'
import { isParent, operated } from './parameter.ts'
import type { Piece } from './syntax.ts'
import { separators, valuesOf } from './values.ts'
import { expandOne, type Expansion } from './words.ts'

type Variable = Piece & { kind: 'variable' }

/** Where values are put: into the field under way, or beginning a next one. */
export interface Sink {
  readonly expansion: Expansion
  /** Whether unquoted values fall apart into fields. */
  readonly split: boolean
  readonly current: () => Draft
  readonly next: () => void
}

/** Put in what a variable, with the operator behind its name, stands for. */
export function addVariable(sink: Sink, piece: Variable): void {
  const { expansion } = sink
  const values = valuesOf(piece.name, expansion)
  if (values === 'home') {
    if (addHome(sink.current(), piece)) return
  } else if (isOneOfMany(piece.name, expansion)) {
    // Shells do not agree on the number of the first element, nor on what a list's bare name is.
    const all = expansion.values.get(piece.name.replace(/\[.*/, ''))!
    const held = piece.name.includes('[') ? values ?? all : all
    return addUnknown(sink.current(), piece.raw, false, held.join(' '))
  } else if (values !== undefined && piece.operator === '') {
    return addValues(sink, values, piece.quoted, piece.name)
  }
  const known = values === 'home' ? undefined : values
  if (/^:?[-=+?]$/.test(piece.operator) && addDefaulted(sink, piece, known)) return
  if (known !== undefined && addOperated(sink, piece, known)) return
  addGuess(sink.current(), piece, expansion)
}

/** `$HOME`, `${HOME:-x}` and `${HOME%/*}`. */
function addHome(draft: Draft, { operator, operand, raw }: Variable): boolean {
  if (operator === '' || /^:?[-=?]$/.test(operator)) {
    if (!draft.some) draft.tilde = true
    draft.some = true
    draft.text += '~'
    draft.shown += '~'
    draft.bare += '~'
    return true
  }
  if (operator === '%' && isParent(operand)) {
    addPlain(draft, valueOf({ text: '~/..', tilde: true }), true)
    return true
  }
  if (!staysHome(operator, operand)) return false
  addUnknown(draft, raw, false, valueOf({ text: '~', tilde: true }))
  return true
}

/** Whether a home is most likely what is left: `${HOME%/}`, `${HOME:0}`, not where all in front is cut. */
function staysHome(operator: string, operand: Variable['operand']): boolean {
  if (!/^[#%/:^,@]$/.test(operator)) return false
  if (operator === ':') {
    return operand.every((piece) => piece.kind === 'text' && !/^\s*[1-9]/.test(piece.text))
  }
  return operator !== '#' ||
    !operand.some((piece) => piece.kind === 'text' && piece.text.includes('*'))
}

/** `${x:-word}` and its like; false where the word does not come into it. */
function addDefaulted(sink: Sink, piece: Variable, known: readonly string[] | undefined): boolean {
  const colon = piece.operator.startsWith(':')
  const set = known === undefined ? undefined : colon ? known.join(' ') !== '' : known.length > 0
  const plus = piece.operator.endsWith('+')
  if (set === true && !plus) {
    addValues(sink, known!, piece.quoted, piece.name)
    return true
  }
  const other = plus ? set !== false : set !== true
  if (!other || piece.operator.endsWith('?')) return plus && set === false
  const fallback = expandOne(piece.operand, sink.expansion)
  if (set === undefined) addUnknown(sink.current(), piece.raw, false, valueOf(fallback))
  else if (!fallback.known) addUnknown(sink.current(), piece.raw)
  else addValues(sink, [valueOf(fallback)], piece.quoted)
  return true
}

/** `${x%y}` and its like, where the result can be told. */
function addOperated(sink: Sink, piece: Variable, known: readonly string[]): boolean {
  const list = piece.operator === ':' && /^[@*]$|\[[@*]\]$/.test(piece.name)
  if (piece.operator === '' || list) return false
  const results: string[] = []
  for (const value of known) {
    const { text, tilde } = textOfValue(value)
    const result = operated(text, piece, sink.expansion.budget)
    if (result === undefined) return false
    results.push(valueOf({ text: result, tilde: tilde && result[0] === '~' }))
  }
  addValues(sink, results, piece.quoted, piece.name)
  return true
}

function addGuess(draft: Draft, piece: Variable, expansion: Expansion): void {
  const { guesses, outputs, values, budget } = expansion
  let guess = guesses.get(piece.name)?.join(' ')
  if (guess !== undefined && guess.length > budget.expansion) {
    budget.bound = true
    guess = ''
  }
  budget.expansion -= guess?.length ?? 0
  const unset = guess === undefined && !values.has(piece.name)
  const before = unset ? draft.hollow ?? draft.text : undefined
  if (outputs.size > 0) draft.output ??= outputs.get(piece.name.replace(/\[.*/, ''))
  addUnknown(draft, piece.raw, false, guess)
  if (before !== undefined) draft.hollow = before
}

const isOneOfMany = (name: string, { values }: Expansion): boolean =>
  !/^[@*]$|\[[@*]\]$/.test(name) && (values.get(name.replace(/\[.*/, ''))?.length ?? 0) > 1

/** Put known text in; unquoted it falls apart at the field separators. */
export function addValues(sink: Sink, values: readonly string[], quoted: boolean, name = ''): void {
  const { expansion, split, current, next } = sink
  const { budget } = expansion
  const size = values.reduce((sum, value) => sum + value.length, 0)
  if (size > budget.expansion) {
    budget.bound = true
    addUnknown(current(), `$${name}`)
    return
  }
  budget.expansion -= size
  const each = /(?:^|\[)@\]?$/.test(name)
  const whole = quoted && !each ? [values.join(' ')] : values
  whole.forEach((value, index) => {
    if (index > 0) split ? next() : addPlain(current(), ' ', true)
    if (quoted || !split) addPlain(current(), value, quoted)
    else addSplit(current, value, separators(expansion), next)
  })
  if (quoted && !each) current().some = true
}
