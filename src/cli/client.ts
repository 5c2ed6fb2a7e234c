import {
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type ProblemCode, PROBLEMS, RampartError } from '../errors.ts'
import { textFlag } from './command.ts'
import type { Invocation } from './command.ts'
import { places } from './config.ts'
import { readServerFile } from './server-file.ts'
import { wholeOf } from './socket-client.ts'
import { readToken } from './state.ts'

/** Where a server is, and the credential that may go there. */
interface Target {
  readonly url: URL
  readonly socket: string | undefined
  readonly token: string | undefined
}

/** Talks to a running server. Rejects with the server's own problem, or `unavailable`. */
export interface Client {
  get(path: string): Promise<unknown>
  post(path: string, body: unknown): Promise<unknown>
  delete(path: string): Promise<unknown>
  /** An answer that goes on: its text as it comes, until either side ends it. */
  follow(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<AsyncIterable<string>>
}

const ANSWER_LIMIT = 16 << 20
const TIMEOUT_MS = 30_000

export async function connect(invocation: Invocation): Promise<Client> {
  const target = await targetOf(invocation)
  return {
    get: (path) => send(target, 'GET', path, undefined),
    post: (path, body) => send(target, 'POST', path, body),
    delete: (path) => send(target, 'DELETE', path, undefined),
    follow: (path, headers, signal) => follow(target, path, headers, signal),
  }
}

/**
 * The token of the state directory goes only to the server that the same directory names, or where the
 * person points with `--url`. An address out of the environment gets a token out of the environment,
 * so that no variable an agent set can draw the person's token elsewhere (security.md F5, F7).
 */
async function targetOf(invocation: Invocation): Promise<Target> {
  const { environment } = invocation
  const path = places(environment.home).token
  const flag = textFlag(invocation, 'url')
  if (flag !== undefined) {
    return {
      url: urlOf(flag),
      socket: undefined,
      token: environment.token ?? await readToken(path).catch(() => undefined),
    }
  }
  if (environment.url !== undefined) {
    return { url: urlOf(environment.url), socket: undefined, token: environment.token }
  }
  const server = await readServerFile(environment.home)
  if (server === undefined) throw notRunning(environment.home)
  return {
    url: urlOf(server.url),
    socket: server.socket ?? undefined,
    token: environment.token ?? await readToken(path),
  }
}

export function notRunning(home: string): RampartError {
  return new RampartError(
    'unavailable',
    `No server runs on ${home}: start one with "rampart serve --background"`,
  )
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url
  throw new RampartError('usage', `"${text}" is not an http or https URL`)
}

async function send(
  target: Target,
  method: string,
  path: string,
  body: unknown,
): Promise<unknown> {
  const { status, text } = await exchange(target, method, path, body)
  if (status >= 200 && status < 300) return parse(text)
  throw problemOf(status, text)
}

/** The server's own problem, as far as it is one of ours. */
function problemOf(status: number, text: string): RampartError {
  const problem = (parse(text) ?? {}) as {
    code?: unknown
    detail?: unknown
    title?: unknown
    errors?: RampartError['errors']
  }
  const code = typeof problem.code === 'string' && Object.hasOwn(PROBLEMS, problem.code)
    ? problem.code as ProblemCode
    : 'unavailable'
  const detail = problem.detail ?? problem.title ?? `the server answered ${status}`
  return new RampartError(code, String(detail), { errors: problem.errors ?? [] })
}

async function follow(
  target: Target,
  path: string,
  more: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<AsyncIterable<string>> {
  const headers = { ...headersOf(target, undefined), ...more, accept: 'text/event-stream' }
  // No pooled connection: it is given up as a whole.
  const sent = requestTo(target, { method: 'GET', path, headers, agent: false, signal })
  const answer = await answerTo(sent, target)
  if (answer.statusCode === 200) return answer.setEncoding('utf8')
  throw problemOf(answer.statusCode ?? 0, await textOf(answer, sent))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function exchange(
  target: Target,
  method: string,
  path: string,
  body: unknown,
): Promise<{ status: number; text: string }> {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const headers = headersOf(target, payload)
  const sent = requestTo(target, { method, path, headers, timeout: TIMEOUT_MS })
  sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
  const answer = await answerTo(sent, target, payload)
  return { status: answer.statusCode ?? 0, text: await textOf(answer, sent) }
}

function headersOf({ url, token }: Target, payload: string | undefined): Record<string, string> {
  const headers: Record<string, string> = { host: url.host, accept: 'application/json' }
  if (token !== undefined) headers.authorization = `Bearer ${token}`
  if (payload !== undefined) {
    headers['content-type'] = 'application/json'
    headers['content-length'] = String(Buffer.byteLength(payload))
  }
  return headers
}

function requestTo({ url, socket }: Target, options: RequestOptions): ClientRequest {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  // The socket lies in a directory that only this person enters; a port may change hands (F7).
  const where = socket === undefined
    ? { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port }
    : { socketPath: socket }
  return request({ ...where, ...options })
}

function answerTo(
  sent: ClientRequest,
  { url, socket }: Target,
  payload?: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.on('response', resolve)
    sent.on('error', (error) => reject(unreachable(url, socket, error)))
    sent.end(payload)
  })
}

async function textOf(answer: IncomingMessage, sent: ClientRequest): Promise<string> {
  try {
    return await wholeOf(answer, sent, ANSWER_LIMIT)
  } catch (error) {
    throw new RampartError('unavailable', (error as Error).message)
  }
}

function unreachable(url: URL, socket: string | undefined, error: Error): RampartError {
  const code = (error as NodeJS.ErrnoException).code ?? error.message
  return new RampartError('unavailable', `No answer from ${socket ?? url.origin}: ${code}`)
}
