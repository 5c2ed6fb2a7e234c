import { Buffer } from 'node:buffer'
import { lookup } from 'node:dns/promises'
import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Executor, FetchTask, Ran } from '../ports.ts'
import { Capture } from './execute-capture.ts'
import { Unfit } from './execute-place.ts'
import { isPublicAddress } from './webhook-address.ts'

type How = Parameters<Executor['run']>[1]

export interface FetchPlace {
  /** Whether addresses that are not public may be reached. */
  readonly allowPrivate: boolean
  /** Where this server listens: nothing is fetched from there, by whatever name (security.md F19). */
  readonly own: { readonly host: string; readonly port: number }
  /** Every address of a host; the system's resolver by default. */
  readonly resolve?: ((host: string) => Promise<readonly string[]>) | undefined
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string | undefined
}

/** Of a page that is longer this is read, for its size and digest, and no more. */
const READ_BYTES = 16 << 20

/**
 * One request. The host is resolved once, each of its addresses is checked, and the connection goes to one that
 * was: a name that answers otherwise the second time is not asked a second time. No proxy, no cookies, no
 * connection that another request has used; a redirect is told and not followed.
 */
export async function fetchTask(task: FetchTask, how: How, place: FetchPlace): Promise<Ran> {
  const url = new URL(task.url)
  const ended = new AbortController()
  const late = setTimeout(() => ended.abort('timed_out'), how.limits.timeoutMs)
  const leave = () => ended.abort('cancelled')
  how.signal.addEventListener('abort', leave, { once: true })
  if (how.signal.aborted) leave()
  try {
    const address = await withSignal(addressOf(url, place), ended.signal)
    return await sent(task, url, address, how, place, ended.signal)
  } catch (error) {
    if (error instanceof Unfit) throw error
    if (ended.signal.aborted) return { state: ended.signal.reason, outputs: [] }
    return { state: 'failed', detail: wordOf(error), outputs: [] }
  } finally {
    clearTimeout(late)
    how.signal.removeEventListener('abort', leave)
    ended.abort()
  }
}

/** The address to connect to: of a host one of whose addresses is not to be reached, none is. */
async function addressOf(url: URL, { allowPrivate, own, resolve }: FetchPlace): Promise<string> {
  const host = hostOf(url)
  const addresses = isIP(host) ? [host] : await (resolve ?? systemResolve)(host)
  const [first] = addresses
  if (first === undefined) throw new Unfit('The host has no address')
  if (!allowPrivate && !addresses.every(isPublicAddress)) {
    throw new Unfit('The address is not public, and others are not fetched from')
  }
  if (addresses.some((address) => isIP(address) === 0)) throw new Unfit('The host has no address')
  if (portOf(url) === own.port && addresses.some((address) => isOwn(address, own.host))) {
    throw new Unfit('Nothing is fetched from Rampart itself')
  }
  return first
}

/** Whether a connection there may end at this machine. */
function isOwn(address: string, bound: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (plain === bound || !isPublicAddress(plain) && /^(?:127\.|0\.|::)/.test(plain)) return true
  return Object.values(networkInterfaces()).flat().some((one) => one?.address === plain)
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}

function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === 'https:' ? 443 : 80))
}

async function sent(
  { method, headers, body }: FetchTask,
  url: URL,
  address: string,
  how: How,
  { ca }: FetchPlace,
  signal: AbortSignal,
): Promise<Ran> {
  const secure = url.protocol === 'https:'
  const host = hostOf(url)
  const bytes = body === undefined ? undefined : Buffer.from(body)
  const options: RequestOptions & Record<string, unknown> = {
    host: address,
    port: portOf(url),
    path: `${url.pathname}${url.search}`,
    method,
    agent: false,
    signal,
    maxHeaderSize: 65_536,
    headers: {
      'user-agent': 'rampart',
      accept: '*/*',
      ...Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text]),
      ),
      host: url.host,
      'accept-encoding': 'identity',
      connection: 'close',
      ...(bytes === undefined ? {} : { 'content-length': bytes.length }),
    },
    ...(secure && !isIP(host) ? { servername: host } : {}),
    ...(secure && ca !== undefined ? { ca } : {}),
  }
  const { promise, resolve, reject } = Promise.withResolvers<Ran>()
  const request = (secure ? httpsRequest : httpRequest)(options, (response) => {
    read(response, url, how).then(resolve, reject).finally(() => request.destroy())
  })
  request.on('error', reject)
  request.end(bytes)
  return await withSignal(promise, signal)
}

async function read(response: IncomingMessage, url: URL, how: How): Promise<Ran> {
  const status = response.statusCode ?? 0
  const contentType = response.headers['content-type']?.slice(0, 256)
  const { location } = response.headers
  if ([301, 302, 303, 307, 308].includes(status) && location !== undefined) {
    const next = URL.canParse(location, url.href) ? new URL(location, url.href).href : location
    return { state: 'redirected', outputs: [], http: { status, contentType, location: next } }
  }
  const capture = new Capture('content', how.limits.outputBytes)
  let more = false
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    capture.add(chunk)
    how.seen?.('content', chunk.length)
    more = capture.bytes > READ_BYTES
    if (more) break
  }
  return { state: 'done', outputs: [capture.result(more)], http: { status, contentType } }
}

async function systemResolve(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, verbatim: true }).catch(() => [])
  return found.map(({ address }) => address)
}

/** What can be told of a connection that failed: never what the other side wrote. */
function wordOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return typeof code === 'string' && /^[A-Z_]{1,60}$/.test(code)
    ? `The request failed: ${code}`
    : 'The request failed'
}

/** The work, or the signal's end of it: a resolver that hangs cannot be told to stop. */
function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const end = () => reject(new Error('ended'))
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  work.catch(() => {})
  promise.catch(() => {})
  return Promise.race([work, promise])
}
