import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { checkAnswer } from '../helpers/described.ts'
import { onlyOn, RUNTIME } from '../helpers/runtime.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** The sources, or what `npm test` made of them once: some hundred processes start, each in half the time. */
export const CLI = process.env['TEST_CLI'] || join(ROOT, 'src', 'cli.ts')
export const EXECUTABLE = join(ROOT, 'dist', 'rampart')

/** The command line of this very runtime: the same tests run on all three. */
export function ownRuntime(): string[] {
  return RUNTIME === 'deno'
    ? [process.execPath, 'run', '-A', '--no-check', CLI]
    : [process.execPath, CLI]
}

/** dist/rampart, tested once (on Node); with the reason when it is not to be tested here. */
export function executable(): { command?: string[]; why?: string } {
  const why = onlyOn('node', 'the executable is the same')
  if (why) return { why }
  if (!existsSync(EXECUTABLE)) return { why: 'dist/rampart is not built: npm run build' }
  return { command: [EXECUTABLE] }
}

/** Where runtimes keep what they made of the sources, so that not every process makes it again. */
const COMPILED = Object.fromEntries(
  ['NODE_COMPILE_CACHE', 'DENO_DIR'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  }),
)

/** What the programs under test get of our environment. */
export function cleanEnv(home: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? tmpdir(),
    RAMPART_HOME: home,
    NO_COLOR: '1',
    ...COMPILED,
    ...more,
  }
}

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Run a program to its end. */
export function runProgram(
  command: readonly string[],
  options: { home: string; cwd?: string; env?: Record<string, string>; input?: string },
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), {
      cwd: options.cwd ?? ROOT,
      env: cleanEnv(options.home, options.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Uint8Array) => out += String(chunk))
    child.stderr.on('data', (chunk: Uint8Array) => err += String(chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, err }))
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
  })
}

export interface Served {
  readonly url: string
  readonly socket: string
  readonly token: string
  readonly pid: number
  readonly child: ChildProcess
  /** What it printed so far. */
  readonly printed: () => string
  /** End it with a signal; resolves with its exit code and signal when it is gone. */
  readonly end: (signal?: NodeJS.Signals) => Promise<{ code: number | null; signal: string | null }>
}

const START_MS = 60_000

/** Servers by their home, so that a failed test leaves none behind to hold its runtime up. */
const running = new Map<string, Set<ChildProcess>>()

/** Start `serve` on a free port; resolves when `run/serve.json` names this process. */
export async function startServer(
  command: readonly string[],
  home: string,
  options: { args?: readonly string[]; cwd?: string; env?: Record<string, string> } = {},
): Promise<Served> {
  const argv = [...command.slice(1), 'serve', '--addr', '127.0.0.1:0', ...options.args ?? []]
  const child = spawn(command[0]!, argv, {
    cwd: options.cwd ?? ROOT,
    env: cleanEnv(home, options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.set(home, (running.get(home) ?? new Set()).add(child))
  let printed = ''
  child.stdout!.on('data', (chunk: Uint8Array) => printed += String(chunk))
  child.stderr!.on('data', (chunk: Uint8Array) => printed += String(chunk))
  const gone = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.on('exit', (code, signal) => resolve({ code, signal }))
  )
  const file = await until(() => {
    if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}:\n${printed}`)
    const content = serverFile(home)
    return content?.pid === child.pid ? content : undefined
  }, START_MS).catch((error) => {
    child.kill('SIGKILL')
    throw new Error(`${error.message}\n${printed}`)
  })
  return {
    url: file.url,
    socket: file.socket,
    pid: file.pid,
    token: readFileSync(join(home, 'token'), 'utf8').trim(),
    child,
    printed: () => printed,
    end: (signal = 'SIGTERM') => {
      // Deno's own kill() tells of the signal even where the child ended by itself.
      process.kill(child.pid!, signal)
      return gone
    },
  }
}

/** What `run/serve.json` says; a starting server takes away what a killed one left. */
function serverFile(home: string): { url: string; socket: string; pid: number } | undefined {
  try {
    return JSON.parse(readFileSync(join(home, 'run', 'serve.json'), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Ask again and again until there is an answer; a condition, not a guess at a time. */
export async function until<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  ms = 60_000,
): Promise<T> {
  const deadline = performance.now() + ms
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) throw new Error(`nothing within ${ms} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export async function inHome<T>(body: (home: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-e2e-'))
  try {
    return await body(join(dir, 'home'))
  } finally {
    for (const child of running.get(join(dir, 'home')) ?? []) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    }
    running.delete(join(dir, 'home'))
    rmSync(dir, { recursive: true, force: true })
  }
}

export interface Answered {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** One call of the API over TCP. */
export async function post(
  { url, token }: Pick<Served, 'url' | 'token'>,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(body),
  })
  return await described('POST', path, answer)
}

export async function get(
  { url, token }: Pick<Served, 'url' | 'token'>,
  path: string,
): Promise<Answered> {
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })
  return await described('GET', path, answer)
}

/** The answer, held to the description of the API. */
async function described(
  method: string,
  path: string,
  response: Response,
): Promise<Answered> {
  const { status, headers } = response
  const answer = { status, headers, text: await response.text() }
  checkAnswer(method, path.split('?')[0]!, answer)
  return { status, body: JSON.parse(answer.text) }
}

/** The same over the unix socket, without a token. */
export function postSocket(socket: string, path: string, body: unknown): Promise<Answered> {
  const text = JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const sent = request({
      socketPath: socket,
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
    }, (answer) => {
      let read = ''
      answer.on('data', (chunk: Uint8Array) => read += String(chunk))
      answer.on('end', () => {
        const whole = new Response(read, {
          status: answer.statusCode ?? 0,
          headers: { 'content-type': answer.headers['content-type'] ?? '', ...located(answer) },
        })
        described('POST', path, whole).then(resolve, reject)
      })
      answer.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(text)
  })
}

const located = ({ headers: { location } }: IncomingMessage): Record<string, string> =>
  location === undefined ? {} : { location }

/** The body of an exec call. */
export function exec(
  command: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return { agent: 'a', session: 's', params: { command }, ...more }
}
