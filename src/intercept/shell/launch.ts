import { gitCode } from './git-options.ts'
import {
  bareOf,
  openContainer,
  openEach,
  openExpanding,
  openFind,
  openScan,
  openVerb,
} from './launch-forms.ts'
import type { Launcher } from './launcher-row.ts'
import { LAUNCHERS } from './launchers.ts'
import { readArguments, tail } from './options.ts'
import { baseName } from './program.ts'
import { readShellOptions } from './shell-options.ts'
import { openSocat } from './socat.ts'
import { type Field, NOTHING } from './words.ts'

/** What a launcher runs. */
export type Inner =
  | {
    readonly kind: 'argv'
    readonly fields: readonly Field[]
    readonly assigns: readonly Field[]
    /** Standard input stands behind it, or where this text stands. */
    readonly appends?: string | undefined
    /** Without any input it does not run. */
    readonly idle?: boolean
    /** Where its input comes from instead of standard input. */
    readonly from?: Field | undefined
    /** Its input is taken line by line, whatever stands in it. */
    readonly lines?: boolean
    /** It sees none of the variables around it. */
    readonly clean?: boolean
    /** The directory it runs in, where that is another one. */
    readonly chdir?: Field | undefined
  }
  | {
    readonly kind: 'code'
    readonly code: Field
    /** What `$0` and the arguments are; undefined = what they are around it. */
    readonly positional?: readonly Field[] | undefined
    /** It does not run here, or not now: what cannot be read of it is no code from nowhere. */
    readonly apart?: boolean
  }
  /** A shell that reads its script from standard input. */
  | {
    readonly kind: 'input'
    readonly args?: readonly Field[] | undefined
    /** As of `code`. */
    readonly apart?: boolean
  }
  /** A shell that reads its script from a file. */
  | { readonly kind: 'file'; readonly file: Field; readonly args: readonly Field[] | undefined }

export interface Launch {
  readonly inner: readonly Inner[]
  /** The launcher is a command of its own besides. */
  readonly own: boolean
}

/** What only running can tell, in the place where a launcher puts it. */
export const APPENDED: Field = { ...NOTHING, text: '{}', shown: '{}', bare: '{}', known: false }

/** Open one launcher; undefined for an ordinary command, or a launcher that launches nothing. */
export function openLauncher(
  name: string | undefined,
  fields: readonly Field[],
): Launch | undefined {
  const row = name === undefined ? undefined : LAUNCHERS.get(name)
  if (row === undefined) return undefined
  const inner = readers[row.form](fields, row)
  if (inner.length === 0) return undefined
  return {
    inner,
    own: row.own === true || inner.some(isOwn),
  }
}

/** What a launcher reads itself: a script, its standard input, a list of arguments. */
const isOwn = (inner: Inner): boolean =>
  inner.kind === 'file' || inner.kind === 'input' ||
  (inner.kind === 'argv' && inner.from !== undefined)

type Reader = (fields: readonly Field[], row: Launcher) => readonly Inner[]

const readers: Readonly<Record<Launcher['form'], Reader>> = {
  argv: openArgv,
  code: openCode,
  shell: openShell,
  find: openFind,
  first: (fields) => codeOf(readArguments(fields, {}, true).operands[0]),
  alias: (fields) =>
    fields.slice(1).flatMap((field) => {
      const equals = field.text.indexOf('=')
      return equals < 0
        ? []
        : codeOf(tail(field, equals + 1)).map((inner) => ({ ...inner, apart: true }))
    }),
  container: openContainer,
  option: (fields, row) => {
    const code = optionCode(fields, row, false)
    return code.length > 0 ? code : bareOf(row, fields)
  },
  stdin: () => [{ kind: 'input' }],
  git: (fields) => gitCode(fields).flatMap(codeOf),
  verb: openVerb,
  each: openEach,
  scan: openScan,
  expanding: openExpanding,
  socat: openSocat,
}

function codeOf(code: Field | undefined): readonly Inner[] {
  return code === undefined || code.text === '' ? [] : [{ kind: 'code', code }]
}

/** The values of options that hold code. */
function optionCode(fields: readonly Field[], row: Launcher, stop: boolean): readonly Inner[] {
  if (row.code === undefined) return []
  const takes = (row.takes ?? '') +
    row.code.filter((name) => name.length === 2).map((n) => n[1]).join('')
  const long = [...(row.long ?? []), ...row.code.map((name) => name.replace(/^--?/, ''))]
  return readArguments(doubled(fields, row.code), { takes, long }, stop).options
    .flatMap(({ name, value }) => {
      if (!row.code!.includes(name) && !row.code!.includes(name.slice(1))) return []
      const front = row.strip?.exec(value?.text ?? '')?.[0] ??
        (row.strip === undefined || !STRIPPED.test(name) ? '' : undefined)
      return value === undefined || front === undefined ? [] : codeOf(tail(value, front.length))
    })
}

/** Options whose value is a setting, of which some are code. */
const STRIPPED = /^(?:-o|--config)$/

/** `-TT` is one option, not two letters. */
function doubled(fields: readonly Field[], code: readonly string[]): readonly Field[] {
  const long = code.filter((name) => /^-[^-]./.test(name))
  if (long.length === 0) return fields
  return fields.map((field) =>
    long.includes(field.text) ? { ...field, text: `-${field.text}` } : field
  )
}

function openArgv(fields: readonly Field[], row: Launcher): readonly Inner[] {
  const code = row.code === undefined ? [] : optionCode(fields, row, false)
  const { options, rest: from } = readArguments(fields, withCode(row), true)
  let at = from
  const behind = at
  const dash = row.clears !== undefined && fields[at]?.text === '-'
  if (dash) at++
  const assigns: Field[] = []
  const takeAssigns = () => {
    while (row.assigns && /^[A-Za-z_][^=\s]*=/.test(fields[at]?.text ?? '')) {
      assigns.push(fields[at++]!)
    }
  }
  takeAssigns()
  at += row.operands ?? 0
  // `flock FILE -c CODE`: options may also stand behind the operands.
  if (code.length > 0) {
    return row.assigns === true ? code.map((one) => withWords(one, fields.slice(behind))) : code
  }
  const rest = fields.slice(at)
  if (rest.length === 0) return bareOf(row, fields)
  const appends = row.appends && placeholder(fields, row)
  return [{
    kind: 'argv',
    fields: rest,
    assigns,
    appends,
    idle: row.appends === true && isIdle(fields, row),
    lines: options.some(({ name }) => /^(?:-[0dL]|--null|--delimiter|--max-lines)$/.test(name)),
    clean: dash || row.clears?.some((name) => options.some((one) => one.name === name)) === true,
    from: row.appends === true
      ? options.findLast(({ name }) => /^(?:-a|--arg-file)$/.test(name))?.value
      : undefined,
    chdir: options.findLast(({ name }) => row.chdir?.includes(name))?.value,
  }]
}

/** Options that hold code take a value like the others. */
function withCode(row: Launcher): Launcher {
  if (row.code === undefined) return row
  const short = row.code.filter((name) => /^-[^-]$/.test(name)).map((name) => name[1]).join('')
  const long = row.code.filter((name) => name.startsWith('--')).map((name) => name.slice(2))
  return { ...row, takes: (row.takes ?? '') + short, long: [...(row.long ?? []), ...long] }
}

/** `env -S 'a b' c` runs `a b c`. */
function withWords(inner: Inner, rest: readonly Field[]): Inner {
  if (inner.kind !== 'code' || rest.length === 0) return inner
  const { code } = inner
  const quote = (text: string) => ` '${text.replaceAll("'", `'\\''`)}'`
  const quoted = rest.map(({ text }) => quote(text)).join('')
  const shown = rest.map((word) => word.known ? quote(word.text) : ` "${word.shown}"`).join('')
  return {
    ...inner,
    code: {
      ...code,
      text: code.text + quoted,
      shown: code.shown + shown,
      known: code.known && rest.every(({ known }) => known),
    },
  }
}

/** Whether `xargs` runs nothing where there is no input. */
function isIdle(fields: readonly Field[], row: Launcher): boolean {
  return readArguments(fields, row, true).options
    .some(({ name }) => name === '-r' || name === '--no-run-if-empty')
}

/** Where `xargs -I NAME` puts its input; '' where it puts it behind. */
function placeholder(fields: readonly Field[], row: Launcher): string {
  const { options } = readArguments(fields, row, true)
  const option = options.findLast(({ name }) => /^(?:-[IiJ]|--replace)$/.test(name))
  return option === undefined ? '' : option.value?.text ?? '{}'
}

function openCode(fields: readonly Field[], row: Launcher): readonly Inner[] {
  const takes = (row.takes ?? '') + (row.code?.map((name) => name[1]).join('') ?? '')
  const at = readArguments(fields, { ...row, takes }, true).rest + (row.operands ?? 0)
  const rest = fields.slice(at)
  const own = optionCode(fields, row, true)
  if (rest.length === 0) {
    return row.appends
      ? [...own, { kind: 'input' }]
      : [...own, ...bareOf(row, fields).map((inner) => ({ ...inner, apart: row.own === true }))]
  }
  const sources = rest.findIndex(({ text }) => /^:::/.test(text))
  // `parallel ::: a b` runs `a`, then `b`.
  if (sources === 0) return [...own, ...rest.slice(1).flatMap(codeOf)]
  const words = sources < 0 ? rest : [...rest.slice(0, sources), ...rest.slice(sources + 1)]
  const code = joined(row.appends ? [...words, APPENDED] : words)
  return [...own, { kind: 'code', code, apart: row.own === true }]
}

/** Words joined by blanks, as `eval` joins them. */
function joined(fields: readonly Field[]): Field {
  return {
    ...NOTHING,
    text: fields.map(({ text }) => text).join(' '),
    shown: fields.map(({ shown }) => shown).join(' '),
    known: fields.every(({ known }) => known),
    output: fields.find(({ output }) => output !== undefined)?.output,
  }
}

function openShell(fields: readonly Field[]): readonly Inner[] {
  const name = baseName(fields[0]!) ?? ''
  const sourced = name === '.' || name === 'source'
  const options = readShellOptions(name, fields.map(({ text }) => text))
  const { at } = options
  // `bash -n` reads and runs nothing, unless somebody sits in front of it.
  if ((options.noexec && !options.interactive) || options.ends) return []
  const next = fields[at]
  const started = options.started === undefined ? undefined : fields[options.started]
  // What an interactive shell reads first.
  const first: readonly Inner[] = started === undefined
    ? []
    : [{ kind: 'file', file: started, args: [] }]
  if (options.code) {
    if (next === undefined) return first
    const positional = fields.slice(at + 1)
    // dash runs the code and goes on with standard input; bash forgets `-s` then.
    const more: readonly Inner[] = options.input && name !== 'bash'
      ? [{ kind: 'input', args: positional }]
      : []
    return [...first, { kind: 'code', code: next, positional }, ...more]
  }
  const args = (from: number) => sourced && from >= fields.length ? undefined : fields.slice(from)
  return next === undefined || options.input
    ? [...first, { kind: 'input', args: args(at) }]
    : [...first, { kind: 'file', file: next, args: args(at + 1) }]
}
