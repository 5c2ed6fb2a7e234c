import process from 'node:process'
import { randomHex } from '../../adapters/hash.ts'
import { Session } from '../../mcp/session.ts'
import type { World } from '../../mcp/ports.ts'
import { type Invocation, textFlag } from '../command.ts'
import { type Config, loadConfig, ownVariables } from '../config.ts'
import { KeptSocket } from '../kept-socket.ts'
import { outliveReaders, safe } from '../output.ts'
import { prepareState } from '../state.ts'
import { besideServer } from '../wrap/join.ts'
import { DEFAULT_PATH, findProgram } from '../wrap/program.ts'
import type { Found } from '../wrap/server.ts'
import { untilSignal } from '../wrap/signals.ts'
import { mayUse } from './allowed.ts'
import { startProcess } from './child.ts'
import { type Choice, chooseServer } from './choice.ts'
import { afterInput } from './ending.ts'
import { serverVariables } from './environment.ts'
import { createJudge } from './judge.ts'
import { openPins, type ServerPins } from './pins.ts'
import { RemoteServer } from './remote.ts'
import type { Remote } from './remote-request.ts'
import { readLines, type Upstream } from './upstream.ts'

/** What stands ready for a server that may be used. */
export interface Ready {
  readonly choice: Choice
  readonly pins: ServerPins
  readonly world: Pick<World, 'judge' | 'note' | 'pause' | 'nonce'>
  readonly upstream: Upstream
  /** Of a remote server: it needs the version that is agreed on. */
  readonly remote: Remote | undefined
}

/**
 * Start or reach the server that the command line means, if it may be, and run something with it. Resolves with
 * its exit code, 126 where it was denied, 128+n where we were interrupted before.
 */
export async function withMcpServer(
  invocation: Invocation,
  body: (ready: Ready) => Promise<number>,
): Promise<number> {
  const { environment: { home }, flags, out } = invocation
  const config = await loadConfig(invocation.environment, { serving: false, flags })
  const choice = await chooseServer(invocation, config)
  const [name = ''] = choice.words
  const found = choice.url === undefined
    ? findProgram(name, ownVariables()['PATH'] ?? DEFAULT_PATH)
    : { path: '' }
  if (!('path' in found)) {
    out.note(safe`${found.why}`)
    return found.code
  }
  for (const warning of await prepareState(home)) out.note(safe`${warning}`)
  return await besideServer(invocation, config, async (server) => {
    const seat = seatOf(invocation, config, server)
    const judge = createJudge(invocation, seat)
    const pins = await openPins(home, choice.options.server)
    const interrupted = untilSignal()
    const before = { choice, program: found.path, judge, pins, out, signal: interrupted.signal }
    const allowed = await mayUse(before)
    interrupted.stop()
    if (!allowed) {
      await judge.settled()
      return interrupted.code() ?? 126
    }
    const note = (text: string) => out.note(safe`${choice.options.server}: ${text}`)
    const remote = choice.url && { url: choice.url, token: choice.token }
    const upstream = remote === undefined
      ? await startProcess(found.path, choice.words, serverVariables(ownVariables()))
      : new RemoteServer(remote, note)
    const world = { judge, note, pause, nonce: () => randomHex(12) }
    return await body({ choice, pins, world, upstream, remote }).finally(async () => {
      await judge.settled()
      seat.server.end()
    })
  })
}

/** `rampart mcp`: stand between standard input and output and the server, until either side ends. */
export async function runProxy(invocation: Invocation): Promise<number> {
  const hostGone = new AbortController()
  outliveReaders(() => hostGone.abort())
  return await withMcpServer(invocation, async (ready) => {
    const { out } = invocation
    const { choice, pins, world, upstream, remote } = ready
    const session = new Session({
      ...world,
      pins,
      toServer: (text) => upstream.write(text),
      async toHost(text) {
        out.verbatim(`${text}\n`)
        await out.drained()
      },
    }, choice.options)
    if (remote !== undefined) (remote as Remote).version = () => session.version
    const input = readLines(process.stdin, (line) => session.take(line, 'host'))
      .then(() => session.hostEnded())
    const gone = new Promise<void>((resolve) =>
      hostGone.signal.addEventListener('abort', () => resolve(), { once: true })
    )
    void Promise.race([input, gone]).then(() => afterInput(upstream, session, hostGone.signal))
    const interrupted = remote === undefined ? undefined : untilSignal()
    interrupted?.signal.addEventListener('abort', () => upstream.kill('SIGTERM'))
    await upstream.read((line) => session.take(line, 'server'))
    await session.serverEnded()
    const code = await upstream.ended
    interrupted?.stop()
    // Nobody reads it any more, and it would keep this process alive.
    process.stdin.destroy()
    return interrupted?.code() ?? code
  })
}

function seatOf(invocation: Invocation, { values }: Config, { socket }: Found) {
  const { variables } = invocation.environment
  const run = `mcp-${randomHex(8)}`
  const timeout = /^[1-9]\d{2,4}$/.exec(variables['RAMPART_TIMEOUT_MS'] ?? '')?.[0]
  return {
    socket,
    name: textFlag(invocation, 'agent') ?? variables['RAMPART_AGENT'] ?? 'mcp',
    session: textFlag(invocation, 'session') ?? variables['RAMPART_SESSION'] ?? run,
    run,
    server: new KeptSocket(socket),
    timeoutMs: timeout === undefined ? Math.min(5000, values.approval_timeout) : Number(timeout),
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
  })
}
