import type { Field } from './words.ts'

/** Which options of a program take a value in the word behind them. */
export interface OptionTable {
  readonly takes?: string | undefined
  readonly long?: readonly string[] | undefined
}

export interface Option {
  /** `-o` or `--output`. */
  readonly name: string
  readonly value?: Field | undefined
}

/** Options and operands in their order, by getopt's rules. */
export interface Arguments {
  readonly options: readonly Option[]
  readonly operands: readonly Field[]
  /** Where operands begin, for programs that stop at the first. */
  readonly rest: number
}

/**
 * Read arguments as getopt does. With `stop` the first operand ends the options, as launchers need it;
 * else operands and options may mix.
 */
export function readArguments(
  fields: readonly Field[],
  table: OptionTable,
  stop: boolean,
  from = 1,
): Arguments {
  const options: Option[] = []
  const operands: Field[] = []
  let i = from
  for (; i < fields.length; i++) {
    const field = fields[i]!
    const { text } = field
    if (text === '--') {
      i++
      break
    }
    if (!text.startsWith('-') || text === '-') {
      if (stop) break
      operands.push(field)
    } else if (text.startsWith('--')) i += readLong(field, fields[i + 1], table, options)
    else i += readShort(field, fields[i + 1], table, options)
  }
  const rest = Math.min(i, fields.length)
  for (let at = rest; at < fields.length; at++) operands.push(fields[at]!)
  return { options, operands, rest }
}

function readLong(
  field: Field,
  next: Field | undefined,
  table: OptionTable,
  options: Option[],
): 0 | 1 {
  const equals = field.text.indexOf('=')
  if (equals >= 0) {
    options.push({ name: field.text.slice(0, equals), value: tail(field, equals + 1) })
    return 0
  }
  const name = field.text.slice(2)
  const takes = table.long?.some((long) =>
    long === name || (name.length > 3 && long.startsWith(name))
  )
  options.push({ name: field.text, value: takes ? next : undefined })
  return takes && next !== undefined ? 1 : 0
}

function readShort(
  field: Field,
  next: Field | undefined,
  table: OptionTable,
  options: Option[],
): 0 | 1 {
  const letters = field.text.slice(1)
  for (let i = 0; i < letters.length; i++) {
    const name = `-${letters[i]}`
    if (!table.takes?.includes(letters[i]!)) {
      options.push({ name })
      continue
    }
    const last = i === letters.length - 1
    options.push({ name, value: last ? next : tail(field, i + 2) })
    return last && next !== undefined ? 1 : 0
  }
  return 0
}

/** What is behind a position of a field, with what is known of the field. */
export function tail(field: Field, at: number): Field {
  const text = field.text.slice(at)
  return {
    ...field,
    text,
    shown: field.known ? text : field.shown.slice(at),
    tilde: text.startsWith('~'),
  }
}
