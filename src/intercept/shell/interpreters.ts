import { type Arguments, type OptionTable, readArguments, tail } from './options.ts'
import type { Field } from './words.ts'

/**
 * Programs that run code of another language. Nobody reads that language here: its string literals
 * count as commands, paths and URLs that it may use.
 */
export interface Interpreter {
  /** Options whose value is code. */
  readonly code?: readonly string[] | undefined
  /** Other short and long options that take a value. */
  readonly takes?: string | undefined
  readonly long?: readonly string[] | undefined
  /** A word that makes the operand behind it code: `deno eval`. */
  readonly verb?: string | undefined
  /** A word in front of the script: `deno run x.ts`. */
  readonly runs?: string | undefined
  /** The first operand is code unless an option gave it: `awk`. */
  readonly first?: true | undefined
  /** Without code or operand standard input is `code`, or data that may `escape` to a shell. */
  readonly input?: 'code' | 'escape' | undefined
  /** Its language is enough like the shell's to be read as that. */
  readonly shell?: true | undefined
  /** An operand with a plus sign in front is code: `vim +cmd`. */
  readonly plus?: true | undefined
  /** Code may stand behind every operand: `sqlite3 db '.shell x'`. */
  readonly operands?: true | undefined
}

/** A row with what is asked of it for every command. */
interface KnownInterpreter extends Interpreter {
  readonly table: OptionTable
  /** Options of one dash and several letters that hold code. */
  readonly words: readonly string[]
}

/** All that a row may say: rows of one shape are read fast. */
const SHAPE: { readonly [K in keyof Required<Interpreter>]: undefined } = {
  code: undefined,
  takes: undefined,
  long: undefined,
  verb: undefined,
  runs: undefined,
  first: undefined,
  input: undefined,
  shell: undefined,
  operands: undefined,
  plus: undefined,
}

function knownOf(row: Interpreter): KnownInterpreter {
  const code = row.code ?? []
  const single = code.filter((name) => /^-[^-]$/.test(name)).map((name) => name[1])
  const long = code.filter((name) => name.startsWith('--')).map((name) => name.slice(2))
  const words = code.filter((name) => /^-[^-]./.test(name))
  const table = {
    takes: (row.takes ?? '') + single.join(''),
    long: [...(row.long ?? []), ...long, ...words.map((word) => word.slice(1))],
  }
  return { ...SHAPE, ...row, table, words }
}

const INTERPRETERS: readonly (readonly [names: string, Interpreter])[] = [
  ['python pypy ipython jython micropython', {
    code: ['-c'],
    takes: 'WXm',
    input: 'code',
  }],
  ['perl', { code: ['-e', '-E'], takes: 'IMmF', input: 'code' }],
  ['ruby jruby', { code: ['-e'], takes: 'IrCEK', input: 'code' }],
  ['node nodejs tsx ts-node electron', {
    code: ['-e', '-p', '--eval', '--print'],
    takes: 'r',
    long: ['require', 'import', 'loader', 'env-file'],
    input: 'code',
  }],
  ['bun', {
    code: ['-e', '-p', '--eval', '--print'],
    takes: 'r',
    runs: 'run',
    input: 'code',
  }],
  ['deno', { verb: 'eval', runs: 'run' }],
  ['php', {
    code: ['-r', '-B', '-R', '-E', '--run', '--execute'],
    takes: 'dcfz',
    input: 'code',
  }],
  ['lua luajit', { code: ['-e'], takes: 'l', input: 'code' }],
  ['Rscript R julia elixir raku groovy scala kotlin erl', {
    code: ['-e', '-E', '--eval', '-eval'],
    input: 'code',
  }],
  ['mongo mongosh octave', { code: ['--eval'], input: 'code' }],
  ['irb pry ghci ghc jshell groovysh iex clojure clj bb xonsh elvish nu', {
    code: ['-e', '-x', '-c'],
    input: 'code',
  }],
  ['rails', { verb: 'runner' }],
  ['wp', { verb: 'eval' }],
  ['drush', { verb: 'php:eval' }],
  ['bc ftp lftp sftp telnet', { input: 'escape', operands: true }],
  ['tclsh wish expect', { code: ['-c'], input: 'code' }],
  ['osascript', { code: ['-e'], takes: 'l', input: 'code' }],
  ['gdb lldb', {
    code: ['-ex', '-o', '--eval-command', '-eval-command', '-iex'],
    takes: 'xp',
    input: 'escape',
  }],
  ['sqlite3 mysql mariadb psql duckdb', {
    code: ['-c', '-e', '-cmd', '--command', '--execute'],
    takes: 'dhpUuPfv',
    operands: true,
    input: 'escape',
  }],
  ['emacs', { code: ['--eval', '-eval', '--execute', '-f', '--funcall'], takes: 'l' }],
  ['emacsclient', { code: ['-e', '--eval'], operands: true }],
  ['vim vi nvim ex view gvim', {
    code: ['-c', '--cmd', '--remote-send', '--remote-expr'],
    takes: 'uiTS',
    plus: true,
    input: 'escape',
  }],
  ['ed red', { input: 'escape', operands: true }],
  ['dc', { code: ['-e', '--expression'], input: 'escape' }],
  ['less more', { input: 'escape', operands: true }],
  ['awk gawk mawk nawk goawk', { first: true, takes: 'Fvf', code: ['-e', '--source'] }],
  ['sed gsed', { first: true, takes: 'lf', code: ['-e', '--expression'] }],
  ['make gmake', { takes: 'CIjloW' }],
  // What is typed into another terminal, or handed to a service, may be a line for a shell (F22).
  ['cmd cmd.exe tmux xdotool ydotool wtype kitty wezterm busctl gdbus dbus-send', {
    operands: true,
    shell: true,
  }],
]

/** Every name, with its row once it was asked for: most hooks know a program that is none of these. */
const BY_NAME = new Map<string, Interpreter | KnownInterpreter>()
for (const [names, row] of INTERPRETERS) {
  for (const name of names.split(' ')) BY_NAME.set(name, row)
}

function interpreter(name: string): KnownInterpreter | undefined {
  const row = BY_NAME.get(name)
  if (row === undefined || 'table' in row) return row
  const known = knownOf(row)
  BY_NAME.set(name, known)
  return known
}

export interface Foreign {
  readonly code: readonly Field[]
  /** What standard input is to it. */
  readonly input: 'code' | 'escape' | 'none'
  /** The code reads like a shell's. */
  readonly shell: boolean
  /** Words that name files of code: a script, or what `-f` is given. */
  readonly files: readonly Field[]
}

function rowOf(name: string): KnownInterpreter | undefined {
  return interpreter(name) ??
    (/[\d.]$/.test(name) ? interpreter(unversioned(name)) : undefined)
}

export function isInterpreter(name: string): boolean {
  return rowOf(name) !== undefined
}

/** Whether its code stands in its words, and what it is fed is data: `awk`, `sed`. */
export function takesCodeFirst(name: string): boolean {
  return interpreter(name)?.first === true
}

/** The code an interpreter is given; undefined for every other program. */
export function foreignCode(name: string, fields: readonly Field[]): Foreign | undefined {
  const row = rowOf(name)
  if (row === undefined) return undefined
  if (name === 'make' || name === 'gmake') return makefile(fields)
  const args = argumentsOf(fields, row)
  const given = args.options.flatMap(({ name, value }) =>
    value !== undefined && row.code?.includes(name) ? [value] : []
  )
  const operands = row.runs !== undefined && args.operands[0]?.text === row.runs
    ? args.operands.slice(1)
    : args.operands
  const [first, second] = operands
  const files = [
    ...args.options.flatMap(({ name, value }) =>
      name === '-f' && value !== undefined ? [value] : []
    ),
    ...(given.length === 0 && first !== undefined && isScript(row) ? [first] : []),
  ]
  if (row.verb !== undefined) {
    return {
      code: first?.text === row.verb && second ? [...given, second] : given,
      input: first === undefined || isInput(first.text) ? 'code' : 'none',
      shell: false,
      files,
    }
  }
  if (row.first === true && given.length === 0) {
    const named = files.length > 0 || first === undefined
    const input = files.some(({ text }) => isInput(text)) ? 'escape' : 'none'
    return { code: named ? [] : [first], input, shell: false, files }
  }
  const code = row.operands === true ? [...given, ...args.operands] : given
  if (row.plus === true) {
    for (const { text, ...rest } of args.operands) {
      if (text.length > 1 && text.startsWith('+')) code.push({ ...rest, text: text.slice(1) })
    }
  }
  if (given.length === 1 && given[0]!.text === '-') {
    return { code: [], input: 'code', shell: row.shell === true, files }
  }
  const reads = given.length === 0 && !args.options.some(isModule) &&
    (first === undefined || isInput(first.text) || row.operands === true)
  return { code, input: reads ? row.input ?? 'none' : 'none', shell: row.shell === true, files }
}

/** Whether a word names standard input. */
export function isInput(text: string): boolean {
  return /^(?:-|\/dev\/stdin|\/dev\/fd\/0|\/proc\/self\/fd\/0)$/.test(text)
}

/** Whether the first operand is a file of code: to an editor, a pager or a database it is data. */
function isScript({ first, operands, input }: Interpreter): boolean {
  return first !== true && operands !== true && input !== 'escape'
}

/** `-m json.tool` reads data. */
function isModule({ name, value }: Arguments['options'][number]): boolean {
  return (name === '-m' && value !== undefined) || /^--?(?:version|help|[Vh])$/.test(name)
}

function argumentsOf(fields: readonly Field[], { table, words }: KnownInterpreter): Arguments {
  if (words.length === 0) return readArguments(fields, table, false)
  const spread = fields.map((field) =>
    words.includes(field.text) ? { ...field, text: `-${field.text}` } : field
  )
  const args = readArguments(spread, table, false)
  const options = args.options.map((option) =>
    words.includes(option.name.slice(1)) ? { ...option, name: option.name.slice(1) } : option
  )
  return { ...args, options }
}

/** `make -f -` runs the recipes that stand on standard input. */
function makefile(fields: readonly Field[]): Foreign {
  const input = fields.some(({ text }, i) =>
    /^(?:-f-|--file=-|--makefile=-|-f\/dev\/stdin)$/.test(text) ||
    (/^-f$/.test(text) && /^(?:-|\/dev\/stdin)$/.test(fields[i + 1]?.text ?? ''))
  )
  // `make CC=x`: what a variable of a makefile holds is run.
  const evals = fields.flatMap((field) => {
    const front = /^(?:--eval=|[A-Za-z_]\w*[:+?]?=)/.exec(field.text)?.[0]
    return front === undefined ? [] : [tail(field, front.length)]
  })
  const files = fields.filter((_, i) => /^-f$|^--(?:make)?file$/.test(fields[i - 1]?.text ?? ''))
  return { code: evals, input: input ? 'code' : 'none', shell: true, files }
}

/** `python3.12` is `python`. */
function unversioned(name: string): string {
  return name.replace(/-?\d[\d.]*$/, '')
}
