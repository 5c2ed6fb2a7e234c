import { request } from 'node:http'

export interface SocketAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

const ANSWER_LIMIT = 1 << 20

/**
 * One request over a unix socket, whose permission is the credential. Rejects with the system's error
 * (`code`), or with a plain one when the answer is late or no JSON object.
 */
export function askSocket(
  socket: string,
  path: string,
  options: { readonly body?: unknown; readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<SocketAnswer> {
  const text = options.body === undefined ? undefined : JSON.stringify(options.body)
  return new Promise((resolve, reject) => {
    const sent = request({
      socketPath: socket,
      path,
      method: text === undefined ? 'GET' : 'POST',
      agent: false,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      headers: {
        host: 'rampart',
        ...(text === undefined ? {} : {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(text)),
        }),
      },
    }, (answer) => {
      const chunks: Uint8Array[] = []
      let total = 0
      answer.on('data', (chunk: Uint8Array) => {
        total += chunk.length
        if (total > ANSWER_LIMIT) sent.destroy(new Error('the answer is too long'))
        else chunks.push(chunk)
      })
      answer.on('error', reject)
      answer.on('end', () => {
        const body = objectOf(Buffer.concat(chunks).toString('utf8'))
        if (body === undefined) reject(new Error('the answer is no JSON object'))
        else resolve({ status: answer.statusCode ?? 0, body })
      })
    })
    sent.setTimeout(options.timeoutMs, () => sent.destroy(new Error('no answer in time')))
    sent.on('error', reject)
    sent.end(text)
  })
}

function objectOf(text: string): SocketAnswer['body'] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? value as SocketAnswer['body']
      : undefined
  } catch {
    return undefined
  }
}
