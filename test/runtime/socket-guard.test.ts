import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { serve } from '../../src/runtime/serve.ts'

const log = { error() {}, warn() {}, info() {} }

function ask(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, agent: false }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8').on('data', (chunk: string) => text += chunk)
      incoming.on('end', () => resolve(text))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** Somebody who answers `yes` to all that comes. */
function thief(path: string): Promise<Server> {
  const server = createServer((socket) =>
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nyes')
  )
  return new Promise((resolve) => server.listen(path, () => resolve(server)))
}

test('F7 a socket that somebody put in the place of ours is taken back', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-guard-'))
  const socket = join(dir, 'run', 's.sock')
  const running = await serve({ socket, log, fetch: () => new Response('ours') })
  const stolen = join(dir, 'run', 'theirs')
  const impostor = await thief(stolen)
  try {
    assert.equal(await running.reclaim(), 'own')
    renameSync(stolen, socket)
    assert.equal(await ask(socket), 'yes')
    assert.equal(await running.reclaim(), 'taken')
    assert.equal(await ask(socket), 'ours')
    assert.equal(statSync(socket).mode & 0o777, 0o600)
    assert.equal(await running.reclaim(), 'own')
    // Gone, a plain file, a directory, the whole directory moved away.
    const others: [() => void, string][] = [
      [() => rmSync(socket), 'gone'],
      [() => (rmSync(socket), writeFileSync(socket, '')), 'taken'],
      [() => (rmSync(socket), mkdirSync(socket), writeFileSync(join(socket, 'x'), '')), 'taken'],
      [() => renameSync(dirname(socket), join(dir, 'away')), 'gone'],
    ]
    for (const [happen, said] of others) {
      happen()
      assert.equal(await running.reclaim(), said)
      assert.equal(await ask(socket), 'ours')
    }
  } finally {
    await running.close(0)
    impostor.close()
  }
  assert.throws(() => statSync(socket), /ENOENT/)
  rmSync(dir, { recursive: true, force: true })
})

test('F7 who is connected when the path is taken back is answered to the end', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-guard-'))
  const socket = join(dir, 's.sock')
  const arrived = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const running = await serve({
    socket,
    log,
    async fetch() {
      arrived.resolve()
      await held.promise
      return new Response('ours')
    },
  })
  const waiting = ask(socket)
  await arrived.promise
  rmSync(socket)
  assert.equal(await running.reclaim(), 'gone')
  held.resolve()
  assert.equal(await waiting, 'ours')
  assert.equal(await ask(socket), 'ours')
  await running.close(0)
  rmSync(dir, { recursive: true, force: true })
})

test('F7 what another put there is not removed when the server ends', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-guard-'))
  const socket = join(dir, 's.sock')
  const running = await serve({ socket, log, fetch: () => new Response('ours') })
  rmSync(socket)
  await running.close(0)
  const again = await serve({ socket, log, fetch: () => new Response('ours') })
  assert.equal(await ask(socket), 'ours')
  await again.close(0)
  assert.throws(() => statSync(socket), /ENOENT/)
  rmSync(dir, { recursive: true, force: true })
})
