import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ROUTES } from '../../src/http/table.ts'
import type { Transport } from '../../src/http/transport.ts'
import { CALLERS, exec, httpBench, requestFor } from '../helpers/http.ts'

const SOCKET: Transport = { transport: 'socket', uid: 501 }
const TCP: Transport = { transport: 'tcp' }
const body = exec('ls')

test('F8 only what the runtime says of the transport stands in for a token', async () => {
  const { send, api } = httpBench()
  assert.equal((await send('/v1/tool/exec', { token: null, body, env: SOCKET })).status, 403)
  const { identity, via } = api.decided[0]!
  assert.deepEqual([identity.principal, identity.bound.size, via], ['uid:501', 0, 'socket'])
  for (const env of [undefined, TCP, {} as Transport, { uid: 0 } as Transport]) {
    assert.equal((await send('/v1/tool/exec', { token: null, body, env })).status, 401)
  }
  assert.equal(api.decided.length, 1)
})

test('F8 no header claims the socket', async () => {
  const { send, api } = httpBench()
  const claims = ['x-transport', 'transport', 'x-forwarded-for', 'forwarded', 'x-real-ip', 'via']
  const headers = Object.fromEntries(claims.map((name) => [name, 'socket']))
  assert.equal((await send('/v1/tool/exec', { token: null, body, headers })).status, 401)
  assert.equal(api.decided.length, 0)
})

test('F8 over the socket a token counts, and a wrong one is refused', async () => {
  const { send, api } = httpBench()
  await send('/v1/tool/exec', { token: 'bound-token', body, env: SOCKET })
  assert.equal(api.decided[0]?.identity.principal, 'token:B')
  assert.equal((await send('/v1/tool/exec', { token: 'wrong', body, env: SOCKET })).status, 401)
  const basic = { token: null, headers: { authorization: 'Basic eDp5' }, body, env: SOCKET }
  assert.equal((await send('/v1/tool/exec', basic)).status, 401)
  const empty = { token: null, headers: { authorization: '' }, body, env: SOCKET }
  assert.equal((await send('/v1/tool/exec', empty)).status, 401)
})

test('F8 the socket evaluates and sees its own approvals, nothing else', async () => {
  const { send } = httpBench()
  for (const { path, method, scopes } of ROUTES) {
    const got = await send(path.replace('{name}', 'exec').replace('{id}', 'APPROVAL1'), {
      token: null,
      method,
      env: SOCKET,
      ...(method === 'POST' ? { body: {} } : {}),
    })
    const mayTry = typeof scopes === 'string' || scopes.includes('eval')
    assert.equal(got.status === 403 && got.json.code === 'forbidden', !mayTry, path)
  }
})

test('F44 status needs audit; health and the description are open', async () => {
  const { send } = httpBench()
  for (const token of ['eval-token', 'approve-token', 'bound-token']) {
    const got = await send('/v1/status', { token })
    assert.equal(got.status, 403)
    assert.match(got.json.detail, /scope audit/)
    assert.match(got.headers.get('www-authenticate') ?? '', /scope="audit"/)
  }
  for (const token of ['audit-token', 'admin-token', 'all-token']) {
    assert.equal((await send('/v1/status', { token })).status, 200)
  }
  assert.equal((await send('/healthz', { token: null })).json.service, 'rampart')
  assert.equal((await send('/openapi.json', { token: null })).status, 200)
})

test('every route but the open ones needs a credential, and each caller gets what its scopes say', async () => {
  for (const { path, method, scopes } of ROUTES) {
    const where = path.replace('{name}', 'exec').replace('{id}', 'APPROVAL1')
    const asked = { method, ...(method === 'POST' ? { body: {} } : {}) }
    const { send } = httpBench()
    assert.equal((await send(where, { ...asked, token: null })).status === 401, scopes !== 'open')
    for (const [token, caller] of Object.entries(CALLERS)) {
      const got = await send(where, { ...asked, token })
      // No other credential becomes the person by opening the dashboard.
      if (/\/(?:logins|step-ups)$/.test(path) && caller.principal !== 'admin') {
        assert.equal(got.status, 403)
        continue
      }
      const may = typeof scopes === 'string' || caller.scopes.includes('admin') ||
        scopes.some((scope) => caller.scopes.includes(scope))
      assert.equal(got.status !== 403, may, `${token} ${path}: ${got.status}`)
    }
  }
})

test('a failed authentication says how to, and is recorded', async () => {
  const { send, api } = httpBench()
  const missing = await send('/v1/status', { token: null })
  assert.equal(missing.headers.get('www-authenticate'), 'Bearer realm="rampart"')
  const wrong = await send('/v1/status', { token: 'wrong', env: SOCKET })
  assert.match(wrong.headers.get('www-authenticate') ?? '', /invalid_token/)
  assert.ok(!wrong.text.includes('"wrong"'))
  const basic = { token: null, headers: { authorization: 'Basic x' } }
  await send('/v1/status', basic)
  assert.deepEqual(api.failures, ['http no token', 'socket wrong token', 'http no bearer token'])
})

test('a failed authentication stays 401 when it cannot be recorded', async () => {
  const { send, api, logged } = httpBench()
  api.authFailed = () => Promise.reject(new Error('disk full'))
  assert.equal((await send('/v1/status', { token: 'wrong' })).status, 401)
  assert.equal(logged.length, 1)
})

test('a token is looked up before a byte of the body is read', async () => {
  const { app } = httpBench()
  let pulled = false
  const stream = new ReadableStream({
    pull(controller) {
      pulled = true
      controller.close()
    },
  }, { highWaterMark: 0 })
  const response = await app.fetch(requestFor('/v1/tool/exec', { token: 'wrong', body: stream }))
  assert.deepEqual([response.status, pulled], [401, false])
})

const HOSTS: readonly (readonly [string, boolean])[] = [
  ['127.0.0.1:9090', true],
  ['127.0.0.1:1', true],
  ['127.9.9.9', true],
  ['localhost', true],
  ['LOCALHOST:80', true],
  ['localhost.', true],
  ['[::1]:9090', true],
  ['10.0.0.7', true],
  ['rampart.example', true],
  ['RAMPART.example:7', true],
  ['with-port.example:8443', true],
  ['with-port.example:8444', false],
  ['with-port.example', false],
  ['evil.example', false],
  ['localhost.evil.example', false],
  ['127.0.0.1.evil.example', false],
  ['rampart.example.evil.example', false],
  ['10.0.0.8', false],
  ['[::2]', false],
  ['0.0.0.0', false],
  ['user@localhost', false],
  ['localhost/evil', false],
  ['', false],
]

for (const [host, ours] of HOSTS) {
  test(`semantics 25 Host "${host}" is ${ours ? 'ours' : 'not ours: 421'}`, async () => {
    const { send } = httpBench({
      host: '10.0.0.7',
      hosts: ['rampart.example', 'with-port.example:8443'],
    })
    const got = await send('/healthz', { token: null, headers: { host } })
    assert.equal(got.status, ours ? 200 : 421)
  })
}

test('semantics 25 an absolute request target counts as a Host does; the socket ignores both', async () => {
  const { send } = httpBench()
  const origin = 'http://evil.example'
  assert.equal((await send('/healthz', { origin })).status, 421)
  assert.equal((await send('/healthz', { origin, headers: { host: 'localhost' } })).status, 421)
  assert.equal((await send('/healthz', { origin, env: TCP })).status, 421)
  const socket = { origin, headers: { host: 'evil.example' }, env: SOCKET }
  assert.equal((await send('/healthz', socket)).status, 200)
})

test('a known path with a wrong method is 405 and names the right ones', async () => {
  const { send } = httpBench()
  const cases = [
    ['/healthz', 'POST', 'GET, HEAD'],
    ['/healthz', 'OPTIONS', 'GET, HEAD'],
    ['/v1/tool/exec', 'GET', 'POST'],
    ['/v1/tool/exec', 'HEAD', 'POST'],
    ['/v1/tool/exec', 'OPTIONS', 'POST'],
    ['/v1/approvals', 'DELETE', 'GET, HEAD, POST'],
    ['/v1/approvals/X', 'PATCH', 'GET, HEAD'],
    ['/v1/policy/reload', 'PUT', 'POST'],
  ] as const
  for (const [path, method, allow] of cases) {
    const got = await send(path, { method })
    assert.deepEqual([got.status, got.headers.get('allow')], [405, allow], `${method} ${path}`)
  }
})

test('TRACE is 405 where a runtime hands it over', async () => {
  const { app } = httpBench()
  const request = new Proxy(requestFor('/healthz', {}), {
    get(target, key) {
      const value = key === 'method' ? 'TRACE' : Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  assert.equal((await app.fetch(request)).status, 405)
})

test('HEAD answers as GET does, without the body', async () => {
  const { send } = httpBench()
  const got = await send('/healthz', { method: 'HEAD' })
  assert.deepEqual([got.status, got.text], [200, ''])
  assert.equal((await send('/v1/status', { method: 'HEAD', token: null })).status, 401)
})

test('paths are taken as they are: nothing near a route is the route', async () => {
  const { send } = httpBench()
  for (
    const path of ['/', '/healthz/', '/Healthz', '//healthz', '/%68ealthz', '/v1/tool/a/b', '/v1']
  ) {
    const got = await send(path)
    assert.deepEqual([got.status, got.json.code], [404, 'not_found'], path)
  }
})

test('every answer forbids caches and sniffing', async () => {
  const { send } = httpBench()
  for (const path of ['/healthz', '/nowhere', '/v1/tool/exec', '/v1/approvals']) {
    for (const token of ['admin-token', 'wrong']) {
      const { headers } = await send(path, { token })
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.equal(headers.get('access-control-allow-origin'), null)
    }
  }
})
