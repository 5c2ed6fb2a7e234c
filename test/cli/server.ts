import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { inTemp } from './run.ts'

export const FILE_TOKEN = 'a'.repeat(64)

export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A state directory whose server is this test's own. */
export async function withServer(
  answers: (seen: Seen) => { status: number; body: unknown },
  body: (at: { home: string; url: string; seen: Seen[] }) => Promise<void>,
): Promise<void> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Uint8Array) => text += String(chunk))
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text,
      }
      seen.push(one)
      const { status, body } = answers(one)
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  try {
    await inTemp(async (home) => {
      mkdirSync(join(home, 'run'))
      writeFileSync(
        join(home, 'run', 'serve.json'),
        JSON.stringify({ url, socket: null, pid: 4242 }),
      )
      writeFileSync(join(home, 'token'), `${FILE_TOKEN}\n`)
      await body({ home, url, seen })
    })
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}
