import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RemoteServer } from '../../src/cli/mcp/remote.ts'
import type { Remote } from '../../src/cli/mcp/remote-request.ts'

export interface Seen {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Far {
  readonly upstream: RemoteServer
  readonly remote: Remote
  /** What came over HTTP, in its order. */
  readonly seen: Seen[]
  readonly notes: string[]
  /** The next text that the server said; waits for it. */
  next(): Promise<string>
  /** Resolves once a request has come for which it holds. */
  came(is: (seen: Seen) => boolean): Promise<Seen>
}

/** A server over HTTP on loopback that a test plays, and the proxy's half that talks to it. */
export async function far(
  answer: (seen: Seen, to: ServerResponse) => void,
  body: (at: Far) => Promise<void>,
): Promise<void> {
  const seen: Seen[] = []
  const notes: string[] = []
  const said: string[] = []
  const changed: (() => void)[] = []
  const change = () => changed.splice(0).forEach((tell) => tell())
  const until = async <T>(find: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      await new Promise<void>((resolve) => changed.push(resolve))
    }
  }
  const http = createServer((request, to) => {
    to.on('error', () => {})
    const pieces: Uint8Array[] = []
    request.on('data', (piece: Uint8Array) => pieces.push(piece))
    request.on('end', () => {
      const { method = '', headers } = request
      const one = { method, headers, body: new TextDecoder().decode(joined(pieces)) }
      seen.push(one)
      answer(one, to)
      change()
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  const remote: Remote = { url: new URL(`http://127.0.0.1:${port}/mcp`), token: 'tok' }
  const upstream = new RemoteServer(remote, (text) => void notes.push(text), 1)
  const read = upstream.read((line) => {
    if ('text' in line) said.push(line.text)
    change()
    return Promise.resolve()
  })
  try {
    await body({
      upstream,
      remote,
      seen,
      notes,
      next: () => until(() => said.shift()),
      came: (is) => until(() => seen.find(is)),
    })
  } finally {
    upstream.kill('SIGKILL')
    await read
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
