import assert from 'node:assert/strict'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { askOnce } from '../../src/cli/brief-client.ts'
import { KeptSocket } from '../../src/cli/kept-socket.ts'
import { askSocket } from '../../src/cli/socket-client.ts'

const ASK = { body: '{}', timeoutMs: 10_000, limit: 1000 }

/** Every client of a unix socket that there is here. */
const CLIENTS: readonly (readonly [name: string, ask: (socket: string) => Promise<unknown>])[] = [
  ['of a process that asks once', (socket) => askOnce(socket, '/x', ASK)],
  ['of commands', (socket) => askSocket(socket, '/x', ASK)],
  ['of rampart mcp', async (socket) => {
    const kept = new KeptSocket(socket)
    return await kept.ask('/x', ASK).finally(() => kept.end())
  }],
]

const skip = process.getuid?.() === 0 ? false : 'only root can give a socket to somebody'

for (const [name, ask] of CLIENTS) {
  test(`F7 the client ${name} asks nobody else's socket`, { skip }, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'rampart-peer-'))
    const path = join(dir, 's')
    let asked = 0
    const server = createServer((_request, response) => {
      asked += 1
      response.end('{}')
    })
    try {
      await new Promise<void>((resolve) => server.listen(path, resolve))
      await ask(path)
      assert.equal(asked, 1)
      chownSync(path, 61_001, 61_001)
      await assert.rejects(ask(path), /not the server's/)
      assert.equal(asked, 1)
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(dir, { recursive: true, force: true })
    }
  })
}
