import process from 'node:process'
import { RampartError } from '../errors.ts'
import { createStderrLog } from '../adapters/stderr-log.ts'
import { createApp } from '../http/app.ts'
import { type Handler, type Running, serve } from '../runtime/serve.ts'
import type { Api } from '../service/api.ts'
import { createApi } from '../service/create-api.ts'
import { sha256 } from '../service/digest.ts'
import { watchLapsed } from '../service/lapse.ts'
import { recordStart, recordStop } from '../service/lifecycle.ts'
import type { Services } from '../service/services.ts'
import type { Invocation } from './command.ts'
import { compose, type Composed } from './compose.ts'
import { boundary, socketOf } from './boundary.ts'
import { type Config, places } from './config.ts'
import { outliveReaders, type Output, safe } from './output.ts'
import {
  lockServer,
  readServerFile,
  removeServerFile,
  type ServerFile,
  writeServerFile,
} from './server-file.ts'
import { formatAddress } from './settings.ts'
import { shareDirectory, shareFile } from './socket-share.ts'
import { adminToken, prepareState } from './state.ts'
import { VERSION } from './version.ts'
import { warmUp } from './warm.ts'
import { unwrapped } from './wrap/directory.ts'
import { atTerminal } from './with-state.ts'

/** Run the server in this process until a signal ends it. Resolves with the exit code. */
export async function serveHere(invocation: Invocation, config: Config): Promise<number> {
  const { environment, out } = invocation
  const { home } = environment
  for (const warning of await prepareState(home)) out.note(safe`${warning}`)
  const lock = lockServer(home) ?? await refuseSecond(home)
  try {
    // Whatever is there was left by a server that was killed.
    await removeServerFile(home)
    const { token, warnings } = await adminToken(home)
    for (const warning of warnings) out.note(safe`${warning}`)
    return await withPort(config, async (door, settled) => {
      const composed = await compose(environment, settled)
      try {
        return await run(composed, await sha256(token), settled, invocation, door)
      } finally {
        await composed.close()
      }
    })
  } finally {
    await removeServerFile(home)
    lock.release()
  }
}

/** A port that is taken already: what comes in waits until somebody opens. */
interface Door {
  readonly running: Running
  open(fetch: Handler): void
}

/**
 * Where any free port will do it is taken before the policies are read, for they name it: our own address
 * is protected when the first request is answered (security.md F19).
 */
async function withPort<T>(
  config: Config,
  work: (door: Door | undefined, config: Config) => Promise<T>,
): Promise<T> {
  const { addr } = config.values
  if (addr.port !== 0) return await work(undefined, config)
  const { promise, resolve } = Promise.withResolvers<Handler>()
  const log = createStderrLog({ level: 'warn' })
  const fetch: Handler = async (request, env) => await (await promise)(request, env)
  const running = await serve({ fetch, tcp: addr, log }).catch((error) => {
    throw unlistenable(error, formatAddress(addr), undefined)
  })
  const port = Number(new URL(running.url!).port)
  const values = { ...config.values, addr: { ...addr, port } }
  try {
    return await work({ running, open: resolve }, { ...config, values })
  } finally {
    resolve(() => new Response(null, { status: 503 }))
    await running.close(0)
  }
}

async function refuseSecond(home: string): Promise<never> {
  const server = await readServerFile(home)
  const who = server === undefined ? 'it is starting' : `process ${server.pid}, ${server.url}`
  throw new RampartError('state_unusable', `A server runs on ${home} already (${who})`)
}

async function run(
  { services: composed, begin }: Composed<Services>,
  adminTokenHash: string,
  config: Config,
  { environment: { home, userHome }, flags, out }: Invocation,
  door: Door | undefined,
): Promise<number> {
  const isForWraps = flags.has('for-wraps')
  const ended = isForWraps
    ? Promise.race([signalled(), unwrapped(home, composed.clock)])
    : signalled()
  outliveReaders()
  const { services, keep, leave } = boundary(composed, config, home)
  const api = createApi(services, { adminTokenHash })
  const bridge = await gatewayBridge(config, api, services, userHome)
  const running = await listen(api, services, config, home, door)
  await recordStart(services, atTerminal(), {
    url: running.url ?? null,
    socket: running.socket ?? null,
  })
  watchLapsed(services)
  await keep(running)
  await begin?.(services, running.url!)
  const ending = new AbortController()
  const bridged = bridge?.(ending.signal)
  const file: ServerFile = {
    url: running.url!,
    socket: running.socket ?? null,
    pid: process.pid,
    started: new Date(services.settings.startedAt).toISOString(),
    version: VERSION,
    ...(isForWraps ? { for_wraps: true } : {}),
  }
  await writeServerFile(home, file)
  announce(file, services, home, out)
  const { tools = [] } = services.executor ?? {}
  if (tools.length > 0) {
    out.note(
      safe`executes ${tools.join(', ')} with the rights of this user, for tokens of scope execute`,
    )
  }
  // Whether it comes to its end is nobody's business.
  warmUp(services, ending.signal).catch(() => {})
  const signal = await ended
  // From here on nobody finds us; who waits for a person is told to ask again.
  await removeServerFile(home)
  leave()
  ending.abort()
  await bridged
  api.drain()
  await api.stopExecutions()
  await running.close()
  await recordStop(services, atTerminal(), signal)
  return 0
}

/** What answers an OpenClaw gateway, where one is named; loaded only then. */
async function gatewayBridge(
  { values: { openclaw } }: Config,
  api: Api,
  services: Services,
  userHome: string,
) {
  if (openclaw === undefined) return undefined
  const { gatewayAnswers } = await import('./openclaw.ts')
  return await gatewayAnswers(openclaw, api, services, userHome)
}

async function listen(
  api: Api,
  services: Services,
  config: Config,
  home: string,
  door: Door | undefined,
): Promise<Running> {
  const { values } = config
  const { host, port } = values.addr
  const socket = socketOf(config, home)
  const gid = values.socket_group
  const share = gid === undefined ? undefined : (at: string) => shareFile(at, gid, 0o660)
  try {
    if (socket !== undefined && gid !== undefined) await shareDirectory(socket, gid)
    const app = createApp(api, { settings: services.settings, host, log: services.log })
    const fetch: Handler = (request, env) => app.fetch(request, env)
    const { log } = services
    if (door === undefined) return await serve({ fetch, tcp: { host, port }, socket, share, log })
    const beside = await serve({ fetch, socket, share, log })
    door.open(fetch)
    const both = [door.running, beside]
    return {
      url: door.running.url,
      socket: beside.socket,
      reclaim: () => beside.reclaim(),
      close: async (ms) => void await Promise.all(both.map((one) => one.close(ms))),
    }
  } catch (error) {
    throw unlistenable(error, formatAddress(values.addr), socket)
  }
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENAMETOOLONG: 'the path of the socket is too long: choose a shorter one with --socket',
}

function unlistenable(error: unknown, address: string, socket: string | undefined): RampartError {
  if (error instanceof RampartError) return error
  const { code, message } = error as NodeJS.ErrnoException
  const why = WHY[code ?? ''] ?? message
  const where = socket === undefined ? address : `${address} and ${socket}`
  return new RampartError('unavailable', `Cannot listen on ${where}: ${why}`, { cause: error })
}

function announce(file: ServerFile, services: Services, home: string, out: Output): void {
  if (out.json) return out.row(file)
  const { url, socket } = file
  const { token } = places(home)
  const { mode } = services.settings
  const { set, files } = services.policies.current()
  out.line(safe`Rampart ${VERSION} answers on ${out.paint('bold', url)} (mode ${mode})`)
  out.line(safe`  policies  ${set.policies.length} from ${files.join(', ')}`)
  if (socket !== null) out.line(safe`  socket    ${socket}`)
  out.line(safe`  token     ${token}`)
  out.line(safe`Try it:`)
  out.line(safe`  ${curlLine(url, token)}`)
}

/** The first call, to be pasted into a shell. */
export function curlLine(url: string, token: string): string {
  const quoted = `'${token.replaceAll("'", `'\\''`)}'`
  return `curl -s -X POST ${url}/v1/preflight/exec -H "Authorization: Bearer $(cat ${quoted})"` +
    ` -H 'content-type: application/json'` +
    ` -d '{"agent":"a","session":"s","params":{"command":"rm -rf /"}}'`
}

/** Resolves with the first signal that asks us to end; a second one ends the process at once. */
function signalled(): Promise<string> {
  return new Promise((resolve) => {
    let ending = false
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (ending) process.exit(130)
        ending = true
        resolve(signal)
      })
    }
  })
}
