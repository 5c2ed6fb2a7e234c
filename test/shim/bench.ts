import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const SHIM = join(ROOT, 'shim', 'build', 'rampart-shim')

/** Why these tests do not run here; undefined when they do. C needs no second runtime. */
export function whyNot(): string | undefined {
  const versions = process.versions as Record<string, string | undefined>
  if (versions.bun !== undefined || versions.deno !== undefined) return 'run on Node'
  if (process.platform === 'win32') return 'there are no such shells'
  return spawnSync('make', ['--version']).status === 0 ? undefined : 'make is not installed'
}

/** Build the shim, or what `make` says against it. */
export function build(): void {
  const made = spawnSync('make', ['-C', join(ROOT, 'shim')], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(made.stderr)
}

export function has(program: string): boolean {
  return spawnSync('/bin/sh', ['-c', `command -v ${program}`]).status === 0
}

export interface Ran {
  readonly code: number | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly input?: string
  /** Standard input stays open. */
  readonly open?: boolean
  readonly env?: Record<string, string>
  readonly cwd?: string
  readonly argv0?: string
}

/** Run a program to its end, with an environment of its own. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      argv0: options.argv0,
      env: { PATH: '/usr/bin:/bin', HOME: tmpdir(), LC_ALL: 'C', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.setEncoding('latin1').on('data', (text: string) => out += text)
    child.stderr.setEncoding('utf8').on('data', (text: string) => err += text)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      child.stdin.destroy()
      resolve({ code, signal, out, err })
    })
    child.stdin.on('error', () => {})
    if (options.input !== undefined) child.stdin.write(options.input)
    if (options.open !== true) child.stdin.end()
  })
}

/** What the shim asked: the body of `POST /v1/preflight/exec`. */
export interface Asked {
  readonly method: string
  readonly path: string
  // deno-lint-ignore no-explicit-any
  readonly body: any
}

export type Answerer = (asked: Asked, nth: number) => unknown

export const ALLOW = { allowed: true, decision: 'allow', message: 'No rule objects', policy: null }
export const DENY = {
  allowed: false,
  decision: 'deny',
  message: 'Not here',
  policy: 'no-shells',
}

/** A directory of shells that are the shim, and a server of the test's own behind them. */
export interface Bench {
  readonly dir: string
  readonly asked: Asked[]
  /** Run one of the shells. */
  readonly shell: (name: string, args: readonly string[], options?: RunOptions) => Promise<Ran>
  /** Write `rampart.env` anew, with these lines besides. */
  readonly settings: (lines?: Record<string, string>) => void
  readonly socket: string
  readonly server: Server
}

const NAMES = ['bash', 'sh', 'dash', 'zsh', 'rampart-shim']

/** `answer`: a value is sent as JSON, a string as it is with status 200. */
export async function withShim(
  answer: Answerer,
  body: (bench: Bench) => Promise<void>,
): Promise<void> {
  build()
  const dir = mkdtempSync(join(tmpdir(), 'rampart-shim-'))
  const socket = join(dir, 'sock')
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part: string) => text += part)
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        body: text === '' ? undefined : JSON.parse(text),
      }
      asked.push(one)
      const told = answer(one, asked.length)
      if (told === undefined) return
      const { status = 200 } = told as { status?: number }
      const sent = typeof told === 'string' ? told : JSON.stringify(told)
      response.writeHead(typeof status === 'number' ? status : 200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(sent),
      })
      response.end(sent)
    })
  })
  const settings = (lines: Record<string, string> = {}) => {
    const all = { RAMPART_SOCKET: socket, RAMPART_TIMEOUT_MS: '30000', ...lines }
    const text = Object.entries(all).map(([name, value]) => `${name}=${value}\n`).join('')
    writeFileSync(join(dir, 'rampart.env'), text, { mode: 0o600 })
  }
  for (const name of NAMES) symlinkSync(SHIM, join(dir, name))
  settings()
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  try {
    const shell = (name: string, args: readonly string[], options?: RunOptions) =>
      run(join(dir, name), args, options)
    await body({ dir, asked, shell, settings, socket, server })
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    rmSync(dir, { recursive: true, force: true })
  }
}

/** The text of a file, or undefined: what shows that a command ran. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
