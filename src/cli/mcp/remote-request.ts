import { Buffer } from 'node:buffer'
import { type IncomingMessage, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** Where a remote server is and what it knows us by. */
export interface Remote {
  readonly url: URL
  /** Goes to this address alone, and into no message. */
  readonly token: string | undefined
  /** Given by the server with its first answer. */
  session?: string | undefined
  /** Of the protocol, once it is agreed on. */
  version?: (() => string | undefined) | undefined
}

export interface Sending {
  readonly method: 'POST' | 'GET' | 'DELETE'
  readonly body?: string
  /** The event to go on behind. */
  readonly last?: string | undefined
  readonly signal: AbortSignal
}

/** A refusal by the server; its text is fit for the host. */
export class RemoteRefusal extends Error {
  readonly status: number
  constructor(status: number, why: string) {
    super(why)
    this.status = status
  }
}

const FOR_STATUS: Readonly<Record<number, string>> = {
  401: 'it wants a token (RAMPART_MCP_TOKEN, or token_file in config.yaml)',
  403: 'the token may not do that',
  404: 'it does not know this session or address',
}

/** One request; resolves with an answer of success, whose text is still to be read. Follows no redirect. */
export function send(remote: Remote, sending: Sending): Promise<IncomingMessage> {
  const { url } = remote
  const { method, body, signal } = sending
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: headersOf(remote, sending), agent: false, signal })
    sent.on(
      'error',
      (error: NodeJS.ErrnoException) =>
        reject(
          new Error(error.code === undefined ? error.message : `${url.origin}: ${error.code}`),
        ),
    )
    sent.on('response', (answer) => {
      const status = answer.statusCode ?? 0
      const session = answer.headers['mcp-session-id']
      if (typeof session === 'string' && /^[\x21-\x7e]{1,1024}$/.test(session)) {
        remote.session ??= session
      }
      if (status >= 200 && status < 300) {
        resolve(answer)
        return
      }
      answer.destroy()
      const redirect = status >= 300 && status < 400 ? 'redirects are not followed' : undefined
      const why = redirect ?? FOR_STATUS[status]
      reject(
        new RemoteRefusal(status, `it answered ${status}${why === undefined ? '' : `: ${why}`}`),
      )
    })
    sent.end(body)
  })
}

function headersOf(
  { token, session, version }: Remote,
  { body, last, method }: Sending,
): Record<string, string> {
  const agreed = version?.()
  return {
    accept: method === 'POST' ? 'application/json, text/event-stream' : 'text/event-stream',
    ...(body === undefined ? {} : {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(session === undefined ? {} : { 'mcp-session-id': session }),
    ...(agreed === undefined ? {} : { 'mcp-protocol-version': agreed }),
    ...(last === undefined ? {} : { 'last-event-id': last }),
  }
}
