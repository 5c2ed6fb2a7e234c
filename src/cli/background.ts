import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { systemClock } from '../adapters/clock.ts'
import { RampartError } from '../errors.ts'
import { selfCommand } from '../runtime/self.ts'
import type { Invocation } from './command.ts'
import { places, serverEnvironment } from './config.ts'
import { safe } from './output.ts'
import { readServerFile, type ServerFile } from './server-file.ts'
import { prepareState } from './state.ts'

/** One that ends is heard of at once; on a busy machine one that lives may take its time. */
const PATIENCE_MS = 60_000
const LOOK_MS = 5
const LOG_TAIL = 4000

/**
 * Start the same `serve` in a process of its own and return once it answers, or with what it said when
 * it did not start. It gets only the variables it needs (security.md F37) and `/` as its directory.
 */
export async function serveInBackground(invocation: Invocation): Promise<number> {
  const { environment: { home }, out, flags } = invocation
  const words = flagWords(flags, (name) => !['background', 'json', 'home'].includes(name))
  const server = await startDetached(home, words, serverEnvironment(home))
  if (out.json) out.data(server)
  else {
    const log = logOf(home)
    out.line(safe`Rampart answers on ${server.url} (process ${server.pid}, log ${log})`)
  }
  return 0
}

/**
 * A server in a session of its own, with nothing of ours but what is given here. Resolves once it answers.
 *
 * @throws RampartError `unavailable` with what it said when it did not start.
 */
export async function startDetached(
  home: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ServerFile> {
  await prepareState(home)
  const path = logOf(home)
  const log = openSync(path, 'w', 0o600)
  const [program, ...argv] = [...selfCommand(), 'serve', ...words]
  const child = spawn(program!, argv, {
    cwd: '/',
    env: { ...env },
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const server = await answering(child, home, path)
  child.unref()
  return server
}

const logOf = (home: string) => join(places(home).run, 'serve.log')

const PATHS = ['policy', 'audit-dir', 'socket', 'store-password-file']

/** Flags of `serve` again, with paths that do not depend on the directory. */
export function flagWords(
  flags: Invocation['flags'],
  isWanted: (name: string) => boolean,
): string[] {
  return [...flags].filter(([name]) => isWanted(name)).flatMap(([name, value]) => {
    if (value === true) return [`--${name}`]
    return [`--${name}`, PATHS.includes(name) && value !== 'none' ? resolve(value) : value]
  })
}

async function answering(
  child: ReturnType<typeof spawn>,
  home: string,
  log: string,
): Promise<ServerFile> {
  const clock = systemClock()
  const deadline = clock.monotonic() + PATIENCE_MS
  let failure: string | undefined
  child.on('error', (error) => failure = error.message)
  child.on('exit', (code, signal) => failure ??= `it ended with ${code ?? signal}`)
  while (failure === undefined && clock.monotonic() < deadline) {
    const server = await readServerFile(home)
    if (server !== undefined && server.pid === child.pid) return server
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  if (failure === undefined && child.pid !== undefined) process.kill(child.pid, 'SIGTERM')
  const said = readFileSync(log, 'utf8').slice(-LOG_TAIL).trim()
  const why = failure ?? `no answer within ${PATIENCE_MS / 1000} s`
  throw new RampartError('unavailable', `The server did not start: ${why}\n${said}`)
}
