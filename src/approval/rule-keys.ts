import type { OwnRule } from '../engine/own-rule.ts'
import type { Call, CommandForms, Json, Subject } from '../engine/types.ts'
import { commandLine } from '../intercept/exec.ts'
import { isPlainLine } from '../intercept/shell/plain-line.ts'
import { flagsOf, verbsOf } from '../intercept/shell/runs-code.ts'

/** Directories above a path that are looked at. */
const LEVELS = 64

/**
 * The key by which an allow is found: a rule can hold for a subject only where its key is among the
 * subject's, so that ten thousand rules cost no more than one.
 */
export function keyOf(rule: OwnRule): string {
  const tool = rule.tool ?? ''
  switch (rule.generalisation) {
    case 'flags':
      return key('flags', rule.program, rule.verbs ?? [], rule.flags ?? [])
    case 'program':
      return key('program', rule.program)
    case 'directory':
      return key('directory', tool, rule.directory)
    case 'host':
      return key('host', rule.host)
    case 'tool':
      return key('tool', tool)
    default:
      if (rule.line !== undefined) return key('line', rule.line)
      if (rule.argv !== undefined) return key('argv', rule.argv, rule.whole ?? null)
      if (rule.path !== undefined) return key('path', tool, rule.path)
      if (rule.url !== undefined) return key('url', rule.method ?? 'GET', rule.url)
      return key('params', tool, rule.params)
  }
}

/** Every key that a rule for this subject may have. */
export function keysOf(call: Call, subject: Subject): string[] {
  if (subject.command !== undefined) return commandKeys(call, subject, subject.command)
  const tool = subject.tools.at(-1) === 'delete' ? 'delete' : subject.tools[0] ?? ''
  if (subject.kind === 'part' && !CLASSES.has(tool)) {
    return [key('params', tool, paramsKey(call)), key('tool', tool)]
  }
  if (subject.paths.length > 0) {
    const { path } = subject.paths[0]!
    return [key('path', tool, path), ...above(path).map((dir) => key('directory', tool, dir))]
  }
  if (subject.urls.length > 0) {
    const { url } = subject.urls[0]!
    return [key('url', methodOf(call, subject), url), key('host', originOf(url))]
  }
  return [key('params', tool, paramsKey(call)), key('tool', tool)]
}

const CLASSES = new Set(['read', 'write', 'delete', 'fetch'])

function commandKeys(call: Call, { kind }: Subject, command: CommandForms): string[] {
  const line = lineOf(call)
  const keys = line === undefined ? [] : [key('line', line)]
  const [program] = command.argv
  if (kind === 'span' || program === undefined) return keys
  return [
    ...keys,
    key('argv', command.argv, wholeOf(command) ?? null),
    key('flags', program, verbsOf(command), flagsOf(command)),
    key('program', program),
  ]
}

/** What of a command its words do not say: assignments in front, redirections behind. */
export function wholeOf({ argv, whole }: CommandForms): string | undefined {
  return whole === argv.join(' ') ? undefined : whole
}

/** The language of a line, and the file that is run whatever the arguments call it. */
const SAYS_MORE = /^(?:shell|program)$/i

/**
 * The command line of a call as a shell gets it. With a `shell` or a `program` among the parameters that is
 * part of it.
 */
export function lineOf({ tool, params }: Pick<Call, 'tool' | 'params'>): string | undefined {
  if (tool !== 'exec') return undefined
  try {
    const line = commandLine(params, undefined)
    const shell = Object.entries(params).filter(([name]) => SAYS_MORE.test(name))
    return shell.length === 0 ? line : `${canonical(Object.fromEntries(shell))} ${line}`
  } catch {
    // It was read before, so this is a line that nobody can keep.
    return undefined
  }
}

/** Whether a command of a call means in its line what it means alone. */
export function isPlainCall(call: Call): boolean {
  let plain = plainCalls.get(call)
  if (plain === undefined) {
    const line = lineOf(call)
    plain = line !== undefined && isPlainLine(line, call.subjects)
    plainCalls.set(call, plain)
  }
  return plain
}

/** Each rule that may hold asks again. */
const plainCalls = new WeakMap<Call, boolean>()

export function paramsKey({ params }: Pick<Call, 'params'>): string {
  return canonical(params)
}

/** The method of a fetch; what a command reaches has none of its own. */
export function methodOf({ tool, params }: Call, { kind }: Subject): string {
  const { method } = params
  return tool === 'fetch' && kind === 'part' && typeof method === 'string'
    ? method.toUpperCase()
    : 'GET'
}

/** Scheme, host and port. */
export function originOf(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}

/** Each directory above a path, nearest first. */
export function above(path: string): string[] {
  const found: string[] = []
  for (let end = path.lastIndexOf('/'); end >= 0 && found.length < LEVELS;) {
    found.push(end === 0 ? '/' : path.slice(0, end))
    if (end === 0) break
    end = path.lastIndexOf('/', end - 1)
  }
  return found
}

function key(...parts: readonly unknown[]): string {
  return JSON.stringify(parts)
}

/** One text for one value, whatever the order in which its keys came. */
function canonical(value: Json): string {
  return JSON.stringify(
    value,
    (_name, inner: unknown) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0))
        : inner,
  )
}
