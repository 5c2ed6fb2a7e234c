import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createExecutor, type ExecutorOptions } from '../../src/adapters/execute.ts'
import type { Ran, Task, TaskLimits } from '../../src/ports.ts'
import { until } from '../e2e/server.ts'

/** Why nothing is executed here; false where it is. */
export const noExecution = process.platform === 'linux'
  ? false
  : 'calls are executed on Linux alone'

const LIMITS: TaskLimits = { timeoutMs: 60_000, outputBytes: 4096 }
let marks = 0

export interface Asked {
  readonly cwd?: string
  readonly limits?: Partial<TaskLimits>
  readonly signal?: AbortSignal
  readonly seen?: (name: string, bytes: number) => void
  readonly options?: Partial<ExecutorOptions>
}

export interface ExecuteLab {
  /** A directory by its real name. */
  readonly dir: string
  readonly mark: string
  task(task: Task, asked?: Asked): Promise<Ran>
  /** A line for bash, or a program with its arguments. */
  run(command: string | readonly string[], asked?: Asked): Promise<Ran>
}

/** A real executor in a directory of its own; whatever it leaves behind fails the test. */
export async function inExecuteLab(body: (lab: ExecuteLab) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), 'rampart-execute-'))
  const mark = `test${process.pid}.${++marks}`
  const task: ExecuteLab['task'] = (one, { limits, signal, seen, options } = {}) =>
    createExecutor({
      tools: ['exec', 'read', 'write', 'fetch'],
      roots: [],
      env: { PATH: process.env.PATH ?? '', HOME: '/nowhere' },
      mark,
      protectedPaths: [],
      allowPrivate: false,
      own: { host: '127.0.0.1', port: 9090 },
      ...options,
    }).run(one, {
      id: 'ID',
      limits: { ...LIMITS, ...limits },
      signal: signal ?? new AbortController().signal,
      seen,
    })
  const run: ExecuteLab['run'] = (command, asked = {}) => {
    const what = typeof command === 'string' ? { line: command } : { argv: command }
    return task({ kind: 'exec', cwd: asked.cwd ?? dir, ...what }, asked)
  }
  try {
    await body({ dir, mark, run, task })
    await until(() => processesWith(`RAMPART_EXECUTION=${mark}`).length === 0 || undefined, 20_000)
  } finally {
    for (const pid of processesWith(`RAMPART_EXECUTION=${mark}`)) process.kill(pid, 'SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Processes that live and have a variable that begins so, or a command line that holds the text. */
export function processesWith(text: string, where: 'environ' | 'cmdline' = 'environ'): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      if (/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) return false
      return readFileSync(`/proc/${pid}/${where}`, 'latin1').includes(text)
    } catch {
      return false
    }
  }).map(Number)
}

/** One output's text. */
export function textOf(
  ran: Ran,
  name: 'stdout' | 'stderr' | 'content' = 'stdout',
): string | undefined {
  return ran.outputs.find((one) => one.name === name)?.text
}
