import { readFile } from 'node:fs/promises'
import { fromBase64, toBase64 } from '../audit/checkpoint.ts'
import { RampartError } from '../errors.ts'
import { ANSWER_FIELD, answerText, COUNT_FIELD, NODE_FIELD, requestText } from '../fleet/signed.ts'
import { hashBytes } from '../runtime/hasher.ts'
import { type KeyPair, verifySignature } from './audit-keys.ts'
import { DeliveryError } from './delivery-error.ts'
import { sha256Hex } from './hash.ts'
import type { NodeIdentity } from './node-identity.ts'
import { postTo, type Reach, Refusal, type Reply } from './outbound.ts'
import { wordsOf } from './sink-syslog.ts'

/** Speaks with the upstream of a node: one request at a time, signed; answers that it did not sign count for none. */
export interface UpstreamClient {
  /**
   * The JSON of the answer. A body that is made is made when its turn has come.
   *
   * @throws DeliveryError where there is none that counts
   */
  post(path: string, body: Body | (() => Promise<Body>), options: PostOptions): Promise<unknown>
}

type Body = string | Uint8Array

export interface PostOptions {
  readonly signal: AbortSignal
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export interface UpstreamClientOptions {
  readonly identity: NodeIdentity
  readonly key: () => Promise<KeyPair>
  readonly now: () => number
  readonly reach?: Reach | undefined
}

export function upstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const { identity, key, now } = options
  let last = 0
  let turn: Promise<unknown> = Promise.resolve()

  async function attempt(
    path: string,
    body: Body,
    { headers, signal }: PostOptions,
  ): Promise<{ readonly count: number; readonly reply: Reply }> {
    // A clock that goes back makes no count that was used: the upstream says then what to go beyond.
    const count = last = Math.max(last + 1, Math.floor(now()))
    const digest = digestOf(body)
    const signed = requestText({ node: identity.id, count, method: 'POST', path, digest })
    const signature = toBase64((await key()).sign(signed))
    const field = { [NODE_FIELD]: `${identity.id};${count};${signature}` }
    const reply = await reached(identity, options.reach, path, {
      body,
      headers: { ...headers, ...field },
      signal,
    })
    return { count, reply }
  }

  async function posted(
    path: string,
    given: Body | (() => Promise<Body>),
    asked: PostOptions,
  ): Promise<unknown> {
    const body = typeof given === 'function' ? await given() : given
    let { count, reply } = await attempt(path, body, asked)
    const beyond = Number(reply.headers[COUNT_FIELD] ?? NaN)
    if (reply.status === 401 && Number.isSafeInteger(beyond) && beyond >= last) {
      last = beyond
      const again = await attempt(path, body, asked)
      count = again.count
      reply = again.reply
    }
    return answerOf(identity, reply, count)
  }

  return {
    post(path, body, asked) {
      const work = () => posted(path, body, asked)
      const next = turn.then(work, work)
      turn = next.catch(() => {})
      return next
    },
  }
}

/** The JSON of an answer that the pinned key signed, to the request with this count. */
function answerOf(
  identity: NodeIdentity,
  { status, text, headers, retryAfter }: Reply,
  count: number,
): unknown {
  if (status < 200 || status > 299) throw refusedWith(status, retryAfter)
  const signature = fromBase64(String(headers[ANSWER_FIELD] ?? ''))
  const signed = answerText({ node: identity.id, count, status, digest: sha256Hex(text) })
  const pinned = fromBase64(identity.upstreamKey)!
  if (signature === undefined || !verifySignature(pinned, signed, signature)) {
    throw new DeliveryError(
      'the answer is not signed by the upstream that this node enrolled with',
    )
  }
  return JSON.parse(text)
}

const WHY: Readonly<Record<number, string>> = {
  401: 'the upstream knows no such node: it was revoked, or another machine has its key',
  409: 'the upstream holds another trail of this node: look at `rampart fleet status` there',
}

function refusedWith(status: number, retryAfter: string | undefined): DeliveryError {
  const why = WHY[status]
  return new DeliveryError(why === undefined ? `HTTP ${status}` : `HTTP ${status}: ${why}`, {
    isTooLarge: status === 413,
    retryAfterMs: /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : undefined,
  })
}

function digestOf(body: Body): string {
  return typeof body === 'string' ? sha256Hex(body) : hashBytes(body)
}

/** POST to an upstream, which a person named: it may be anywhere. Plain HTTP leads to this machine alone. */
export async function reached(
  { upstream, caFile }: Pick<NodeIdentity, 'upstream' | 'caFile'>,
  reach: Reach | undefined,
  path: string,
  sent: {
    readonly body: Body
    readonly headers?: Readonly<Record<string, string>> | undefined
    readonly signal: AbortSignal
  },
): Promise<Reply> {
  checkUpstream(upstream)
  const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8').catch(() => {
    throw new DeliveryError(`Cannot read ${caFile}`)
  })
  try {
    const url = new URL(path, upstream).href
    return await postTo(url, { ...reach, allowPrivate: true }, { ...sent, ca })
  } catch (error) {
    throw new DeliveryError(error instanceof Refusal ? error.message : wordsOf(error))
  }
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** @throws RampartError `usage` for an address that no upstream may have */
export function checkUpstream(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSafe = url?.protocol === 'https:' ||
    (url?.protocol === 'http:' && LOOPBACK.test(url.hostname))
  if (url === undefined || !isSafe || url.username !== '' || url.pathname !== '/') {
    throw new RampartError('usage', 'The upstream is no https://HOST[:PORT]')
  }
  return url
}

/**
 * What work gives that is told to stop after so many ms, or with the signal. No timer is left behind: on Deno
 * that of `AbortSignal.timeout` keeps the process.
 */
export async function inTime<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new DeliveryError('no answer in time')), ms)
  try {
    const given = signal === undefined ? [] : [signal]
    return await work(AbortSignal.any([late.signal, ...given]))
  } finally {
    clearTimeout(timer)
  }
}
