import { existsSync } from 'node:fs'
import { isServersSocket } from '../adapters/socket-owner.ts'
import { socketFetch } from '../runtime/brief.ts'
import type { SocketAsk } from './socket-client.ts'

/** What such a process reads of an answer. */
export interface BriefAnswer {
  readonly status: number
  readonly text: string
  readonly header: (name: string) => string | undefined
}

/**
 * One request over a unix socket from a process that asks once: by the runtime's own client where it has one,
 * for `node:http` takes longer to load than the answer. Rejects as `askSocket` does, and at once where there is no
 * socket, or one of somebody who may not answer for the server.
 */
export async function askOnce(socket: string, path: string, ask: SocketAsk): Promise<BriefAnswer> {
  if (!existsSync(socket)) throw new Error('there is no socket')
  if (!isServersSocket(socket)) throw new Error("the socket is not the server's")
  const native = socketFetch()
  if (native === undefined) {
    const { askSocket } = await import('./socket-client.ts')
    const { status, text, headers } = await askSocket(socket, path, ask)
    return { status, text, header: (name) => textOf(headers[name]) }
  }
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(new Error('no answer in time')), ask.timeoutMs)
  const gone = () => stop.abort(new Error('given up'))
  ask.signal?.addEventListener('abort', gone, { once: true })
  try {
    const { body, headers } = ask
    const answer = await native(socket, path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': typeOf(body) }) },
      ...(body === undefined ? {} : { body: body as BodyInit }),
      signal: stop.signal,
    })
    const text = await wholeOf(answer, ask.limit, stop)
    return { status: answer.status, text, header: (name) => answer.headers.get(name) ?? undefined }
  } finally {
    clearTimeout(timer)
    ask.signal?.removeEventListener('abort', gone)
  }
}

function typeOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? 'application/json' : 'application/octet-stream'
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

async function wholeOf(answer: Response, limit: number, stop: AbortController): Promise<string> {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    total += chunk.length
    if (total > limit) {
      stop.abort(new Error('the answer is too long'))
      throw new Error('the answer is too long')
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, total).toString('utf8')
}
