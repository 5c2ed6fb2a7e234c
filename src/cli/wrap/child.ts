import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { constants } from 'node:os'
import { withCallersUmask } from '../umask.ts'
import { namedDescriptors } from './descriptors.ts'
import { forwardSignals, hasTerminal } from './signals.ts'

export interface Start {
  /** Absolute path, and the name the program is told. */
  readonly program: string
  readonly name: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** What runs a script without a first line that says so, as every shell does. */
  readonly shell: string
}

/** How it ended, as a shell says it: its code, 128+n for a signal; or why it could not be started. */
export type Ended = { readonly code: number } | { readonly code: 126 | 127; readonly why: string }

/** Run a program with our standard streams until it ends. Signals that reach us are its own. */
export async function runChild(start: Start): Promise<Ended> {
  const isLeader = !hasTerminal()
  let pid: number | undefined
  const forwarding = forwardSignals(() => pid, isLeader)
  try {
    const first = await ended(started(start, isLeader, (child) => pid = child.pid))
    if (!('errno' in first)) return first
    if (first.errno !== 'ENOEXEC') return unstartable(first.errno, start.name)
    const script = {
      ...start,
      program: start.shell,
      name: 'sh',
      args: [start.program, ...start.args],
    }
    const second = await ended(started(script, isLeader, (child) => pid = child.pid))
    return 'errno' in second ? unstartable(second.errno, start.name) : second
  } finally {
    forwarding.stop()
  }
}

function started(
  { program, name, args, env }: Start,
  isLeader: boolean,
  onStart: (child: ChildProcess) => void,
): ChildProcess | NodeJS.ErrnoException {
  try {
    const stdio = streams(args, env)
    const options = { argv0: name, env: { ...env }, stdio, detached: isLeader }
    const child = withCallersUmask(() => spawn(program, args, options))
    onStart(child)
    return child
  } catch (error) {
    return error as NodeJS.ErrnoException
  }
}

/** 0 to 2, and those that the command line names: `diff <(a) <(b)`. */
function streams(args: readonly string[], env: Readonly<Record<string, string>>): StdioOptions {
  const named = namedDescriptors(args, env)
  const last = Math.max(2, ...named)
  return Array.from(
    { length: last + 1 },
    (_, fd) => fd <= 2 ? 'inherit' : named.includes(fd) ? fd : 'ignore',
  )
}

function ended(
  child: ChildProcess | NodeJS.ErrnoException,
): Promise<{ readonly code: number } | { readonly errno: string }> {
  if (child instanceof Error) return Promise.resolve({ errno: child.code ?? child.message })
  return new Promise((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) resolve({ errno: error.code ?? error.message })
    })
    child.on('exit', (code, signal) => resolve({ code: code ?? 128 + numberOf(signal) }))
  })
}

const numberOf = (signal: NodeJS.Signals | null) =>
  signal === null ? 0 : constants.signals[signal] ?? 0

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'no such program, or what it names as its interpreter is not there',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  E2BIG: 'the arguments and the environment are too long',
  ENOEXEC: 'not a program for this machine',
}

function unstartable(errno: string, name: string): Ended {
  const why = `${name}: ${WHY[errno] ?? errno}`
  return { code: errno === 'ENOENT' ? 127 : 126, why }
}
