import { once } from 'node:events'
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Sinks } from '../../src/adapters/sinks.ts'
import { openSinks, type SinksOptions } from '../../src/adapters/sinks.ts'
import { systemClock } from '../../src/adapters/clock.ts'
import { ulids } from '../../src/adapters/ids.ts'
import type { SinkSpec } from '../../src/adapters/sink-deliver.ts'
import { sinks as readSinks } from '../../src/cli/sink-settings.ts'
import type { AuditLog, Clock } from '../../src/ports.ts'
import type { Trail } from './audit.ts'
import { DEVICE } from './formats.ts'

export function specOf(url: string, change: Partial<SinkSpec> = {}): SinkSpec {
  return { ...readSinks(url)[0]!, name: 'one', ...change }
}

/** A clock whose pauses are short: faults are many here, and nobody waits for a minute. */
function hastyClock(): Clock {
  const clock = systemClock()
  return { ...clock, sleep: (ms, signal) => clock.sleep(Math.min(ms, 10), signal) }
}

export interface Opened {
  readonly sinks: Sinks
  readonly log: AuditLog
  readonly told: string[]
  close(): Promise<void>
}

/** A trail with sinks, as a server opens them. */
export async function openWithSinks(
  trail: Trail,
  specs: readonly SinkSpec[],
  change: Partial<SinksOptions> = {},
): Promise<Opened> {
  const told: string[] = []
  const tell = (message: string, detail?: unknown) => void told.push(`${message} ${detail ?? ''}`)
  const clock = hastyClock()
  const sinks = await openSinks({
    dir: trail.dir,
    specs,
    device: () => Promise.resolve(DEVICE),
    clock,
    ids: ulids(clock),
    log: { error: tell, warn: tell, info: tell },
    reach: { allowPrivate: true },
    ...change,
  })
  const log = await trail.open({ observers: [sinks] })
  sinks.start(log)
  return { sinks, log, told, close: () => log.close() }
}

/** Until it holds; a test that waits for ever is ended by its runner. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Messages of a stream with octet counting (RFC 6587), and what is left of one that is not whole. */
export function framesOf(bytes: Uint8Array): string[] {
  const found: string[] = []
  for (let at = 0; at < bytes.length;) {
    const blank = bytes.indexOf(32, at)
    const length = Number(new TextDecoder().decode(bytes.subarray(at, blank)))
    const end = blank + 1 + length
    if (blank < 0 || !Number.isSafeInteger(length) || end > bytes.length) break
    found.push(new TextDecoder().decode(bytes.subarray(blank + 1, end)))
    at = end
  }
  return found
}

export interface Receiver {
  readonly port: number
  close(): Promise<void>
}

async function listening(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1')
  // A test that fails before it closes it still ends.
  server.unref()
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A receiver of streams: `fault` is told of each connection, and may end it in its way. */
export async function streamReceiver(
  onMessages: (messages: readonly string[]) => void,
  fault: (socket: Socket, nth: number) => 'read' | 'own' = () => 'read',
  port = 0,
  make: (onSocket: (socket: Socket) => void) => Server = createServer,
): Promise<Receiver> {
  let connections = 0
  const open = new Set<Socket>()
  const server = make((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {})
    if (fault(socket, ++connections) === 'own') return
    const chunks: Uint8Array[] = []
    socket.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    // What came whole counts, however it ended: a receiver writes as it reads.
    socket.on('close', () => onMessages(framesOf(Buffer.concat(chunks))))
  })
  return {
    port: await listening(server, port),
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export interface HttpRequest {
  readonly headers: IncomingMessage['headers']
  readonly path: string
  readonly body: string
}

export async function httpReceiver(
  answer: (request: HttpRequest, response: ServerResponse) => void,
  tls?: { readonly key: string; readonly cert: string },
): Promise<Receiver> {
  const take = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const chunks: Uint8Array[] = []
    incoming.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    incoming.on('error', () => {})
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      answer({ headers: incoming.headers, path: incoming.url ?? '', body }, outgoing)
    })
  }
  const server = tls === undefined ? createHttp(take) : createHttps(tls, take)
  return {
    port: await listening(server),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
