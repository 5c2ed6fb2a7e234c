import { lookup } from 'node:dns/promises'
import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import type { WebhookClient } from '../ports.ts'
import { isPublicAddress } from './webhook-address.ts'

export interface WebhookOptions {
  /**
   * Reach addresses that are not public too (loopback, private, link-local). Off by default, so that
   * a name in a policy cannot be pointed at a neighbour's service (security.md F43).
   */
  readonly allowPrivate?: boolean | undefined
  /** Every address of a host; the system's resolver by default. */
  readonly resolve?: ((host: string) => Promise<readonly string[]>) | undefined
}

type Verdict = Awaited<ReturnType<WebhookClient['ask']>>

const MOST_TIMEOUT_MS = 30_000
const ANSWER_BYTES = 64 * 1024
const REASON_CHARACTERS = 1024

/**
 * The one outbound client. A host is resolved once, every address of it is checked, and the connection
 * goes to the address that was checked. No redirects, no proxies, no cookies; at most 64 KiB of answer,
 * within the rule's time, resolving included. Only `200`-class JSON with `decision: allow | deny` is a
 * verdict; the URL, which may hold a secret, is in no reason.
 */
export function createWebhookClient(options: WebhookOptions = {}): WebhookClient {
  const resolve = options.resolve ?? systemResolve
  return {
    async ask({ url, timeoutMs, body }) {
      const limit = Math.max(1, Math.min(timeoutMs, MOST_TIMEOUT_MS))
      const abort = new AbortController()
      const timer = setTimeout(() => abort.abort(new Refusal('no answer in time')), limit)
      try {
        return await withSignal(post(url, body, options, resolve, abort.signal), abort.signal)
      } catch (error) {
        return failed(error instanceof Refusal ? error.message : 'request failed')
      } finally {
        clearTimeout(timer)
        abort.abort()
      }
    },
  }
}

/** What we refuse or miss, in words that may be shown: never the URL. */
class Refusal extends Error {}

async function post(
  text: string,
  body: unknown,
  options: WebhookOptions,
  resolve: (host: string) => Promise<readonly string[]>,
  signal: AbortSignal,
): Promise<Verdict> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new Refusal('not an http(s) URL')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(host) ? [host] : await resolve(host)
  if (addresses.length === 0) throw new Refusal('the host has no address')
  if (options.allowPrivate !== true && !addresses.every(isPublicAddress)) {
    throw new Refusal('the address is not public, and private ones are not allowed')
  }
  signal.throwIfAborted()
  return verdictOf(await send(url, host, addresses[0]!, JSON.stringify(body), signal))
}

interface Reply {
  readonly status: number
  readonly text: string
}

function send(
  url: URL,
  host: string,
  address: string,
  body: string,
  signal: AbortSignal,
): Promise<Reply> {
  const secure = url.protocol === 'https:'
  const options: RequestOptions & { servername?: string } = {
    host: address,
    port: url.port || (secure ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    method: 'POST',
    agent: false,
    signal,
    headers: {
      host: url.host,
      'content-type': 'application/json',
      'content-length': new TextEncoder().encode(body).length,
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'rampart',
      ...(url.username === '' ? {} : { authorization: basicAuth(url) }),
    },
    ...(secure && !isIP(host) ? { servername: host } : {}),
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
  if (status < 200 || status > 299) return { status, text: '' }
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    total += chunk.length
    if (total > ANSWER_BYTES) throw new Refusal('the answer is too long')
    chunks.push(chunk)
  }
  const text = new TextDecoder('utf-8').decode(Buffer.concat(chunks))
  return { status, text }
}

function verdictOf({ status, text }: Reply): Verdict {
  if (status < 200 || status > 299) return failed(`HTTP ${status}`)
  let reply: unknown
  try {
    reply = JSON.parse(text)
  } catch {
    return failed('the answer is not JSON')
  }
  const { decision, reason } = (reply ?? {}) as { decision?: unknown; reason?: unknown }
  const verdict = typeof decision === 'string' ? decision.trim().toLowerCase() : undefined
  if (verdict !== 'allow' && verdict !== 'deny') return failed('the answer names no decision')
  return {
    verdict,
    reason: typeof reason === 'string' ? reason.slice(0, REASON_CHARACTERS) : '',
  }
}

function failed(reason: string): Verdict {
  return { verdict: 'failed', reason }
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
