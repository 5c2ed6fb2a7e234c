import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request, type RequestOptions } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT, RUNTIMES } from './common.ts'

/** A server under measurement, on a state directory of its own. */
export interface Subject {
  readonly pid: number
  readonly url: URL
  readonly socket: string
  readonly token: string
  /** From the start of the process to its first answer on `/healthz`, in milliseconds. */
  readonly startMs: number
  stop(): Promise<void>
}

const START_MS = 20_000

/** Start `command serve` and wait for its first answer, in a home of its own or in the one that is given. */
export async function startServer(command: readonly string[], given?: string): Promise<Subject> {
  const home = given ?? mkdtempSync(join(tmpdir(), 'rampart-bench-'))
  const env = { PATH: process.env['PATH'], HOME: home, RAMPART_HOME: join(home, '.rampart') }
  const [program = '', ...args] = command
  const from = performance.now()
  const child = spawn(program, [...args, 'serve', '--addr', '127.0.0.1:0'], {
    env,
    cwd: home,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const file = join(env.RAMPART_HOME, 'run/serve.json')
  while (!existsSync(file)) {
    if (child.exitCode !== null || performance.now() - from > START_MS) {
      throw new Error(`${command.join(' ')} does not answer`)
    }
    await sleep(1)
  }
  const { url, socket } = JSON.parse(readFileSync(file, 'utf8')) as { url: string; socket: string }
  await health(new URL(url))
  const startMs = performance.now() - from
  const token = readFileSync(join(env.RAMPART_HOME, 'token'), 'utf8').trim()
  return {
    pid: child.pid!,
    url: new URL(url),
    socket,
    token,
    startMs,
    stop: async () => {
      await ended(child)
      if (given === undefined) rmSync(home, { recursive: true, force: true })
    },
  }
}

/** `src/cli.ts` as a runtime runs it. */
export function fromSource(runtime: readonly string[]): string[] {
  return [...runtime, join(ROOT, 'src/cli.ts')]
}

/** What users run, where it is built; else the same from source. */
export function shipped(): readonly string[] {
  const built = join(ROOT, 'dist/rampart')
  return existsSync(built) ? [built] : fromSource(RUNTIMES['bun']!)
}

const LOOK_MS = 500
/** Ticks of 10 ms in one look: a server that does nothing has its timers. */
const IDLE_TICKS = 3

/** Until a server that has just started has warmed itself up and is idle. */
export async function warmed({ pid }: Subject): Promise<void> {
  // It begins a second after its start.
  await sleep(1500)
  for (let before = ticks(pid), look = 0; look < 120; look++) {
    await sleep(LOOK_MS)
    const now = ticks(pid)
    if (now - before <= IDLE_TICKS) return
    before = now
  }
}

/** Processor time of a process, user and system, in ticks of 10 ms; proc(5). */
export function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ')
  return Number(fields[11]) + Number(fields[12])
}

function health(url: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    request(new URL('/healthz', url), (answer) => {
      answer.resume().on('end', () => resolve())
    }).on('error', reject).end()
  })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const end = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await end
}

/** A harmless call, enforced. */
export const BODY = JSON.stringify({
  agent: 'bench',
  session: 's',
  enforce: true,
  params: { command: 'git status' },
})

/**
 * Keep `connections` connections busy until `calls` calls were answered. Resolves with each call's
 * microseconds and the seconds all of them took.
 */
export async function load(
  subject: Subject,
  over: 'tcp' | 'socket',
  connections: number,
  calls: number,
): Promise<{ readonly micros: readonly number[]; readonly seconds: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const where = over === 'tcp'
    ? { host: subject.url.hostname, port: Number(subject.url.port) }
    : { socketPath: subject.socket }
  const options = {
    ...where,
    agent,
    method: 'POST',
    path: '/v1/preflight/exec',
    headers: {
      authorization: `Bearer ${subject.token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(BODY),
    },
  }
  const micros: number[] = []
  let left = calls
  const worker = async () => {
    while (left-- > 0) {
      const from = process.hrtime.bigint()
      await once(options)
      micros.push(Number(process.hrtime.bigint() - from) / 1000)
    }
  }
  const from = performance.now()
  await Promise.all(Array.from({ length: connections }, worker))
  const seconds = (performance.now() - from) / 1000
  agent.destroy()
  return { micros, seconds }
}

function once(options: RequestOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (answer) => {
      answer.resume().on('end', () => {
        if (answer.statusCode === 200) resolve()
        else reject(new Error(`status ${answer.statusCode}`))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(BODY)
  })
}
