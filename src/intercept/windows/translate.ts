import type { Target } from '../shell/forms.ts'
import type { Field } from '../shell/words.ts'
import { type Cmdlet, COMMON_SWITCHES, COMMON_VALUES, NATIVE } from './cmdlets.ts'
import type { Argument } from './ps-dispatch.ts'
import { fieldOf, literal, NOTHING, unknown, type Value } from './value.ts'

/** A parameter as it was given: `-Force`, `-Path x,y`, `-Recurse:$false`. */
export interface Parameter {
  readonly name: string
  readonly values: readonly Value[]
}

/** A cmdlet's arguments by their names, and those that no name was found for. */
export interface Bound {
  readonly named: readonly Parameter[]
  readonly strange: readonly Argument[]
}

/** The parameter that a beginning means: the whole name first, then the cmdlet's own, then everybody's. */
function parameterOf(given: string, own: readonly string[]): string | undefined {
  if (own.includes(given)) return given
  const common = [...COMMON_SWITCHES, ...COMMON_VALUES]
  if (common.includes(given)) return given
  return own.find((name) => name.startsWith(given)) ??
    common.find((name) => name.startsWith(given))
}

/** Parameters that take a value, of a cmdlet's own. */
function valuesOf({ operands = [], options = {}, takes = [] }: Cmdlet): readonly string[] {
  return [...operands, ...Object.keys(options), ...takes]
}

/** Whether a program of another system is meant by a name that a cmdlet has, too. */
export function isNative(name: string, cmdlet: Cmdlet, args: readonly Argument[]): boolean {
  if (!NATIVE.has(name)) return false
  const own = [...Object.keys(cmdlet.switches ?? {}), ...valuesOf(cmdlet)]
  const dashed = args.filter((arg) => arg.dashed && arg.text.length > 1)
  return dashed.length > 0 && !dashed.some(({ text }) => {
    const given = text.slice(1).replace(/:.*$/s, '').toLowerCase()
    return given.length > 2 && parameterOf(given, own) !== undefined
  })
}

/** Give every argument its name. */
export function bind(args: readonly Argument[], cmdlet: Cmdlet): Bound {
  const switches = Object.keys(cmdlet.switches ?? {})
  const values = valuesOf(cmdlet)
  const named: { name: string; values: Value[] }[] = []
  const strange: Argument[] = []
  const { positions = [] } = cmdlet
  let position = 0
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    if (arg.dashed && arg.text.length > 1) {
      const colon = arg.text.indexOf(':')
      const given = arg.text.slice(1, colon < 0 ? undefined : colon).toLowerCase()
      // Where a beginning means two, the switch is the stronger reading.
      const name = parameterOf(given, [...switches, ...values])
      const attached = colon < 0 || colon + 1 === arg.text.length
        ? []
        : [{ ...arg, text: arg.text.slice(colon + 1), bare: '' }]
      const due = name !== undefined && (values.includes(name) || COMMON_VALUES.includes(name))
      const taken: Value[] = [...attached]
      if ((due && attached.length === 0) || (colon >= 0 && colon + 1 === arg.text.length)) {
        if (i + 1 < args.length) taken.push(args[++i]!)
        while (args[i + 1]?.listed === true) taken.push(args[++i]!)
      }
      if (name === undefined) strange.push({ ...arg, text: `-${arg.text.toLowerCase()}` })
      else named.push({ name, values: taken })
      continue
    }
    const name = positions[Math.min(position, positions.length - 1)]
    if (name === undefined) {
      strange.push(arg)
      continue
    }
    position++
    const taken: Value[] = [arg]
    while (args[i + 1]?.listed === true) taken.push(args[++i]!)
    named.push({ name, values: taken })
  }
  return { named, strange }
}

/** All that was given for a parameter. */
export function given({ named }: Bound, ...names: readonly string[]): readonly Value[] {
  return named.flatMap(({ name, values }) => names.includes(name) ? values : [])
}

export interface Translated {
  readonly fields: readonly Field[]
  readonly targets: readonly Target[]
}

/** A cmdlet and its arguments in the words of the program that does the same. */
export function translated(cmdlet: Cmdlet, bound: Bound, feed: Value | undefined): Translated {
  const { program, switches = {}, operands = [], options = {}, plain } = cmdlet
  const word = (text: string) => fieldOf(literal(text), false)
  const fields: Field[] = program.split(' ').map(word)
  const behind: Field[] = []
  const targets: Target[] = []
  for (const { name, values } of bound.named) {
    if (operands.includes(name)) continue
    const option = options[name]
    if (Object.hasOwn(switches, name)) {
      if (switches[name] !== '' && !/^\$?false$/i.test(values[0]?.text ?? '')) {
        fields.push(word(switches[name]!))
      }
    } else if (option === '>' || option === '>>') {
      for (const value of values) targets.push({ operator: option, field: fieldOf(value, true) })
    } else if (option !== undefined) {
      const path = /^-[oTd]$/.test(option)
      for (const value of values) fields.push(word(option), fieldOf(value, path, false))
    } else {
      const text = values.map((value) => value.text).join(',')
      const known = values.every((value) => value.known)
      fields.push(
        fieldOf({ ...literal(`--${name}${text === '' ? '' : `=${text}`}`), known }, false),
      )
    }
  }
  for (const name of operands) {
    const literally = name !== 'path'
    for (const value of given(bound, name)) {
      behind.push(fieldOf(value, plain !== true, !literally && plain !== true))
    }
  }
  for (const arg of bound.strange) {
    ;(arg.dashed ? fields : behind).push(fieldOf(arg, plain !== true && !arg.dashed, false))
  }
  if (
    cmdlet.piped === true && feed !== undefined &&
    given(bound, ...operands.filter((name) => name !== 'destination' && name !== 'pattern'))
        .length === 0
  ) {
    const files = (feed.list ?? [feed]).map((value) => fieldOf(fed(value), true))
    behind.splice(program === 'cp' || program === 'mv' ? 0 : behind.length, 0, ...files)
  }
  return { fields: [...fields, ...behind], targets }
}

/** A text through the pipe is a path. Where nobody knows it, it is something. */
function fed(value: Value): Value {
  return value.files === true || value.known ? value : unknown('{}')
}

/** What a listing gives to the next command: names below its directories. */
export function listed(bound: Bound, whole: boolean): Value {
  const paths = given(bound, 'path', 'literalpath', 'lp', 'pspath')
  const [filter] = given(bound, 'filter', 'include')
  const below = filter === undefined || !filter.known ? '*' : filter.text
  const values = (paths.length === 0 ? [literal('.')] : paths).map((path): Value => {
    const text = whole || /[*?]/.test(path.text)
      ? path.text
      : `${path.text.replace(/[\\/]$/, '')}\\${below}`
    return { ...NOTHING, text, bare: text, known: path.known, kind: 'text:unknown', files: true }
  })
  return values.length === 1 ? values[0]! : { ...values[0]!, list: values }
}
