import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import process from 'node:process'
import { RampartError } from '../../errors.ts'
import { withCallersUmask } from '../umask.ts'
import { forwardSignals } from '../wrap/signals.ts'
import { readLines, type Upstream } from './upstream.ts'
import { watchOver } from './watch-over.ts'

/** What a server that has ended may still have in its pipe. */
const DRAIN_MS = 2000

/**
 * Start a server with its standard streams to us; what it prints on stderr is the person's. It leads a process
 * group, gets the signals that we get, and does not outlive us.
 *
 * @throws RampartError `unavailable` where it cannot be started
 */
export async function startProcess(
  program: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Upstream> {
  const [name = '', ...args] = words
  const options = {
    argv0: name,
    env: { ...env },
    stdio: ['pipe', 'pipe', 'inherit'] as const,
    detached: true,
  }
  const child = withCallersUmask(() =>
    spawn(program, args, { ...options, stdio: [...options.stdio] })
  )
  await started(child, name)
  const forwarding = forwardSignals(() => child.pid, true)
  const watch = watchOver(child.pid!)
  const ended = new Promise<number>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      forwarding.stop()
      watch.end()
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal] ?? 0))
    }
    if (child.exitCode !== null || child.signalCode !== null) end(child.exitCode, child.signalCode)
    else child.on('exit', end)
  })
  const input = child.stdin!
  // It may end before it has read all; that it ended is told by `ended`.
  input.on('error', () => {})
  return {
    ended,
    async read(take) {
      // What it started may hold its output open; with the server nobody answers any more.
      const cut = ended.then(() => setTimeout(() => child.stdout!.destroy(), DRAIN_MS).unref())
      await readLines(child.stdout!, take)
      await cut
    },
    write: (text) => written(input, text),
    endInput: () => void input.end(),
    kill: (signal) => killGroup(child.pid!, signal),
  }
}

function started(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once(
      'error',
      (error: NodeJS.ErrnoException) =>
        reject(
          new RampartError(
            'unavailable',
            `${name} cannot be started: ${error.code ?? error.message}`,
          ),
        ),
    )
  })
}

/** Resolves when there is room for more, or nobody reads any longer. */
function written(
  input: NodeJS.WritableStream & { destroyed?: boolean },
  text: string,
): Promise<void> {
  if (input.destroyed || !input.writable || input.write(`${text}\n`)) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ROOM) input.off(event, done)
      resolve()
    }
    for (const event of ROOM) input.on(event, done)
  })
}
const ROOM = ['drain', 'close', 'error', 'finish']

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // Gone already.
  }
}
