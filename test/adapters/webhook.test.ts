import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createWebhookClient, type WebhookOptions } from '../../src/adapters/webhook.ts'
import { systemClock } from '../../src/adapters/clock.ts'
import { isPublicAddress } from '../../src/adapters/webhook-address.ts'

/** Run `use` with a server that answers by `listener`. */
async function withServer(
  listener: RequestListener,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const clientOf = (options: Partial<WebhookOptions>) =>
  createWebhookClient({ clock: systemClock(), ...options })

const NO_DECISION = 'the answer names no decision'
const UNREADABLE = 'the answer is not JSON that can be trusted'
const ASKED = { id: 'q1', allowPrivate: false } as const

interface Row {
  readonly name: string
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body: string
  readonly verdict: 'allow' | 'deny' | 'require_approval' | 'log' | 'failed'
  readonly reason: string
}

const ROWS: readonly Row[] = [
  { name: 'allow', body: '{"decision":"allow"}', verdict: 'allow', reason: '' },
  { name: 'deny', body: '{"decision":" DENY ","reason":"no"}', verdict: 'deny', reason: 'no' },
  {
    name: 'a person is to be asked',
    body: '{"decision":"require_approval","reason":"new host","score":0.7}',
    verdict: 'require_approval',
    reason: 'new host',
  },
  { name: 'log', body: '{"decision":"log"}', verdict: 'log', reason: '' },
  { name: 'webhook', body: '{"decision":"webhook"}', verdict: 'failed', reason: NO_DECISION },
  { name: 'a list', body: '["allow"]', verdict: 'failed', reason: NO_DECISION },
  {
    name: 'a decision that is no text',
    body: '{"decision":["allow"]}',
    verdict: 'failed',
    reason: NO_DECISION,
  },
  {
    name: 'HTTP 500',
    status: 500,
    body: '{"decision":"allow"}',
    verdict: 'failed',
    reason: 'HTTP 500',
  },
  { name: 'HTTP 204', status: 204, body: '', verdict: 'failed', reason: UNREADABLE },
  {
    name: 'a redirect',
    status: 302,
    headers: { location: 'http://127.0.0.1:1/' },
    body: '',
    verdict: 'failed',
    reason: 'HTTP 302',
  },
  { name: 'no JSON', body: 'allow', verdict: 'failed', reason: UNREADABLE },
  {
    name: 'a key that comes twice',
    body: '{"decision":"deny","decision":"allow"}',
    verdict: 'failed',
    reason: UNREADABLE,
  },
  {
    name: 'a key that comes twice in another spelling, deeper down',
    body: '{"decision":"allow","more":{"a":1,"\\u0061":2}}',
    verdict: 'failed',
    reason: UNREADABLE,
  },
  { name: 'null', body: 'null', verdict: 'failed', reason: NO_DECISION },
  {
    name: 'another word',
    body: '{"decision":"maybe"}',
    verdict: 'failed',
    reason: NO_DECISION,
  },
  {
    name: 'too long an answer',
    body: `{"decision":"allow","pad":"${'x'.repeat(70_000)}"}`,
    verdict: 'failed',
    reason: 'the answer is too long',
  },
]

for (const { name, status, headers, body, verdict, reason } of ROWS) {
  test(`webhook verdict: ${name} is ${verdict}`, async () => {
    await withServer((_request, response) => {
      response.writeHead(status ?? 200, { 'content-type': 'application/json', ...headers })
      response.end(body)
    }, async (url) => {
      const client = clientOf({ allowPrivate: true })
      assert.deepEqual(await client.ask({ ...ASKED, url, timeoutMs: 5000, body: {} }), {
        verdict,
        reason,
      })
    })
  })
}

test('webhook: sends the body as JSON to the name that was asked for', async () => {
  let seen: unknown
  await withServer((request, response) => {
    const chunks: Uint8Array[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      seen = {
        method: request.method,
        path: request.url,
        host: request.headers.host,
        body: JSON.parse(Buffer.concat(chunks).toString()),
      }
      response.end('{"decision":"allow"}')
    })
  }, async (url) => {
    const client = clientOf({ allowPrivate: true, resolve: async () => ['127.0.0.1'] })
    const named = url.replace('127.0.0.1', 'hooks.example')
    const answer = await client.ask({
      ...ASKED,
      url: `${named}?a=1`,
      timeoutMs: 5000,
      body: { tool: 'é' },
    })
    assert.equal(answer.verdict, 'allow')
    assert.deepEqual(seen, {
      method: 'POST',
      path: '/hook?a=1',
      host: new URL(named).host,
      body: { tool: 'é' },
    })
  })
})

test('webhook: no answer in time is a failure', async () => {
  await withServer(() => {}, async (url) => {
    const client = clientOf({ allowPrivate: true })
    assert.deepEqual(await client.ask({ ...ASKED, url, timeoutMs: 30, body: {} }), {
      verdict: 'failed',
      reason: 'no answer in time',
    })
  })
})

test('webhook: a resolver that never answers is a failure in time', async () => {
  const client = clientOf({ resolve: () => new Promise(() => {}) })
  const answer = await client.ask({ ...ASKED, url: 'http://a.example/', timeoutMs: 20, body: {} })
  assert.deepEqual(answer, { verdict: 'failed', reason: 'no answer in time' })
})

test('webhook: nobody listening is a failure that names no URL', async () => {
  const client = clientOf({ allowPrivate: true })
  const answer = await client.ask({
    ...ASKED,
    url: 'http://127.0.0.1:1/secret',
    timeoutMs: 5000,
    body: {},
  })
  assert.deepEqual(answer, { verdict: 'failed', reason: 'request failed' })
})

for (const url of ['', 'file:///etc/passwd', 'not a url', 'ftp://a.example/']) {
  test(`webhook: "${url}" is not asked`, async () => {
    const answer = await clientOf({}).ask({ ...ASKED, url, timeoutMs: 1000, body: {} })
    assert.deepEqual(answer, { verdict: 'failed', reason: 'not an http(s) URL' })
  })
}

test('F43 webhook: a name that leads to a private address is refused, one of several too', async () => {
  for (
    const addresses of [['10.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['::ffff:169.254.169.254']]
  ) {
    const client = clientOf({ resolve: async () => addresses })
    const answer = await client.ask({
      ...ASKED,
      url: 'http://a.example/',
      timeoutMs: 1000,
      body: {},
    })
    assert.equal(answer.verdict, 'failed')
    assert.match(answer.reason, /not public/)
  }
  const literal = await clientOf({}).ask({
    ...ASKED,
    url: 'http://[::1]:1/',
    timeoutMs: 1000,
    body: {},
  })
  assert.match(literal.reason, /not public/)
})

const ADDRESSES: readonly (readonly [string, boolean])[] = [
  ['93.184.216.34', true],
  ['2606:4700::1111', true],
  ['127.0.0.1', false],
  ['10.1.2.3', false],
  ['172.31.255.255', false],
  ['172.32.0.1', true],
  ['192.168.1.1', false],
  ['169.254.169.254', false],
  ['100.64.0.1', false],
  ['0.0.0.0', false],
  ['255.255.255.255', false],
  ['224.0.0.1', false],
  ['::', false],
  ['::1', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:7f00:1', false],
  ['::ffff:93.184.216.34', true],
  ['fe80::1', false],
  ['fd00::1', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['a.example', false],
  ['', false],
]

for (const [address, isPublic] of ADDRESSES) {
  test(`F43 webhook: "${address}" is ${isPublic ? '' : 'not '}public`, () => {
    assert.equal(isPublicAddress(address), isPublic)
  })
}
