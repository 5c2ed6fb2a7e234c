import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import process from 'node:process'
import { test } from 'node:test'
import { live } from '../helpers/http-live.ts'
import { runs } from '../helpers/runtime.ts'

const BODY = '{"agent":"a","session":"s","params":{"command":"ls"}}'
const CALL = 'POST /v1/preflight/exec HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n' +
  'Authorization: Bearer eval-token\r\nContent-Type: application/json\r\n'
const MIB = 1 << 20

/** As many as the descriptors of a process allow on both ends: 1,024 is the least that systems give. */
const IDLE = runs(300)

function opened(port: number, sent = ''): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      if (sent !== '') socket.write(sent, 'latin1')
      resolve(socket)
    })
    socket.on('error', reject)
  })
}

/** All that comes back until the server closes. */
function answered(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let got = ''
    socket.on('data', (chunk) => got += String(chunk))
    socket.on('close', () => resolve(got))
    socket.on('error', () => {})
  })
}

async function isAnswered(url: string): Promise<void> {
  for (let i = 0; i < 3; i++) assert.equal((await fetch(`${url}/healthz`)).status, 200)
}

const HELD: readonly (readonly [name: string, sent: string])[] = [
  ['that say nothing', ''],
  ['with half a line', 'GET /heal'],
  ['with half a head', 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: '],
  ['with half a body', `${CALL}Content-Length: ${BODY.length}\r\n\r\n${BODY.slice(0, 9)}`],
  ['with half a chunk', `${CALL}Transfer-Encoding: chunked\r\n\r\nff\r\n{`],
]

for (const [name, sent] of HELD) {
  test(`${IDLE} connections ${name}: others are answered, and nothing is decided`, () =>
    live(async ({ port, url, api }) => {
      const sockets = await Promise.all(Array.from({ length: IDLE }, () => opened(port, sent)))
      await isAnswered(url)
      for (const socket of sockets) socket.destroy()
      await isAnswered(url)
      assert.equal(api.decided.length, 0)
    }))
}

test('a caller that closes its half has its answer', () =>
  live(async ({ port, api }) => {
    const socket = await opened(port)
    const got = answered(socket)
    socket.end(`${CALL}Content-Length: ${BODY.length}\r\n\r\n${BODY}`, 'latin1')
    assert.match(await got, /^HTTP\/1\.1 \d{3} /)
    assert.ok(api.decided.length <= 1)
  }))

const FLOODS: readonly (readonly [name: string, head: string])[] = [
  ['one header of 64 KiB', `X: ${'a'.repeat(1 << 16)}\r\n`],
  ['5,000 headers', Array.from({ length: 5000 }, (_, i) => `X-${i}: a\r\n`).join('')],
  ['one header 2,000 times', 'X: aaaaaaaaaaaaaaaa\r\n'.repeat(2000)],
]

for (const [name, head] of FLOODS) {
  test(`${name}: refused, and others are answered`, () =>
    live(async ({ port, url, api }) => {
      const socket = await opened(port)
      const got = answered(socket)
      socket.write(`${CALL}${head}Content-Length: ${BODY.length}\r\n\r\n${BODY}`, 'latin1')
      // Some runtimes say so, some close.
      assert.match(await got, /^(?:HTTP\/1\.1 4(?:00|13|31) |$)/)
      assert.equal(api.decided.length, 0)
      await isAnswered(url)
    }))
}

test('a body of 100 MB in chunks: refused, and never held', () =>
  live(async ({ port, url, api }) => {
    const chunk = `${MIB.toString(16)}\r\n${' '.repeat(MIB)}\r\n`
    const before = process.memoryUsage().rss
    for (let round = 0; round < 3; round++) {
      const socket = await opened(port, `${CALL}Transfer-Encoding: chunked\r\n\r\n`)
      let open = true
      const got = answered(socket).finally(() => open = false)
      let sent = 0
      while (open && sent < 100) {
        sent += 1
        const isRoom = socket.write(chunk, 'latin1')
        if (!isRoom) {
          await Promise.race([
            got,
            new Promise((resolve) => socket.once('drain', resolve)),
          ])
        }
      }
      if (open) socket.end('0\r\n\r\n')
      assert.match(await got, /^(?:HTTP\/1\.1 413 |$)/)
    }
    assert.equal(api.decided.length, 0)
    await isAnswered(url)
    // Three such bodies are 300 MB.
    assert.ok(process.memoryUsage().rss - before < 150 * MIB)
  }))
