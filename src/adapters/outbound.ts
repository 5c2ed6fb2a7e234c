import { Buffer } from 'node:buffer'
import { lookup } from 'node:dns/promises'
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { isPublicAddress } from './webhook-address.ts'

export interface Reach {
  /**
   * Reach addresses that are not public too (loopback, private, link-local). Off by default, so that
   * a name in a policy cannot be pointed at a neighbour's service (security.md F43).
   */
  readonly allowPrivate?: boolean | undefined
  /** Every address of a host; the system's resolver by default. */
  readonly resolve?: ((host: string) => Promise<readonly string[]>) | undefined
}

/** Whose certificate is trusted, and how long an answer is waited for. */
export interface Terms {
  readonly signal: AbortSignal
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string | undefined
  /** Off where the receiver's certificate is not to be looked at. */
  readonly verify?: boolean | undefined
}

export interface Sent extends Terms {
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Any request; `most` is how many bytes of a successful answer are read. */
export interface Message extends Terms {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
  readonly most: number
}

export interface RawReply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Of an answer that is no success nothing is read. */
  readonly bytes: Uint8Array
}

export interface Reply {
  readonly status: number
  /** Of an answer that is no success nothing is read. */
  readonly text: string
  readonly retryAfter: string | undefined
  readonly headers: IncomingHttpHeaders
}

/** What we refuse or miss, in words that may be shown: never the URL. */
export class Refusal extends Error {}

const ANSWER_BYTES = 64 * 1024

/** POST JSON; at most 64 KiB of answer. */
export async function postTo(
  text: string,
  reach: Reach,
  { body, headers, ...terms }: Sent,
): Promise<Reply> {
  const reply = await exchange(text, reach, {
    ...terms,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body,
    most: ANSWER_BYTES,
  })
  return {
    status: reply.status,
    text: new TextDecoder('utf-8').decode(reply.bytes),
    retryAfter: reply.headers['retry-after'],
    headers: reply.headers,
  }
}

/**
 * One request and its answer. The host is resolved once, every address of it is checked, and the connection
 * goes to the address that was checked. No redirects, no proxies, no cookies, nothing packed.
 */
export async function exchange(text: string, reach: Reach, message: Message): Promise<RawReply> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new Refusal('not an http(s) URL')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const resolve = reach.resolve ?? systemResolve
  return await withSignal(reached(url, host, resolve, reach, message), message.signal)
}

async function reached(
  url: URL,
  host: string,
  resolve: (host: string) => Promise<readonly string[]>,
  { allowPrivate }: Reach,
  message: Message,
): Promise<RawReply> {
  const addresses = isIP(host) ? [host] : await resolve(host)
  if (addresses.length === 0) throw new Refusal('the host has no address')
  if (allowPrivate !== true && !addresses.every(isPublicAddress)) {
    throw new Refusal('the address is not public, and private ones are not allowed')
  }
  message.signal.throwIfAborted()
  return await send(url, host, addresses[0]!, message)
}

function send(
  url: URL,
  host: string,
  address: string,
  { method, body, headers, signal, ca, verify, most }: Message,
): Promise<RawReply> {
  const secure = url.protocol === 'https:'
  const options: RequestOptions & Record<string, unknown> = {
    host: address,
    port: url.port || (secure ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    method,
    agent: false,
    signal,
    headers: {
      host: url.host,
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      'accept-encoding': 'identity',
      'user-agent': 'rampart',
      ...(url.username === '' ? {} : { authorization: basicAuth(url) }),
      ...headers,
    },
    ...(secure && !isIP(host) ? { servername: host } : {}),
    ...(secure && ca !== undefined ? { ca } : {}),
    ...(secure && verify === false ? { rejectUnauthorized: false } : {}),
  }
  const { promise, resolve, reject } = Promise.withResolvers<RawReply>()
  const request = (secure ? httpsRequest : httpRequest)(options, (response) => {
    read(response, most).then(resolve, reject).finally(() => request.destroy())
  })
  request.on('error', reject)
  request.end(body)
  return promise
}

async function read(response: IncomingMessage, most: number): Promise<RawReply> {
  const { statusCode: status = 0, headers } = response
  if (status < 200 || status > 299) return { status, headers, bytes: new Uint8Array() }
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    total += chunk.length
    if (total > most) throw new Refusal('the answer is too long')
    chunks.push(chunk)
  }
  return { status, headers, bytes: Buffer.concat(chunks) }
}

function basicAuth({ username, password }: URL): string {
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

async function systemResolve(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, verbatim: true }).catch(() => [])
  return found.map(({ address }) => address)
}

/** The work, or the signal's reason: a resolver that hangs cannot be told to stop. */
function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  work.catch(() => {})
  return Promise.race([work, promise])
}
