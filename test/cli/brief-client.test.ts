import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { askOnce } from '../../src/cli/brief-client.ts'

type Answering = (request: IncomingMessage, body: string, response: ServerResponse) => void

async function withSocket(answer: Answering, work: (socket: string) => Promise<void>) {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-brief-'))
  const socket = join(dir, 'a.sock')
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = []
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    request.on('end', () => answer(request, Buffer.concat(chunks).toString('utf8'), response))
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  const alive = setInterval(() => {}, 1 << 30)
  try {
    await work(socket)
  } finally {
    clearInterval(alive)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    rmSync(dir, { recursive: true, force: true })
  }
}

const ASK = { timeoutMs: 20_000, limit: 1 << 20 }

test('a question over the socket carries its body and headers, and the answer its own', async () => {
  await withSocket(
    ({ method, url, headers }, body, response) => {
      response.writeHead(203, { 'rampart-exit': '2' })
      response.end([method, url, headers['rampart-process'], headers['content-type'], body].join())
    },
    async (socket) => {
      const answer = await askOnce(socket, '/v1/hook/x?a=b', {
        ...ASK,
        body: new TextEncoder().encode('«é»'),
        headers: { 'rampart-process': '1,2' },
      })
      assert.equal(answer.text, 'POST,/v1/hook/x?a=b,1,2,application/octet-stream,«é»')
      assert.equal(answer.status, 203)
      assert.equal(answer.header('rampart-exit'), '2')
      assert.equal(answer.header('rampart-other'), undefined)
      const got = await askOnce(socket, '/healthz', ASK)
      assert.equal(got.text, 'GET,/healthz,,,')
    },
  )
})

test('no redirect is followed', async () => {
  await withSocket(
    ({ url }, _body, response) => {
      response.writeHead(url === '/' ? 307 : 200, { location: '/elsewhere' })
      response.end(url)
    },
    async (socket) => assert.equal((await askOnce(socket, '/', ASK)).status, 307),
  )
})

test('an answer that is too long, breaks off or does not come in time is none', async () => {
  const withAnswer = async (answer: Answering, change: object) =>
    await withSocket(answer, async (socket) => {
      await assert.rejects(askOnce(socket, '/', { ...ASK, ...change }))
    })
  await withAnswer((_request, _body, response) => void response.end('x'.repeat(65)), { limit: 64 })
  await withAnswer((_request, _body, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('half')
    setImmediate(() => response.destroy())
  }, {})
  await withAnswer(() => {}, { timeoutMs: 30 })
  const gone = new AbortController()
  await withAnswer(() => gone.abort(), { signal: gone.signal })
})

test('where no socket is, or nobody listens, the question is refused at once', async () => {
  await assert.rejects(askOnce(join(tmpdir(), 'rampart-no-such.sock'), '/', ASK))
  await withSocket((_request, _body, response) => void response.end(), async (socket) => {
    await assert.rejects(askOnce(join(socket, '..'), '/', ASK))
  })
})
