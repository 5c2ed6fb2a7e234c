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

export interface Sent {
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly signal: AbortSignal
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string | undefined
  /** Off where the receiver's certificate is not to be looked at. */
  readonly verify?: boolean | undefined
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

/**
 * POST JSON. The host is resolved once, every address of it is checked, and the connection goes to the
 * address that was checked. No redirects, no proxies, no cookies; at most 64 KiB of answer.
 */
export async function postTo(text: string, reach: Reach, sent: Sent): Promise<Reply> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new Refusal('not an http(s) URL')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const resolve = reach.resolve ?? systemResolve
  return await withSignal(reached(url, host, resolve, reach, sent), sent.signal)
}

async function reached(
  url: URL,
  host: string,
  resolve: (host: string) => Promise<readonly string[]>,
  { allowPrivate }: Reach,
  sent: Sent,
): Promise<Reply> {
  const addresses = isIP(host) ? [host] : await resolve(host)
  if (addresses.length === 0) throw new Refusal('the host has no address')
  if (allowPrivate !== true && !addresses.every(isPublicAddress)) {
    throw new Refusal('the address is not public, and private ones are not allowed')
  }
  sent.signal.throwIfAborted()
  return await send(url, host, addresses[0]!, sent)
}

function send(
  url: URL,
  host: string,
  address: string,
  { body, headers, signal, ca, verify }: Sent,
): Promise<Reply> {
  const secure = url.protocol === 'https:'
  const options: RequestOptions & Record<string, unknown> = {
    host: address,
    port: url.port || (secure ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    method: 'POST',
    agent: false,
    signal,
    headers: {
      host: url.host,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'rampart',
      ...(url.username === '' ? {} : { authorization: basicAuth(url) }),
      ...headers,
    },
    ...(secure && !isIP(host) ? { servername: host } : {}),
    ...(secure && ca !== undefined ? { ca } : {}),
    ...(secure && verify === false ? { rejectUnauthorized: false } : {}),
  }
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const request = (secure ? httpsRequest : httpRequest)(options, (response) => {
    read(response).then(resolve, reject).finally(() => request.destroy())
  })
  request.on('error', reject)
  request.end(body)
  return promise
}

async function read(response: IncomingMessage): Promise<Reply> {
  const status = response.statusCode ?? 0
  const { headers } = response
  const retryAfter = headers['retry-after']
  if (status < 200 || status > 299) return { status, text: '', retryAfter, headers }
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    total += chunk.length
    if (total > ANSWER_BYTES) throw new Refusal('the answer is too long')
    chunks.push(chunk)
  }
  const text = new TextDecoder('utf-8').decode(Buffer.concat(chunks))
  return { status, text, retryAfter, headers }
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
