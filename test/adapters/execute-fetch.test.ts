import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createSecure } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { type FetchPlace, fetchTask } from '../../src/adapters/execute-fetch.ts'
import { Unfit } from '../../src/adapters/execute-place.ts'
import type { FetchTask, Ran, TaskLimits } from '../../src/ports.ts'
import { makeCertificate } from '../helpers/certificate.ts'
import { textOf } from '../helpers/execute.ts'

interface Site {
  readonly port: number
  readonly seen: IncomingMessage[]
}

/** A server on a loopback address; what it was asked is kept. */
async function serving(
  answer: RequestListener,
  body: (site: Site) => Promise<void>,
  { host = '127.0.0.1', port = 0 } = {},
): Promise<void> {
  const seen: IncomingMessage[] = []
  const server = createServer((request, response) => {
    seen.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  try {
    await body({ port: (server.address() as AddressInfo).port, seen })
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const page: RequestListener = (_request, response) => response.end('served')

interface Asked {
  readonly place?: Partial<FetchPlace>
  readonly limits?: Partial<TaskLimits>
  readonly signal?: AbortSignal
  readonly task?: Partial<FetchTask>
}

async function get(url: string, { place, limits, signal, task }: Asked = {}): Promise<Ran> {
  const own = { host: '127.0.0.1', port: 1 }
  try {
    return await fetchTask(
      { kind: 'fetch', url, method: 'GET', headers: {}, ...task },
      {
        id: 'ID',
        limits: { timeoutMs: 20_000, outputBytes: 4096, ...limits },
        signal: signal ?? new AbortController().signal,
      },
      { allowPrivate: true, own, ...place },
    )
  } catch (error) {
    if (error instanceof Unfit) return { state: 'refused', detail: error.message, outputs: [] }
    throw error
  }
}

const Row = z.strictObject({
  name: z.string(),
  host: z.string().default('name.example'),
  answers: z.array(z.array(z.string())).optional(),
  private: z.boolean().default(false),
  own: z.string().optional(),
  want: z.string(),
})
const rows = z.array(Row).min(18).parse(
  parse(readFileSync(new URL('../fixtures/execute-fetch.yaml', import.meta.url), 'utf8')),
)

for (const row of rows) {
  test(`fetch: ${row.name}`, () =>
    serving(page, async ({ port, seen }) => {
      let asked = 0
      const ran = await get(`http://${row.host}:${port}/`, {
        place: {
          allowPrivate: row.private,
          resolve: async () => {
            assert.ok(row.answers !== undefined, 'an address is resolved by nobody')
            return row.answers[asked++] ?? []
          },
          ...(row.own === undefined ? {} : { own: { host: row.own, port } }),
        },
      })
      assert.equal(asked, row.answers === undefined ? 0 : 1)
      if (row.want === 'served') return assert.equal(textOf(ran, 'content'), 'served')
      assert.equal(ran.state, 'refused')
      assert.match(ran.detail!, new RegExp(row.want))
      assert.equal(seen.length, 0)
    }))
}

const elsewhere = process.platform === 'linux' ? false : 'one loopback address alone'

test(
  'F43 a name that answers otherwise the second time is not asked twice',
  { skip: elsewhere },
  () =>
    serving(
      (_request, response) => response.end('victim'),
      ({ port, seen }) =>
        serving(page, async () => {
          const answers = [['127.0.0.2'], ['127.0.0.1']]
          const resolve = async () => answers.shift() ?? []
          const ran = await get(`http://name.example:${port}/`, { place: { resolve } })
          assert.deepEqual([textOf(ran, 'content'), seen.length], ['served', 0])
        }, { host: '127.0.0.2', port }),
    ),
)

test('what is sent is what was judged, under the name of the host', () =>
  serving((request, response) => {
    let body = ''
    request.on('data', (chunk: Uint8Array) => body += String(chunk))
    request.on('end', () => response.end(`${request.method} ${request.url} ${body}`))
  }, async ({ port, seen }) => {
    const ran = await get(`http://name.example:${port}/a?b=c#d`, {
      place: { resolve: async () => ['127.0.0.1'] },
      task: { method: 'POST', headers: { 'X-A': 'b', Accept: 'text/plain' }, body: 'té' },
    })
    assert.equal(textOf(ran, 'content'), 'POST /a?b=c té')
    const { headers } = seen[0]!
    const told = ['host', 'x-a', 'accept', 'accept-encoding', 'connection', 'content-length']
      .map((name) => headers[name])
    assert.deepEqual(told, [`name.example:${port}`, 'b', 'text/plain', 'identity', 'close', '3'])
    assert.deepEqual([headers.cookie, headers.authorization], [undefined, undefined])
  }))

test('no proxy of the environment is asked', () =>
  serving(page, async ({ port, seen }) => {
    const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']
    const before = names.map((name) => [name, process.env[name]] as const)
    for (const name of names) {
      process.env[name] = name.startsWith('NODE') ? '1' : `http://127.0.0.1:${port}`
    }
    try {
      const ran = await get('http://name.example:9/', {
        place: { resolve: async () => ['127.0.0.1'] },
      })
      assert.equal(ran.state, 'failed')
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
    }
    assert.equal(seen.length, 0)
  }))

test('a redirect is told, absolute, and nothing of it is read', () =>
  serving((request, response) => {
    response.writeHead(302, { location: request.url === '/1' ? '../b?c' : 'http://[bad' })
    response.end('a secret')
  }, async ({ port }) => {
    const first = await get(`http://127.0.0.1:${port}/1`)
    assert.deepEqual([first.state, first.http?.location, first.outputs], [
      'redirected',
      `http://127.0.0.1:${port}/b?c`,
      [],
    ])
    const second = await get(`http://127.0.0.1:${port}/2`)
    assert.deepEqual([second.state, second.http?.location], ['redirected', 'http://[bad'])
  }))

test('a page is cut at the limit, and an endless one is left', () =>
  serving((request, response) => {
    response.setHeader('content-type', 'text/plain')
    if (request.url === '/short') return response.end('abcdef')
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    }
    response.on('drain', more)
    more()
  }, async ({ port }) => {
    const short = await get(`http://127.0.0.1:${port}/short`, { limits: { outputBytes: 4 } })
    assert.deepEqual([textOf(short, 'content'), short.outputs[0]?.truncated], ['abcd', true])
    assert.equal(short.http?.contentType, 'text/plain')
    const endless = await get(`http://127.0.0.1:${port}/endless`, { limits: { outputBytes: 4 } })
    assert.deepEqual([endless.state, textOf(endless, 'content'), endless.outputs[0]?.truncated], [
      'done',
      'xxxx',
      true,
    ])
  }))

test('who does not answer, who drips and who does not resolve end with the time', () =>
  serving((request, response) => {
    if (request.url === '/drip') response.write('x')
  }, async ({ port }) => {
    const limits = { timeoutMs: 200 }
    for (const path of ['silent', 'drip']) {
      assert.equal((await get(`http://127.0.0.1:${port}/${path}`, { limits })).state, 'timed_out')
    }
    const resolve = () => new Promise<readonly string[]>(() => {})
    const hung = await get(`http://name.example:${port}/`, { limits, place: { resolve } })
    assert.equal(hung.state, 'timed_out')
    const gone = new AbortController()
    const left = get(`http://127.0.0.1:${port}/silent`, { signal: gone.signal })
    gone.abort()
    assert.equal((await left).state, 'cancelled')
  }))

test('a connection that fails says which way, and no more', () =>
  serving((request) => void request.socket.destroy(), async ({ port }) => {
    const ran = await get(`http://127.0.0.1:${port}/`)
    assert.equal(ran.state, 'failed')
    assert.match(ran.detail!, /^The request failed(: [A-Z_]+)?$/)
  }))

test('HTTPS is judged by the name of the host, not by the address', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-tls-'))
  try {
    if (!makeCertificate(dir)) return t.skip('no openssl here to make a certificate')
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(dir, name), 'utf8'))
    const server = createSecure({ key: key!, cert: cert! }, page)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      const resolve = async () => ['127.0.0.1']
      // Of 127.0.0.1 alone: under another name it is somebody else's.
      const named = await get(`https://name.example:${port}/`, { place: { resolve, ca: cert } })
      assert.equal(named.state, 'failed')
      const unknown = await get(`https://127.0.0.1:${port}/`)
      assert.equal(unknown.state, 'failed')
      const trusted = await get(`https://127.0.0.1:${port}/`, { place: { ca: cert } })
      assert.equal(textOf(trusted, 'content'), 'served', trusted.detail)
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
