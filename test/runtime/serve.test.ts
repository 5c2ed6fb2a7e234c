import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { request, type RequestOptions } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { RampartError } from '../../src/errors.ts'
import { type Handler, HEAD_LIMIT, type Running, serve } from '../../src/runtime/serve.ts'

const log = { error() {}, warn() {}, info() {} }
const host = '127.0.0.1'

const echo: Handler = async (incoming, transport) =>
  Response.json({ transport, length: (await incoming.text()).length })

async function withServer(
  fetch: Handler,
  run: (running: Running & { socket: string }) => Promise<void>,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-serve-'))
  const socket = join(dir, 'run', 's.sock')
  const running = await serve({ fetch, tcp: { host, port: 0 }, socket, log })
  try {
    await run({ ...running, socket })
  } finally {
    await running.close(0)
    rmSync(dir, { recursive: true, force: true })
  }
}

/** One exchange over TCP or the socket, with nothing between us and the wire but node:http. */
function send(
  options: RequestOptions,
  body = '',
): Promise<{ status: number; text: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent: false, ...options }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8').on('data', (chunk: string) => text += chunk)
      incoming.on(
        'end',
        () => resolve({ status: incoming.statusCode!, text, headers: incoming.headers }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

const portOf = ({ url }: Running) => Number(new URL(url!).port)

test('F8 each listener hands its own transport over, whatever the headers claim', async () => {
  await withServer(echo, async (running) => {
    const headers = { 'x-transport': 'socket', 'x-forwarded-for': 'unix:', host: 'localhost' }
    const tcp = await send({ host, port: portOf(running), method: 'POST', headers }, 'abc')
    assert.deepEqual(JSON.parse(tcp.text), { transport: { transport: 'tcp' }, length: 3 })
    const unix = await send({ socketPath: running.socket, method: 'POST', headers }, 'abcd')
    assert.deepEqual(JSON.parse(unix.text), {
      transport: { transport: 'socket', uid: process.getuid?.() },
      length: 4,
    })
  })
})

test('the socket belongs to its owner alone', async () => {
  await withServer(echo, (running) => {
    assert.equal(statSync(running.socket).mode & 0o777, 0o600)
    assert.equal(statSync(join(running.socket, '..')).mode & 0o777, 0o700)
    return Promise.resolve()
  })
})

test('a body of 1 MiB arrives whole on both', async () => {
  await withServer(echo, async (running) => {
    const body = 'x'.repeat(1 << 20)
    for (const where of [{ host, port: portOf(running) }, { socketPath: running.socket }]) {
      const { text } = await send({ ...where, method: 'POST' }, body)
      assert.equal(JSON.parse(text).length, body.length)
    }
  })
})

test('a method that some runtime cannot put into a Request is refused on all', async () => {
  const refusing: Handler = ({ method }) =>
    new Response(null, { status: method === 'TRACE' ? 405 : 200, headers: { allow: 'GET' } })
  await withServer(refusing, async (running) => {
    const { status, headers } = await send({ host, port: portOf(running), method: 'TRACE' })
    assert.equal(status, 405)
    assert.ok(headers['allow'])
  })
})

test('a head over the limit is refused, and the server goes on', async () => {
  await withServer(echo, async (running) => {
    const headers = { 'x-long': 'x'.repeat(4 * HEAD_LIMIT) }
    const refused = await send({ host, port: portOf(running), headers }).then(
      ({ status }) => status,
      () => 'cut' as const,
    )
    // Node and Bun say 431, Deno 400.
    assert.ok(refused === 431 || refused === 400 || refused === 'cut', String(refused))
    assert.equal((await send({ host, port: portOf(running) })).status, 200)
  })
})

test('bytes that are no HTTP do not end the server', async () => {
  await withServer(echo, async (running) => {
    await new Promise<void>((resolve) => {
      const socket = connect(portOf(running), host, () => socket.end('\0\xff\r\n\r\n'))
      socket.on('error', () => resolve()).on('close', () => resolve()).resume()
    })
    assert.equal((await send({ host, port: portOf(running) })).status, 200)
  })
})

test('a handler that throws is a 500 without a word of detail', async () => {
  await withServer(() => {
    throw new Error('secret detail')
  }, async (running) => {
    const { status, text } = await send({ host, port: portOf(running) })
    assert.equal(status, 500)
    assert.ok(!text.includes('secret'))
  })
})

test('close() lets what is under way end', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => release = resolve)
  let entered = () => {}
  const inside = new Promise<void>((resolve) => entered = resolve)
  await withServer(async () => {
    entered()
    await held
    return new Response('late')
  }, async (running) => {
    const answer = send({ host, port: portOf(running), headers: { connection: 'close' } })
    await inside
    const closing = running.close(60_000)
    release()
    assert.equal((await answer).text, 'late')
    await closing
    await assert.rejects(send({ host, port: portOf(running) }))
  })
})

test('a socket that a killed server left behind is taken over', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-stale-'))
  const socket = join(dir, 's.sock')
  await leaveStale(socket)
  const running = await serve({ fetch: echo, socket, log })
  assert.equal((await send({ socketPath: socket })).status, 200)
  await running.close(0)
  rmSync(dir, { recursive: true, force: true })
})

test('a socket that a live server holds is left alone', async () => {
  await withServer(echo, async ({ socket }) => {
    await assert.rejects(
      serve({ fetch: echo, socket, log }),
      (error) => error instanceof RampartError && error.code === 'unavailable',
    )
    assert.equal((await send({ socketPath: socket })).status, 200)
  })
})

test('a file where the socket should be is not removed', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-file-'))
  const socket = join(dir, 'precious')
  writeFileSync(socket, 'x')
  await assert.rejects(serve({ fetch: echo, socket, log }), RampartError)
  assert.equal(statSync(socket).size, 1)
  rmSync(dir, { recursive: true, force: true })
})

test('a port in use is reported by its errno, and nothing else stays open', async () => {
  await withServer(echo, async (running) => {
    await assert.rejects(
      serve({ fetch: echo, tcp: { host, port: portOf(running) }, log }),
      (error: NodeJS.ErrnoException) => error.code === 'EADDRINUSE',
    )
  })
})

/** A socket file whose server is gone without a goodbye: bound, renamed away from its owner's cleanup. */
async function leaveStale(path: string): Promise<void> {
  const { renameSync } = await import('node:fs')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(`${path}.tmp`, resolve))
  renameSync(`${path}.tmp`, path)
  await new Promise<void>((resolve) => server.close(() => resolve()))
}
