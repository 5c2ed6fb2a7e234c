import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Executor, ProcessTask, Ran } from '../ports.ts'
import { Capture } from './execute-capture.ts'
import { holdDirectory, Unfit, wordOf } from './execute-place.ts'
import { MARK, signalGroup, sweep } from './execute-sweep.ts'

/** Where bash may lie: never looked for by a search path. */
const BASH = [
  '/bin/bash',
  '/usr/bin/bash',
  '/usr/local/bin/bash',
  '/run/current-system/sw/bin/bash',
]
/** Between TERM and KILL. */
const GRACE_MS = 2000
/** For outputs that something holds open which cannot be ended. */
const DRAIN_MS = 1000
/** Beyond this a command is ended: nobody reads so much. */
export const FLOOD_BYTES = 64 << 20

export interface ProcessPlace {
  readonly roots: readonly string[]
  /** What processes get of the server's environment, and nothing else. */
  readonly env: Readonly<Record<string, string>>
  /** What marks the processes of this state directory. */
  readonly mark: string
  /** Starts a program with the umask that the server was started with. */
  readonly start?: ((spawn: () => ChildProcess) => ChildProcess) | undefined
  readonly floodBytes?: number | undefined
}

type How = Parameters<Executor['run']>[1]

/** Every process group that runs, for an end of this process that waits for nobody. */
const leaders = new Map<number, string>()

/** End all of them at once, without waiting. */
export function killAll(): void {
  for (const [leader, mark] of leaders) {
    signalGroup(leader, 'SIGKILL')
    sweep(mark, [leader])
  }
}

/**
 * Run a program in a session of its own, with nothing to read and no environment but ours; end the whole of it
 * when it has ended, when its time is over or when nobody waits for it.
 */
export async function runProcess(
  task: ProcessTask,
  how: How,
  place: ProcessPlace,
): Promise<Ran> {
  const directory = await holdDirectory(task.cwd, place.roots)
  try {
    if (how.signal.aborted) return { state: 'cancelled', outputs: [] }
    const { file, args } = commandOf(task, place)
    const mark = `${place.mark}:${how.id}`
    const make = () =>
      spawn(file, args, {
        cwd: directory.name,
        env: { ...place.env, PWD: task.cwd, [MARK]: mark },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      })
    const child = (place.start ?? ((one) => one()))(make)
    return await followed(child, mark, how, place.floodBytes ?? FLOOD_BYTES)
  } finally {
    await directory.handle.close()
  }
}

function commandOf({ line, argv, cwd }: ProcessTask, { env }: ProcessPlace): {
  readonly file: string
  readonly args: readonly string[]
} {
  if (line !== undefined) {
    const bash = BASH.find(isProgram)
    if (bash === undefined) {
      throw new Unfit('There is no bash, and lines are judged as bash reads them')
    }
    return { file: bash, args: ['--noprofile', '--norc', '-c', '--', line] }
  }
  const [name = '', ...args] = argv!
  const file = name.includes('/')
    ? resolve(cwd, name)
    : (env['PATH'] ?? '').split(':').filter((dir) => dir.startsWith('/'))
      .map((dir) => join(dir, name)).find(isProgram)
  if (file === undefined || name === '') throw new Unfit('There is no such program')
  return { file, args }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Why a run was ended before its own end. */
type Ended = 'timed_out' | 'cancelled' | 'too_much_output'

function followed(child: ChildProcess, mark: string, how: How, flood: number): Promise<Ran> {
  const { promise, resolve } = Promise.withResolvers<Ran>()
  child.on('error', (error) => {
    // Of one that runs, it tells that a signal could not be sent.
    if (child.pid !== undefined) return
    resolve({ state: 'refused', detail: `It cannot be run: ${wordOf(error)}`, outputs: [] })
  })
  if (child.pid !== undefined) new Running(child, child.pid, mark, how, flood, resolve)
  return promise
}

/** A process with all that it starts, until the last of it has ended. */
class Running {
  readonly #child: ChildProcess
  readonly #leader: number
  readonly #mark: string
  readonly #how: How
  readonly #flood: number
  readonly #resolve: (ran: Ran) => void
  readonly #outputs: readonly Capture[]
  readonly #timers: ReturnType<typeof setTimeout>[] = []
  #bytes = 0
  #ended: Ended | undefined
  #isOver = false

  constructor(
    child: ChildProcess,
    leader: number,
    mark: string,
    how: How,
    flood: number,
    resolve: (ran: Ran) => void,
  ) {
    this.#child = child
    this.#leader = leader
    this.#mark = mark
    this.#how = how
    this.#flood = flood
    this.#resolve = resolve
    leaders.set(leader, mark)
    this.#outputs = [this.#read('stdout'), this.#read('stderr')]
    this.#after(how.limits.timeoutMs, () => this.#end('timed_out'))
    how.signal.addEventListener('abort', this.#left, { once: true })
    if (how.signal.aborted) this.#left()
    child.on('exit', (code, signal) => {
      this.#killWhole()
      // What cannot be ended may hold an output open for ever.
      this.#after(DRAIN_MS, () => this.#over(code, signal))
    })
    child.on('close', (code, signal) => this.#over(code, signal))
  }

  readonly #left = () => this.#end('cancelled')

  #after(ms: number, work: () => void): void {
    this.#timers.push(setTimeout(work, ms))
  }

  #read(name: 'stdout' | 'stderr'): Capture {
    const capture = new Capture(name, this.#how.limits.outputBytes)
    const stream = this.#child[name]!
    stream.on('data', (chunk: Uint8Array) => {
      if (this.#isOver) return
      capture.add(chunk)
      this.#how.seen?.(name, chunk.length)
      this.#bytes += chunk.length
      if (this.#bytes > this.#flood) this.#end('too_much_output')
    })
    stream.on('error', () => {})
    return capture
  }

  #end(why: Ended): void {
    if (this.#ended !== undefined || this.#isOver) return
    this.#ended = why
    // Whoever floods us is not asked to end.
    if (why === 'too_much_output') return this.#killWhole()
    signalGroup(this.#leader, 'SIGTERM')
    this.#after(GRACE_MS, () => this.#killWhole())
  }

  /** The group first, in one step that no fork gets out of; then what left it. */
  #killWhole(): void {
    signalGroup(this.#leader, 'SIGKILL')
    sweep(this.#mark, [this.#leader])
  }

  #over(code: number | null, signal: string | null): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#how.signal.removeEventListener('abort', this.#left)
    leaders.delete(this.#leader)
    this.#child.stdout!.destroy()
    this.#child.stderr!.destroy()
    this.#resolve({
      state: this.#ended ?? (code === null ? 'signalled' : 'exited'),
      ...(code === null ? { signal: signal ?? 'unknown' } : { exitCode: code }),
      outputs: this.#outputs.map((one) => one.result()),
    })
  }
}
