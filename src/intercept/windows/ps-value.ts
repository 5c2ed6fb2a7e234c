import type { Command, Piece, Word } from './syntax.ts'
import { environmentValue } from './paths.ts'
import { callMember } from './ps-call.ts'
import { type Line, runScript } from './ps-run.ts'
import { joined, listOf, literal, NOTHING, unknown, type Value, worst } from './value.ts'

/** What a word holds. What stands in its brackets is read on the way, so ask once a word. */
export function valueOf(line: Line, word: Word): Value {
  const values: Value[] = []
  let cast = ''
  for (const piece of word.pieces) {
    if (piece.kind === 'member') {
      const before = joined(values.splice(0), '')
      values.push(callMember(line, cast, before, piece, word.raw))
      cast = ''
    } else if (piece.kind === 'type') cast = piece.name
    else values.push(pieceValue(line, piece, word))
  }
  const [only] = values
  const value = values.length === 1 ? only! : spend(line, joined(values, ''))
  return cast === 'char' || cast === 'system.char' ? charOf(value) : value
}

function charOf(value: Value): Value {
  const items = value.list ?? [value]
  if (!items.every(({ text, known }) => known && /^(?:0x[\da-f]{1,5}|\d{1,6})$/i.test(text))) {
    return value
  }
  const text = items.map(({ text }) => String.fromCharCode(Number(text)))
  return listOf(text.map(literal))
}

function pieceValue(line: Line, piece: Piece, { pieces }: Word): Value {
  switch (piece.kind) {
    case 'text':
      return literal(piece.text)
    case 'variable':
      return variableValue(line, piece.name, piece.raw)
    case 'script': {
      const { output } = runScript(line, piece.script, piece.block)
      if (piece.block) return { ...unknown(piece.raw, output.kind), known: true, bare: '' }
      return pieces.length === 1 || output.known ? output : { ...output, text: piece.raw }
    }
    default:
      return NOTHING
  }
}

const CONSTANT: Readonly<Record<string, Value>> = {
  true: literal('True'),
  false: literal('False'),
  null: NOTHING,
  home: literal('~'),
  pwd: literal('.'),
  'env:pwd': literal('.'),
}

function variableValue(line: Line, name: string, raw: string): Value {
  const set = line.variables.get(name)
  if (set !== undefined) return spend(line, set)
  if (Object.hasOwn(CONSTANT, name)) return CONSTANT[name]!
  const value = name.startsWith('env:') ? environmentValue(name.slice(4)) : undefined
  return value === undefined ? unknown(raw, 'text:unknown') : literal(value)
}

/** Joining makes texts longer than the line; a line has so much of that. */
function spend({ reader }: Line, value: Value): Value {
  reader.budget.expansion -= value.text.length + (value.list?.length ?? 0)
  if (reader.budget.expansion >= 0) return value
  reader.budget.bound = true
  return unknown('…', 'text:unknown')
}

/** What an expression comes to: literals joined, formatted, repeated as lists; all else is not known. */
export function expressionValue(line: Line, { words, raw }: Command): Value {
  const groups: Value[][] = [[]]
  const operators: string[] = []
  for (const word of words) {
    if (word.operator) {
      operators.push(word.raw.toLowerCase())
      groups.push([])
    } else groups.at(-1)!.push(valueOf(line, word))
  }
  const values = groups.map((group) =>
    group.length === 0 ? NOTHING : group.length === 1 ? group[0]! : spend(line, listOf(group))
  )
  let value = values[0]!
  operators.forEach((operator, i) => {
    value = spend(line, operated(operator, value, values[i + 1]!, raw))
  })
  return value
}

function operated(operator: string, left: Value, right: Value, raw: string): Value {
  const kind = worst([left, right])
  const vague = unknown(raw, kind === '' ? 'text:unknown' : kind)
  switch (operator) {
    case '+':
    case '+=':
      return left.list !== undefined || right.list !== undefined
        ? listOf([left, right])
        : joined([left, right], '')
    case '-join': {
      const unary = left === NOTHING
      return joined((unary ? right : left).list ?? [unary ? right : left], unary ? '' : right.text)
    }
    case '-f':
      return left.known ? formatted(left.text, right.list ?? [right]) : vague
    case '-replace':
    case '-creplace':
    case '-ireplace': {
      const [from, to = NOTHING] = right.list ?? [right]
      if (
        !left.known || !right.known || from!.text === '' || /[\\^$.|?*+()[\]{}]/.test(from!.text)
      ) {
        return vague
      }
      return literal(left.text.slice(0, 4096).split(from!.text).join(to.text))
    }
    case '-as':
      return left
    default:
      return vague
  }
}

/** `'{1}{0}' -f 'a', 'b'` */
function formatted(format: string, values: readonly Value[]): Value {
  const kind = worst(values)
  let length = 0
  const text = format.replace(/\{(\d{1,2})(?:[,:][^{}]{0,32})?\}/g, (whole, index: string) => {
    const value = values[Number(index)]?.text ?? whole
    length += value.length
    return length > 65_536 ? whole : value
  })
  return values.every(({ known }) => known) && length <= 65_536
    ? literal(text)
    : unknown(text, kind === '' ? 'text:unknown' : kind)
}
