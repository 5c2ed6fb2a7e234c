import process from 'node:process'
import { RampartError } from '../../errors.ts'
import type { Mode } from '../../service/services.ts'
import { flagWords, startDetached } from '../background.ts'
import type { Invocation } from '../command.ts'
import { textFlag } from '../command.ts'
import { type Config, places, serverEnvironment } from '../config.ts'
import { isServed, readServerFile } from '../server-file.ts'
import { MODES } from '../table.ts'
import { askForObject } from './ask-for-object.ts'
import { isWrapping } from './directory.ts'
import { shortSocket } from './short-path.ts'
import { isServersSocket } from '../../adapters/socket-owner.ts'
import { isAlive, markOf } from './process-mark.ts'

/** A server that answers on a socket of ours. */
export interface Found {
  readonly socket: string
  readonly mode: Mode
}

const HEALTH_MS = 5000
const PATIENCE_MS = 15_000
const END_MS = 15_000

/** The server of the state directory: the one that runs, or one that ends with the last wrap. */
export async function serverFor(invocation: Invocation, config: Config): Promise<Found> {
  const { home } = invocation.environment
  const running = await runningServer(home, config)
  if (running !== undefined) {
    checkAgainst(running, invocation)
    return running
  }
  const socket = config.values.socket ?? shortSocket(places(home).socket)
  const words = [
    ...flagWords(invocation.flags, (name) => ['policy', 'approval-timeout'].includes(name)),
    ...profileWords(invocation),
    ...['--addr', '127.0.0.1:0', '--socket', socket, '--mode', modeOf(invocation, config)],
    '--for-wraps',
  ]
  await startDetached(home, words, environmentOf(invocation))
  const found = await healthOf(socket)
  if (found === undefined) throw new RampartError('unavailable', `No answer from ${socket}`)
  return found
}

function profileWords(invocation: Invocation): string[] {
  const profile = textFlag(invocation, 'profile')
  return profile === undefined ? [] : ['--profile', profile]
}

async function runningServer(home: string, config: Config): Promise<Found | undefined> {
  if (config.values.socket !== undefined && config.values.socket !== 'none') {
    const found = await healthOf(config.values.socket)
    if (found !== undefined) return found
  }
  if (!isServed(home)) return undefined
  // It may be starting still, or ending: whoever looks waits for what becomes of it.
  for (let left = PATIENCE_MS; left > 0 && isServed(home); left -= 20) {
    const server = await readServerFile(home)
    if (server?.socket === null) {
      throw new RampartError(
        'unavailable',
        `The server of ${home} has no unix socket, by which wrapped programs ask: start it without --socket none`,
      )
    }
    const found = server === undefined ? undefined : await healthOf(server.socket)
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  if (!isServed(home)) return undefined
  throw new RampartError('unavailable', `The server of ${home} does not answer on its socket`)
}

/** What answers there; undefined where nobody does. A socket that others may swap is not asked (F7). */
async function healthOf(socket: string): Promise<Found | undefined> {
  if (!isTrusted(socket)) return undefined
  try {
    const { body } = await askForObject(socket, '/healthz', { timeoutMs: HEALTH_MS })
    const mode = MODES.find((one) => one === body['mode'])
    if (body['service'] === 'rampart' && mode !== undefined) return { socket, mode }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined
    throw new RampartError('unavailable', `No answer from ${socket}: ${(error as Error).message}`)
  }
  throw new RampartError('unavailable', `What answers on ${socket} is not Rampart`)
}

function isTrusted(socket: string): boolean {
  try {
    return isServersSocket(socket)
  } catch {
    return false
  }
}

/** What `--mode`, `--policy` and `--profile` ask of a server that runs already (security.md F5). */
function checkAgainst(running: Found, invocation: Invocation): void {
  const asked = textFlag(invocation, 'mode')
  if (asked !== undefined && asked !== running.mode) {
    const how = rankOf(asked) < rankOf(running.mode)
      ? `would loosen the mode ${running.mode}`
      : `cannot tighten the mode ${running.mode}`
    throw new RampartError('usage', `--mode ${asked} ${how} of the server that runs already`)
  }
  for (const name of ['policy', 'profile', 'approval-timeout']) {
    if (!invocation.flags.has(name)) continue
    throw new RampartError(
      'usage',
      `--${name}: a server runs already and decides by its own; leave --${name} out, or stop it first`,
    )
  }
}

/** Stricter is higher. */
const rankOf = (mode: string) => ['disabled', 'monitor', 'enforce'].indexOf(mode)

/** What a person says here, then what is configured; a variable can only tighten that (security.md F5). */
function modeOf({ environment }: Invocation, { values, origins }: Config): Mode {
  const variable = MODES.find((mode) => mode === environment.variables['RAMPART_MODE'])
  if (origins.mode.from === 'flag' || variable === undefined) return values.mode
  return rankOf(variable) > rankOf(values.mode) ? variable : values.mode
}

/** Not the mode, and of the failure posture only the tighter one: an agent may have set them. */
function environmentOf({ environment }: Invocation): Record<string, string> {
  const { RAMPART_MODE: _mode, RAMPART_FAIL_OPEN: open, RAMPART_SOCKET: _socket, ...left } =
    serverEnvironment(environment.home)
  return open === '0' ? { ...left, RAMPART_FAIL_OPEN: '0' } : left
}

/** End the server if it is there for wraps alone and none is left; resolves when it is gone. */
export async function endUnused(home: string): Promise<void> {
  const server = await readServerFile(home)
  if (server?.for_wraps !== true || isWrapping(home)) return
  const mark = markOf(server.pid)
  try {
    process.kill(server.pid, 'SIGTERM')
  } catch {
    return
  }
  for (let left = END_MS; left > 0 && isAlive(mark); left -= 5) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
