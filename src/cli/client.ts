import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type ProblemCode, PROBLEMS, RampartError } from '../errors.ts'
import { textFlag } from './command.ts'
import type { Invocation } from './command.ts'
import { places } from './config.ts'
import { readServerFile } from './server-file.ts'
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
}

const ANSWER_LIMIT = 16 << 20
const TIMEOUT_MS = 30_000

export async function connect(invocation: Invocation): Promise<Client> {
  const target = await targetOf(invocation)
  return {
    get: (path) => send(target, 'GET', path, undefined),
    post: (path, body) => send(target, 'POST', path, body),
    delete: (path) => send(target, 'DELETE', path, undefined),
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
  const value = parse(text)
  if (status >= 200 && status < 300) return value
  const problem = (value ?? {}) as {
    code?: unknown
    detail?: unknown
    title?: unknown
    errors?: RampartError['errors']
  }
  const code = typeof problem.code === 'string' && Object.hasOwn(PROBLEMS, problem.code)
    ? problem.code as ProblemCode
    : 'unavailable'
  const detail = problem.detail ?? problem.title ?? `the server answered ${status}`
  throw new RampartError(code, String(detail), { errors: problem.errors ?? [] })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function exchange(
  { url, socket, token }: Target,
  method: string,
  path: string,
  body: unknown,
): Promise<{ status: number; text: string }> {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const headers: Record<string, string> = { host: url.host, accept: 'application/json' }
  if (token !== undefined) headers.authorization = `Bearer ${token}`
  if (payload !== undefined) {
    headers['content-type'] = 'application/json'
    headers['content-length'] = String(Buffer.byteLength(payload))
  }
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  // The socket lies in a directory that only this person enters; a port may change hands (F7).
  const where = socket === undefined
    ? { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port }
    : { socketPath: socket }
  return new Promise((resolve, reject) => {
    const sent = request({ ...where, method, path, headers, timeout: TIMEOUT_MS }, (answer) => {
      const chunks: Uint8Array[] = []
      let total = 0
      answer.on('data', (chunk: Uint8Array) => {
        total += chunk.length
        if (total > ANSWER_LIMIT) sent.destroy(new Error('the answer is too long'))
        else chunks.push(chunk)
      })
      answer.on('error', reject)
      answer.on(
        'end',
        () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
    sent.on('error', (error) => reject(unreachable(url, socket, error)))
    sent.end(payload)
  })
}

function unreachable(url: URL, socket: string | undefined, error: Error): RampartError {
  const code = (error as NodeJS.ErrnoException).code ?? error.message
  return new RampartError('unavailable', `No answer from ${socket ?? url.origin}: ${code}`)
}
