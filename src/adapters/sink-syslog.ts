import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { readFile } from 'node:fs/promises'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { syslogCef, syslogMessage } from '../audit/format/syslog.ts'
import { codeOf } from './safe-read.ts'
import { DeliveryError } from './delivery-error.ts'
import { type Deliver, type SinkSpec } from './sink-deliver.ts'

const PORTS: Readonly<Record<string, number>> = { 'udp:': 514, 'tcp:': 601, 'tls:': 6514 }

interface Target {
  readonly host: string
  readonly port: number
}

/**
 * Syslog by RFC 5424: over UDP a message a datagram (RFC 5426), over TCP and TLS with octet counting
 * (RFC 6587, RFC 5425).
 */
export function syslogDelivery(spec: SinkSpec): Deliver {
  const { protocol, hostname, port } = new URL(spec.url)
  const target = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || PORTS[protocol]),
  }
  const encode = spec.format === 'cef' ? syslogCef : syslogMessage
  return async (lines, device, signal) => {
    const messages = lines.map((line) => Buffer.from(encode(line, device)))
    if (protocol === 'udp:') await sendDatagrams(target, messages, signal)
    else {
      const open = protocol === 'tls:' ? await tlsTo(target, spec) : () => connectTcp(target)
      await sendStream(open, messages, signal)
    }
    return { rejected: 0 }
  }
}

async function tlsTo(target: Target, spec: SinkSpec): Promise<() => Socket> {
  const [ca, cert, key] = await Promise.all(
    [spec.ca_file, spec.cert_file, spec.key_file].map(pemOf),
  )
  const options: ConnectionOptions = {
    ...target,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: spec.tls_verify,
    ...(isIP(target.host) ? {} : { servername: target.host }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
  return () => connectTls(options)
}

/** Read each time: certificates are replaced under a running server. */
export async function pemOf(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new DeliveryError(`Cannot read ${path}: ${codeOf(error)}`)
  }
}

const LEAST_APART_MS = 10

/**
 * A connection a batch: syslog has no answers, but a receiver that closes its end after we have closed ours
 * has read all that came before. One that resets, closes first, or keeps its end open, is not known to
 * have; ours stays open for two ways there and back, so that one which closes first is seen to.
 */
function sendStream(
  open: () => Socket,
  messages: readonly Buffer[],
  signal: AbortSignal,
): Promise<void> {
  const frames = messages.flatMap((message) => [Buffer.from(`${message.length} `), message])
  return new Promise((resolve, reject) => {
    const socket = open()
    const secure = 'encrypted' in socket
    const began = performance.now()
    let isClosing = false
    let isRead = false
    const abort = () =>
      socket.destroy(new Error(isClosing ? 'not closed in time' : 'no time is left'))
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    socket.on(secure ? 'secureConnect' : 'connect', () => {
      const apart = Math.max(LEAST_APART_MS, 2 * (performance.now() - began))
      socket.write(Buffer.concat(frames), () => {
        setTimeout(() => {
          isClosing = true
          socket.end()
        }, apart)
      })
    })
    // What it says is of no interest, but has to be read until it ends.
    socket.on('data', () => {})
    socket.on('end', () => {
      isRead = isClosing
    })
    socket.on('error', (error) => finish(error))
    socket.on('close', () => finish())

    function finish(error?: Error): void {
      signal.removeEventListener('abort', abort)
      socket.destroy()
      if (error !== undefined) reject(new DeliveryError(wordsOf(error)))
      else if (isRead) resolve()
      else reject(new DeliveryError('the receiver closed the connection first'))
    }
  })
}

/** Datagrams that go at once before receivers get a turn. */
const TOGETHER = 16

/** There are no answers: a port that nobody listens on is told, anything else that is lost is not. */
async function sendDatagrams(
  { host, port }: Target,
  messages: readonly Buffer[],
  signal: AbortSignal,
): Promise<void> {
  const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4')
  let failure: Error | undefined
  socket.on('error', (error) => failure ??= error)
  try {
    await connected(socket, port, host)
    for (const [index, message] of messages.entries()) {
      signal.throwIfAborted()
      await new Promise<void>((resolve, reject) => {
        socket.send(
          message,
          (error) => error === null || error === undefined ? resolve() : reject(error),
        )
      })
      if (index % TOGETHER === TOGETHER - 1) await setImmediate()
    }
    await setImmediate()
    if (failure !== undefined) throw failure
  } catch (error) {
    throw new DeliveryError(wordsOf(error))
  } finally {
    socket.close()
  }
}

function connected(socket: UdpSocket, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.connect(port, host, () => {
      socket.off('error', reject)
      resolve()
    })
  })
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the receiver reset the connection',
  EPIPE: 'the receiver closed the connection',
  ENOTFOUND: 'the host has no address',
  EAI_AGAIN: 'the host has no address now',
  ETIMEDOUT: 'no answer in time',
}

/** Why something failed, without the address. */
export function wordsOf(error: unknown): string {
  const code = codeOf(error)
  if (Object.hasOwn(WORDS, code)) return WORDS[code]!
  if (error instanceof AggregateError && error.errors.length > 0) return wordsOf(error.errors[0])
  if (code !== 'EUNKNOWN' && code !== 'EUTF8') return code
  return error instanceof Error ? error.message : String(error)
}
