import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { KeptSocket } from '../../src/cli/kept-socket.ts'

/** What a server says to each whole request, by its number; the socket is given for those that hang up. */
type Say = (to: Socket, request: string, count: number) => void

async function against(
  say: Say,
  run: (kept: KeptSocket, seen: { connections: number; requests: string[] }) => Promise<void>,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-kept-'))
  const seen = { connections: 0, requests: [] as string[] }
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    seen.connections++
    open.add(socket)
    socket.on('error', () => {})
    let got = ''
    socket.on('data', (chunk) => {
      got += chunk.toString('utf8')
      const at = got.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/.exec(got)?.[1] ?? 0)
      if (at < 0 || Buffer.byteLength(got.slice(at + 4)) < length) return
      seen.requests.push(got)
      got = ''
      say(socket, seen.requests.at(-1)!, seen.requests.length)
    })
  })
  const path = join(dir, 's')
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const kept = new KeptSocket(path)
  try {
    await run(kept, seen)
  } finally {
    kept.end()
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
    rmSync(dir, { recursive: true })
  }
}

const ASK = { body: '{"a":"é"}', timeoutMs: 20_000, limit: 100 }
const answer = (body: string, head = '') =>
  `HTTP/1.1 200 OK\r\n${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** In pieces as small as they come: each byte a write of its own. */
async function inBytes(to: Socket, text: string): Promise<void> {
  for (const byte of Buffer.from(text)) {
    await new Promise<void>((resolve) => to.write(Uint8Array.of(byte), () => resolve()))
  }
}

const ANSWERS = {
  'with a length': answer('{"é":1}'),
  'in chunks':
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"é"\r\n3;x=y\r\n:1}\r\n0\r\n\r\n',
  'after a hundred': `HTTP/1.1 100 Continue\r\n\r\n${answer('{"é":1}')}`,
}

for (const [what, text] of Object.entries(ANSWERS)) {
  test(`answers ${what} follow each other over one connection, however they are cut`, () =>
    against((to) => void inBytes(to, text), async (kept, seen) => {
      for (let round = 0; round < 3; round++) {
        assert.deepEqual(await kept.ask('/x', ASK), { status: 200, text: '{"é":1}' })
      }
      assert.equal(seen.connections, 1)
      assert.match(seen.requests[0]!, /^POST \/x HTTP\/1\.1\r\nhost: rampart\r\n/)
      assert.match(seen.requests[0]!, /content-length: 10\r\n/)
      assert.ok(seen.requests[0]!.endsWith('\r\n\r\n{"a":"é"}'))
    }))
}

test('questions at the same time have a connection each, and each its own answer', () => {
  const waiting: (() => void)[] = []
  return against((to, request) => {
    waiting.push(() => to.write(answer(/^POST (\S+)/.exec(request)![1]!)))
    if (waiting.length === 3) { for (const go of waiting.reverse()) go() }
  }, async (kept, seen) => {
    const paths = ['/1', '/2', '/3']
    const told = await Promise.all(paths.map((path) => kept.ask(path, ASK)))
    assert.deepEqual(told.map(({ text }) => text), paths)
    assert.equal(seen.connections, 3)
  })
})

test('a kept connection that the server has closed is replaced, once', () => {
  const first = new Set<Socket>()
  return against((to) => {
    if (first.has(to)) return void to.destroy()
    first.add(to)
    // The first two connections carry one answer each, later ones none.
    if (first.size < 3) to.write(answer(String(first.size)))
    else to.destroy()
  }, async (kept, seen) => {
    assert.equal((await kept.ask('/x', ASK)).text, '1')
    assert.equal((await kept.ask('/x', ASK)).text, '2')
    await assert.rejects(kept.ask('/x', ASK), /broke off|ECONNRESET|EPIPE/)
    assert.equal(seen.connections, 3)
  })
})

test('a connection that says it closes is not kept', () =>
  against((to) => void to.write(answer('1', 'Connection: close\r\n')), async (kept, seen) => {
    await kept.ask('/x', ASK)
    await kept.ask('/x', ASK)
    assert.equal(seen.connections, 2)
  }))

const BROKEN: Readonly<Record<string, string>> = {
  'no HTTP': 'hello\r\n\r\n',
  'no length': 'HTTP/1.1 200 OK\r\n\r\n',
  'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12',
  'a length and chunks':
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'a length that is no number': 'HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n1',
  'chunks without lengths':
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n1\r\n0\r\n\r\n',
  'more than it announced': answer('1') + answer('{"allowed":true}'),
  'too much': answer('x'.repeat(101)),
  'too much in chunks': `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n${
    'x'.repeat(101)
  }\r\n0\r\n\r\n`,
  'a head without an end': `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`,
}

for (const [what, text] of Object.entries(BROKEN)) {
  test(`an answer with ${what} is none, and its connection is not used again`, () =>
    against((to, _, count) => {
      to.write(count === 1 ? text : answer('2'))
    }, async (kept, seen) => {
      await assert.rejects(kept.ask('/x', ASK))
      assert.equal((await kept.ask('/x', ASK)).text, '2')
      assert.equal(seen.connections, 2)
    }))
}

test('an answer that breaks off is none', () =>
  against((to) => void to.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1'), async (kept) => {
    await assert.rejects(kept.ask('/x', ASK))
  }))

test('a question that nobody answers ends at its time, and with its signal', () =>
  against(() => {}, async (kept, seen) => {
    await assert.rejects(kept.ask('/x', { ...ASK, timeoutMs: 1 }), /no answer in time/)
    const stop = new AbortController()
    const asked = kept.ask('/x', { ...ASK, signal: stop.signal })
    stop.abort()
    await assert.rejects(asked, /given up/)
    await assert.rejects(kept.ask('/x', { ...ASK, signal: AbortSignal.abort() }), /given up/)
    assert.ok(seen.connections <= 2)
  }))

test('a socket that is not there is told at once', async () => {
  const kept = new KeptSocket(join(tmpdir(), 'rampart-no-such-socket'))
  await assert.rejects(kept.ask('/x', ASK), { code: 'ENOENT' })
})
