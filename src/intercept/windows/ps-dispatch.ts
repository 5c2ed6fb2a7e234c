import { emitPart } from '../shell/emit.ts'
import { DEPTH_LIMIT } from '../shell/limits.ts'
import { launch } from '../shell/open.ts'
import { changeDirectory } from '../shell/scope.ts'
import { type Cmdlet, CMDLETS } from './cmdlets.ts'
import { isWindowsPath, programName } from './paths.ts'
import { isPowerShellCommand, runPowerShellCommand } from './ps-commands.ts'
import { type Line, type Ran } from './ps-run.ts'
import { windowsProgram } from './programs.ts'
import { bind, given, isNative, listed, translated } from './translate.ts'
import { fieldOf, joined, listOf, literal, unknown, type Value } from './value.ts'

let made: ReadonlyMap<string, Cmdlet> | undefined

/** By name; made when it is first asked: most machines never do. */
function cmdlets(): ReadonlyMap<string, Cmdlet> {
  return made ??= new Map(
    CMDLETS.flatMap(([names, row]) => names.split(' ').map((name) => [name, row] as const)),
  )
}

/** A value that stands behind a command's name. */
export interface Argument extends Value {
  /** It may be the name of a parameter. */
  readonly dashed: boolean
  readonly block: boolean
  readonly listed: boolean
  /** It began with a quote. */
  readonly quoted?: boolean | undefined
}

/** A command behind so many others that nobody followed it. */
export function tooDeep(line: Line, raw: string, words: readonly Argument[]): Ran {
  line.reader.budget.bound = true
  const fields = words.slice(0, 16).map((word) => fieldOf(word, false))
  const index = emitPart(line.reader, line.scope, { raw, fields, unresolved: ['bound'] })
  return { parts: [index], words: raw, output: unknown(raw) }
}

/** How many names may stand for names. */
const ALIAS_LIMIT = 8

/** Read one command of PowerShell whose words are known as far as they can be. */
export function dispatch(
  line: Line,
  raw: string,
  words: readonly Argument[],
  feed: Value | undefined,
): Ran {
  if (line.depth > DEPTH_LIMIT) return tooDeep(line, raw, words)
  const [first, ...args] = words
  if (first === undefined) return emitted(line, raw, [], feed)
  // `& { … }`: what stands in the block was read.
  if (first.block) return { parts: [], words: raw, output: unknown(raw, first.kind) }
  if (!first.known) return emitted(line, raw, words, feed)
  let name = programName(first.text).replace(/^[\w.]{1,64}\\(?=[\w-]+$)/, '')
  for (let i = 0; i < ALIAS_LIMIT && line.aliases.has(name); i++) name = line.aliases.get(name)!
  if (line.scope.functions.has(name)) return emitted(line, raw, words, feed)
  if (isPowerShellCommand(name)) return runPowerShellCommand(line, raw, name, args, feed)
  const cmdlet = cmdlets().get(name)
  if (cmdlet !== undefined && !isNative(name, cmdlet, args)) {
    return runCmdlet(line, raw, name, cmdlet, args, feed)
  }
  return emitted(line, raw, [{ ...first, ...literal(spelled(first.text, name)) }, ...args], feed)
}

/** The name in lower case, behind its directory; one like `Get-Date` and a script as they were written. */
function spelled(text: string, name: string): string {
  const base = text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1)
  if (base.toLowerCase() === name && /^[a-z]+-[a-z]+$|\.ps1$/i.test(base)) return text
  const folded = programName(text) === name
  return folded
    ? text.slice(0, text.length - base.length) + base.replace(/^[^.]+/, (own) => own.toLowerCase())
    : name
}

function runCmdlet(
  line: Line,
  raw: string,
  name: string,
  cmdlet: Cmdlet,
  args: readonly Argument[],
  feed: Value | undefined,
): Ran {
  const { reader, scope, around } = line
  const bound = bind(args.filter(({ block }) => !block), cmdlet)
  const shape = name === 'new-item' || name === 'ni'
    ? newItem(cmdlet, given(bound, 'itemtype', 'type'))
    : cmdlet
  // What only sorts or selects is no command worth a part: what it is told stands in brackets.
  if (cmdlet.passes === true && line.around.targets.length === 0) {
    const files = feed === undefined
      ? unknown(raw)
      : { ...feed, known: feed.known && feed.files !== true }
    return { parts: [], words: raw, output: files }
  }
  const { fields, targets } = translated(shape, bound, feed)
  const index = emitPart(reader, scope, {
    raw,
    assigns: around.assigns,
    fields,
    targets: [...around.targets, ...targets],
    unresolved: around.unresolved,
  })
  const spelled = fields.map(({ text }) => text).join(' ')
  return { parts: [index], words: spelled, output: outputOf(name, cmdlet, bound, raw, feed) }
}

function outputOf(
  name: string,
  cmdlet: Cmdlet,
  bound: ReturnType<typeof bind>,
  raw: string,
  feed: Value | undefined,
): Value {
  if (cmdlet.lists === true) return listed(bound, /^(?:get-item|gi)$/.test(name))
  if (cmdlet.program === 'curl') return unknown(raw, 'text:network')
  if (cmdlet.program === 'echo' && cmdlet.options === undefined) {
    const values = given(bound, 'inputobject', 'object')
    return values.length === 0 ? feed ?? unknown(raw) : listOf(values)
  }
  if (name === 'join-path') return joined(given(bound, 'path', 'childpath'), '\\')
  return unknown(raw)
}

/** Directories, files and links are made by one cmdlet. */
function newItem(cmdlet: Cmdlet, [type]: readonly Value[]): Cmdlet {
  if (/^d/i.test(type?.text ?? '')) return { ...cmdlet, program: 'mkdir' }
  if (!/^(?:s|h|j)/i.test(type?.text ?? '')) return cmdlet
  return { ...cmdlet, program: 'ln -s', operands: ['value', 'target', 'path', 'name'] }
}

const NETWORK = new Set(['curl', 'wget', 'nc', 'ncat', 'ssh', 'scp', 'ftp'])
/** What is let alone: names in them are no paths. */
const OWN_WORDS = new Set([
  'reg',
  'schtasks',
  'net',
  'sc',
  'wmic',
  'bcdedit',
  'vssadmin',
  'net1',
  'grep',
  'sed',
])

/** Read a command that is a program: one of Windows, or one that is the same everywhere. */
export function emitted(
  line: Line,
  raw: string,
  words: readonly Argument[],
  feed: Value | undefined,
): Ran {
  const { reader, scope, depth, around } = line
  const [first, ...args] = words
  if (first === undefined) return { parts: [], words: raw, output: unknown(raw) }
  const name = first.known ? programName(first.text) : ''
  if (depth > DEPTH_LIMIT) return tooDeep(line, raw, words)
  const special = windowsProgram(line, raw, name, args, feed)
  if (special !== undefined) return special
  const paths = !OWN_WORDS.has(name)
  const fields = [
    first.known && line.scope.functions.has(first.text) ? fieldOf(first, false) : fieldOf(
      first.known && reader.written.size === 0
        ? literal(first.text.replace(/\.(?:exe|com|cmd|bat)$/i, ''))
        : first,
      true,
      false,
    ),
    ...args.map((arg) => fieldOf(arg, paths && isPath(arg), false)),
  ]
  const fed = feed === undefined ? around.feed : {
    text: feed.known ? feed.text : undefined,
    unresolved: feed.kind === '' ? 'text:unknown' : feed.kind,
  }
  const unresolved = !first.known && /network|decoded/.test(first.kind)
    ? [...around.unresolved, first.kind]
    : around.unresolved
  const { parts, words: spelled } = launch(reader, raw, fields, scope, depth, {
    ...around,
    feed: fed,
    unresolved,
  })
  return {
    parts,
    words: spelled,
    output: unknown(raw, NETWORK.has(name) ? 'text:network' : 'text:unknown'),
  }
}

function isPath({ text, bare, known }: Argument): boolean {
  return isWindowsPath(text) || (!known && isWindowsPath(bare))
}

/** `cd` in whatever spelling. */
export function moved(line: Line, raw: string, target: Value | undefined): Ran {
  const field = target === undefined ? undefined : fieldOf(target, true, false)
  const fields = [fieldOf(literal('cd'), false), ...(field === undefined ? [] : [field])]
  const { parts } = line.reader.possible === undefined
    ? { parts: [emitPart(line.reader, line.scope, { raw, fields, targets: line.around.targets })] }
    : { parts: [] }
  changeDirectory(line.scope, field, true)
  const words = fields.map(({ text }) => text).join(' ')
  return { parts, words, output: unknown(raw) }
}
