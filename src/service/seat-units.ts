import type { Call, Subject } from '../engine/types.ts'
import { COMMAND_FIELDS, fieldsNamed } from '../intercept/params.ts'
import { canonical } from './digest.ts'

/**
 * What of a call is seen again when it runs, each as a text that is equal only for the same thing: a line
 * by its commands, a command by its arguments, a launcher with what it launches.
 */
export interface Units {
  /** The call itself, as the next edge would see it. */
  readonly own: string
  /** What runs because of it, one for each time that it is seen. */
  readonly inner: readonly string[]
  /** All files and URLs that it touches. */
  readonly touched: readonly string[]
}

/** More of them than a person could have looked at: such a call is asked again where it is seen again. */
const UNITS = 512

const SHELL = /^(?:ba|da|z|k|mk|pdk|a|)sh(?=\s)/

/** Undefined where it is not known what runs, so that nothing could be known again. */
export function unitsOf(call: Call): Units | undefined {
  if (isMcp(call)) return mcpUnits(call)
  if (call.tool !== 'exec') return undefined
  const parts = call.subjects.flatMap((subject, index) => subject.kind === 'part' ? [index] : [])
  if (parts.length === 0 || parts.length > UNITS) return undefined
  const inner: string[] = []
  for (const [index, { kind }] of call.subjects.entries()) {
    if (kind === 'part') inner.push(commandUnit(call, index))
    else if (kind === 'span') inner.push(spanUnit(call, index))
  }
  if (inner.length > UNITS) return undefined
  const argv = argvOf(call)
  // Which of two names it goes by nobody knows, so no seat is its own.
  if (argv !== undefined && isCalledOtherwise(call, argv)) return undefined
  const touched = [...new Set(call.subjects.flatMap(touchedBy))]
  if (argv === undefined) return { own: lineUnit(call, parts), inner, touched }
  const own = ownUnit(call, argv, parts)
  const at = inner.indexOf(own)
  return { own, inner: at < 0 ? inner : inner.filter((_, i) => i !== at), touched }
}

const isMcp = ({ tool }: Call): boolean => tool.startsWith('mcp__')

/** Longest call of an MCP tool that has a seat, in characters. */
const MCP_CALL = 1 << 16

/** A call of an MCP tool is seen by the host's hook and by the proxy before the server: the same name and arguments. */
function mcpUnits({ tool, params, subjects }: Call): Units | undefined {
  const own = canonical(['mcp', tool, params])
  if (own.length > MCP_CALL) return undefined
  return { own, inner: [], touched: [...new Set(subjects.flatMap(touchedBy))] }
}

/** The arguments of a call that came word by word. */
function argvOf({ params }: Call): readonly string[] | undefined {
  const given = [...fieldsNamed(params, ['argv']), ...fieldsNamed(params, COMMAND_FIELDS)]
  return given.map(({ value }) => value).find(Array.isArray) as readonly string[] | undefined
}

function isCalledOtherwise({ params }: Call, argv: readonly string[]): boolean {
  const called = base((argv[0] ?? '').replace(/^-/, ''))
  return fieldsNamed(params, ['program']).some(({ value }) => base(String(value)) !== called)
}

const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** A shell that is handed a line is that line; a launcher is its words with what it launches. */
function ownUnit(call: Call, argv: readonly string[], parts: readonly number[]): string {
  const program = base(argv[0] ?? '')
  const itself = parts.find((part) => {
    const command = call.subjects[part]!.command
    return command !== undefined && command.argv.length === argv.length &&
      command.argv.every((word, i) => i === 0 ? base(word) === program : word === argv[i])
  })
  if (itself !== undefined) return commandUnit(call, itself)
  const last = call.subjects.findLastIndex(({ kind }) => kind === 'span')
  return last < 0 || SHELL.test(`${program} `) ? lineUnit(call, parts) : spanUnit(call, last)
}

function lineUnit(call: Call, parts: readonly number[]): string {
  return canonical(['line', ...parts.map((part) => commandUnit(call, part))])
}

function spanUnit(call: Call, index: number): string {
  const { command, parts = [] } = call.subjects[index]!
  const words = command?.words ?? ''
  if (SHELL.test(words)) return lineUnit(call, parts)
  return canonical(['span', words, ...parts.map((part) => commandUnit(call, part))])
}

function commandUnit({ subjects }: Call, index: number): string {
  const { command } = subjects[index]!
  const [name = '', ...words] = command?.argv ?? []
  return canonical(['command', command?.program ?? name, ...words])
}

function touchedBy({ paths, urls }: Subject): readonly string[] {
  return [
    ...paths.map(({ access, path, absolute }) => canonical([access, path, absolute])),
    ...urls.map(({ url }) => url),
  ]
}

/** Directories in which a command of a line may run, as far as the line says. */
export function directoriesOf(call: Call, home: string): readonly string[] {
  const { cwd, subjects } = call
  // Server and host need not stand in one directory; the files that are meant must be the same.
  if (isMcp(call)) return [ANYWHERE]
  if (cwd === undefined) return []
  const found = [normal(cwd)]
  for (const { kind, command } of subjects) {
    if (kind !== 'part' || !/^(?:cd|pushd)$/.test(command?.program ?? '')) continue
    const target = command!.argv.slice(1).find((word) => !/^-[LPe@]+$|^--$/.test(word)) ?? home
    found.push(normal(target.startsWith('/') ? target : `${found.at(-1)}/${target}`))
  }
  return found
}

const ANYWHERE = ''

/** Where a call is seen, as `directoriesOf` names it. */
export function placeOf(call: Call, cwd: string): string {
  return isMcp(call) ? ANYWHERE : normal(cwd)
}

/** Without empty parts, `.` and `..`. */
export function normal(path: string): string {
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') kept.pop()
    else if (part !== '' && part !== '.') kept.push(part)
  }
  return `/${kept.join('/')}`
}
