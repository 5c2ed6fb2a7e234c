import { emitPart } from '../shell/emit.ts'
import { type Cmdlet } from './cmdlets.ts'
import { type Argument, dispatch, emitted, moved } from './ps-dispatch.ts'
import { type Line, type Ran, runCode } from './ps-run.ts'
import { readCmdCode } from './cmd-run.ts'
import { bind, given } from './translate.ts'
import { fieldOf, joined, literal, NOTHING, unknown, type Value } from './value.ts'

type Run = (line: Line, raw: string, args: readonly Argument[], feed: Value | undefined) => Ran

const rows = (names: string, run: Run): (readonly [string, Run])[] =>
  names.split(' ').map((name) => [name, run] as const)

const START: Cmdlet = {
  program: 'start',
  switches: { wait: '', passthru: '', nonewwindow: '', usenewenvironment: '', loaduserprofile: '' },
  operands: ['filepath', 'argumentlist', 'args'],
  takes: [
    'verb',
    'windowstyle',
    'workingdirectory',
    'credential',
    'redirectstandardoutput',
    'redirectstandarderror',
    'redirectstandardinput',
    'environment',
  ],
  positions: ['filepath', 'argumentlist'],
}
const ALIAS: Cmdlet = {
  program: 'alias',
  switches: { force: '', passthru: '' },
  operands: ['name', 'value'],
  takes: ['description', 'option', 'scope'],
  positions: ['name', 'value'],
}
const CIM: Cmdlet = {
  program: 'cim',
  operands: ['class', 'classname', 'name', 'methodname', 'path'],
  options: { argumentlist: '', arguments: '' },
  takes: ['computername', 'namespace', 'inputobject', 'credential', 'query', 'cimsession'],
  positions: ['class', 'name'],
}

/** Commands that run others, or change what follows. */
const COMMANDS: ReadonlyMap<string, Run> = new Map([
  ...rows('invoke-expression iex', invokeExpression),
  ...rows('start-process saps start', startProcess),
  ...rows(
    'foreach-object foreach % invoke-command icm start-job sajb start-threadjob measure-command',
    blocks,
  ),
  ...rows('set-alias sal new-alias nal', setAlias),
  ...rows('set-variable sv new-variable nv', setVariable),
  ...rows('set-location sl cd chdir push-location pushd', (line, raw, args) => {
    const { named } = bind(args, {
      program: 'cd',
      operands: ['path', 'literalpath'],
      positions: ['path'],
    })
    return moved(line, raw, named[0]?.values[0])
  }),
  ...rows('invoke-wmimethod invoke-cimmethod iwmi icim', startByManagement),
  ...rows(
    'out-null oh out-host out-default',
    (_line, raw) => ({ parts: [], words: raw, output: NOTHING }),
  ),
])

export function isPowerShellCommand(name: string): boolean {
  return COMMANDS.has(name)
}

export function runPowerShellCommand(
  line: Line,
  raw: string,
  name: string,
  args: readonly Argument[],
  feed: Value | undefined,
): Ran {
  return COMMANDS.get(name)!(line, raw, args, feed)
}

function invokeExpression(
  line: Line,
  raw: string,
  args: readonly Argument[],
  feed: Value | undefined,
): Ran {
  const values = args.filter(({ dashed }) => !dashed)
  const code = values.length > 0 ? joined(values, ' ') : feed ?? unknown(raw)
  const through = feed?.files === true ? { ...code, known: false } : code
  return runCode(line, through, raw, through.known ? '' : 'Invoke-Expression')
}

function startProcess(
  line: Line,
  raw: string,
  args: readonly Argument[],
  feed: Value | undefined,
): Ran {
  const bound = bind(args, START)
  const program = given(bound, 'filepath')
  const behind = given(bound, 'argumentlist', 'args').flatMap(splitArguments)
  const words = [...program, ...behind].map(argument)
  if (program.length === 0) {
    return emitted(line, raw, [argument(literal('Start-Process')), ...args], feed)
  }
  const inner = dispatch({ ...line, depth: line.depth + 1 }, raw, words, undefined)
  const files = given(bound, 'redirectstandardoutput', 'redirectstandarderror')
  const verb = given(bound, 'verb').map(({ text }) => `--verb=${text}`)
  // As with `sudo`, a permission for a program is none for it with more rights.
  if (files.length === 0 && verb.length === 0) return inner
  const fields = ['Start-Process', ...verb].map((text) => fieldOf(literal(text), false))
  const targets = files.map((value) => ({ operator: '>', field: fieldOf(value, true, false) }))
  const index = emitPart(line.reader, line.scope, { raw, fields, targets, launched: true })
  return { ...inner, parts: [...inner.parts, index] }
}

/** One text may hold several arguments. */
function splitArguments(value: Value): readonly Value[] {
  if (!value.known || !/\s/.test(value.text.trim())) return [value]
  return (value.text.slice(0, 8192).match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? [])
    .map((word) => literal(word.replace(/^["']|["']$/g, '')))
}

export function argument(value: Value): Argument {
  return { ...value, dashed: /^-./.test(value.text), block: false, listed: false }
}

/** Blocks were read where they stand; a block from elsewhere, a file or another machine is said. */
function blocks(line: Line, raw: string, args: readonly Argument[]): Ran {
  const output = unknown(raw)
  const elsewhere = args.some(({ text, dashed }) =>
    dashed && /^-(?:comp|cn|session|hostn|sshc|connect|fi)/i.test(text)
  )
  const given = args.some(({ block }) => block)
  if (given && !elsewhere) return { parts: [], words: raw, output }
  const word = /^\s*[&.]?\s*([\w%-]+)/.exec(raw)?.[1] ?? 'Invoke-Command'
  // `gci | % FullName`: a property, no code.
  if (!given && /^(?:%|foreach)/i.test(word) && args.every(({ known }) => known)) {
    return { parts: [], words: raw, output }
  }
  const fields = [literal(word), ...args].map((value) => fieldOf(value, false))
  const unresolved = given ? [] : ['text:unknown']
  const index = emitPart(line.reader, line.scope, {
    raw,
    fields,
    unresolved,
    launched: true,
    targets: line.around.targets,
  })
  return { parts: [index], words: raw, output }
}

function setAlias(line: Line, raw: string, args: readonly Argument[]): Ran {
  const bound = bind(args, ALIAS)
  const [name] = given(bound, 'name')
  const [value] = given(bound, 'value')
  if (name?.known === true && value?.known === true && line.aliases.size < 256) {
    line.aliases.set(name.text.toLowerCase(), value.text.toLowerCase())
  }
  const fields = [literal('Set-Alias'), ...args].map((word) => fieldOf(word, false))
  const index = emitPart(line.reader, line.scope, { raw, fields, launched: true })
  return { parts: [index], words: raw, output: NOTHING }
}

function setVariable(
  line: Line,
  raw: string,
  args: readonly Argument[],
  feed: Value | undefined,
): Ran {
  const bound = bind(args, ALIAS)
  const [name] = given(bound, 'name')
  const [value] = given(bound, 'value')
  if (name?.known === true) {
    line.variables.set(name.text.toLowerCase(), value ?? feed ?? unknown(raw))
  }
  return { parts: [], words: raw, output: NOTHING }
}

/** `Invoke-WmiMethod Win32_Process Create 'cmd …'` starts a program. */
function startByManagement(line: Line, raw: string, args: readonly Argument[]): Ran {
  const fields = [literal('Invoke-CimMethod'), ...args].map((word) => fieldOf(word, false))
  const index = emitPart(line.reader, line.scope, { raw, fields, launched: true })
  const [code] = given(bind(args, CIM), 'argumentlist', 'arguments')
  if (code === undefined) return { parts: [index], words: raw, output: unknown(raw) }
  const inner = readCmdCode(line, code, raw)
  return { parts: [...inner.parts, index], words: raw, output: unknown(raw) }
}
