import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
} from 'node:http'
import { isServersSocket } from '../adapters/socket-owner.ts'

export interface SocketAnswer {
  readonly status: number
  readonly text: string
  readonly headers: IncomingHttpHeaders
}

export interface SocketAsk {
  /** JSON, or bytes as they are; without it the request is a GET. */
  readonly body?: string | Uint8Array | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** For connecting and all of the answer. */
  readonly timeoutMs: number
  /** Longest answer that is read, in bytes. */
  readonly limit: number
  readonly signal?: AbortSignal | undefined
}

/**
 * One request over a unix socket, whose permission is the credential: no token is looked at. Rejects with the
 * system's error (`code`), or with a plain one when the answer is late or too long, or the socket is of somebody
 * who may not answer for the server (security.md F7).
 */
export function askSocket(socket: string, path: string, ask: SocketAsk): Promise<SocketAnswer> {
  const { body, timeoutMs, limit, signal } = ask
  return new Promise((resolve, reject) => {
    if (!isServersSocket(socket)) throw new Error("the socket is not the server's")
    const sent = request({
      socketPath: socket,
      path,
      method: body === undefined ? 'GET' : 'POST',
      agent: false,
      ...(signal === undefined ? {} : { signal }),
      headers: {
        host: 'rampart',
        ...ask.headers,
        ...(body === undefined ? {} : {
          'content-type': typeof body === 'string'
            ? 'application/json'
            : 'application/octet-stream',
          'content-length': String(Buffer.byteLength(body)),
        }),
      },
    })
    const timer = setTimeout(() => sent.destroy(new Error('no answer in time')), timeoutMs)
    sent.on('close', () => clearTimeout(timer))
    sent.on('error', reject)
    sent.on('response', (answer) => {
      wholeOf(answer, sent, limit)
        .then(
          (text) => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }),
          reject,
        )
    })
    sent.end(body)
  })
}

/** All that an answer says. Rejects where it breaks off, or is longer than so many bytes. */
export function wholeOf(
  answer: IncomingMessage,
  sent: ClientRequest,
  limit: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let total = 0
    answer.on('data', (chunk: Uint8Array) => {
      total += chunk.length
      if (total > limit) sent.destroy(new Error('the answer is too long'))
      else chunks.push(chunk)
    })
    answer.on('error', reject)
    answer.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
  })
}
