import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Why the C library is not tested here: it is the same on every runtime, so one of them tests it. */
export function skipped(): string | false {
  const versions = process.versions as Record<string, string | undefined>
  if (versions.bun !== undefined || versions.deno !== undefined) return 'run on Node'
  if (process.platform !== 'linux') return 'only Linux is tested'
  return false
}

const BUILD = join(ROOT, 'preload', 'build', 'test')
const built = new Set<string>()

/** Build targets of preload/Makefile into the ignored build directory of this tree; returns that directory. */
export function build(...targets: string[]): string {
  const missing = targets.filter((target) => !built.has(target))
  if (missing.length === 0) return BUILD
  // Test files run side by side: one of them builds, the others wait.
  const make = ['make', '-s', '-C', join(ROOT, 'preload'), `BUILD=${BUILD}`, 'ANALYZE=', ...missing]
  mkdirSync(BUILD, { recursive: true })
  const { status, stderr } = spawnSync('flock', [join(BUILD, 'lock'), ...make], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`make ${missing.join(' ')} fails: ${stderr}`)
  for (const target of missing) built.add(target)
  return BUILD
}

export interface Asked {
  readonly url: string
  readonly body: Record<string, unknown> & {
    readonly params: { readonly argv?: string[]; readonly program?: string }
  }
}

type Reply = (response: ServerResponse, asked: Asked, request: IncomingMessage) => void

export interface Bench {
  readonly dir: string
  readonly socket: string
  /** Every question so far, oldest first; approvals' polls are not among them. */
  readonly asked: Asked[]
  reply: Reply
  /** Run a program under the library to its end. */
  run(command: readonly string[], env?: Record<string, string>): Promise<Ran>
  start(command: readonly string[], env?: Record<string, string>): ChildProcess
  /** Stop listening: the socket is gone. */
  close(): Promise<void>
}

export interface Ran {
  readonly code: number | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

export function allow(response: ServerResponse): void {
  json(response, {
    allowed: true,
    decision: 'allow',
    message: '',
    policy: null,
    effects: [{ kind: 'read', path: '/x' }],
  })
}

export function deny(response: ServerResponse): void {
  json(response, { allowed: false, decision: 'deny', message: 'not that one', policy: 'no-touch' })
}

/** Another build to test instead, as `make asan` does. */
const LIBRARY = process.env.PRELOAD_LIBRARY

export function libraryPath(): string {
  return LIBRARY ?? join(build('all', 'probes'), 'librampart.so')
}

/**
 * What our own programs are run under, as `npm run test:native` does with memcheck. It has to be static: the
 * library would be loaded into it as well.
 */
const UNDER = (process.env.PRELOAD_UNDER ?? '').split(' ').filter((word) => word !== '')

/** Memcheck makes a vfork a fork: what the child did to its memory is not seen. */
export const HAS_VFORK = UNDER.length === 0
/** And it counts descriptors by itself: a program's limit of them is not the kernel's. */
export const HAS_LIMITS = UNDER.length === 0
const OF_UNDER = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name.startsWith('VALGRIND_')),
) as Record<string, string>

function under(command: readonly string[]): readonly string[] {
  return UNDER.length > 0 && command[0]!.startsWith(BUILD) ? [...UNDER, ...command] : command
}

/** A stand-in for the server on a socket of its own, with the library pointed at it. */
export async function withBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  const library = libraryPath()
  const dir = mkdtempSync(join(tmpdir(), 'rp-'))
  const socket = join(dir, 's')
  mkdirSync(join(dir, 'work'))
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => text += chunk)
    request.on('end', () => {
      const one = { url: request.url ?? '', body: text === '' ? { params: {} } : JSON.parse(text) }
      if (request.method === 'POST') asked.push(one)
      bench.reply(response, one, request)
    })
  })
  const start = (words: readonly string[], env: Record<string, string> = {}) => {
    const command = under(words)
    return spawn(command[0]!, command.slice(1), {
      cwd: join(dir, 'work'),
      env: { ...environment(dir, socket, library), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }
  const bench: Bench = {
    dir,
    socket,
    asked,
    reply: allow,
    start,
    run: (command, env) => ended(start(command, env)),
    close: () => stop(server),
  }
  try {
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    await work(bench)
  } finally {
    await stop(server)
    rmSync(dir, { recursive: true, force: true })
  }
}

function environment(dir: string, socket: string, library: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: dir,
    LD_PRELOAD: library,
    RAMPART_SOCKET: socket,
    RAMPART_LIB: library,
    RAMPART_TIMEOUT_MS: '20000',
    ...OF_UNDER,
    // What the launcher says of the first program: this process asked about it.
    RAMPART_ASKED: `s${process.pid}`,
  }
}

export function ended(child: ChildProcess): Promise<Ran> {
  let out = ''
  let err = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => out += chunk)
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => err += chunk)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, out, err }))
  })
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.listening ? server.close(() => resolve()) : resolve())
}
