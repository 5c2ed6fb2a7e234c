import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { exec } from '../helpers/http.ts'
import { live } from '../helpers/http-live.ts'
import { RUNTIME } from '../helpers/runtime.ts'

/** Send bytes as they are; everything that comes back until the other side closes. */
function raw(where: number | string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = typeof where === 'number'
      ? connect({ host: '127.0.0.1', port: where })
      : connect({ path: where })
    let got = ''
    connection.on('data', (chunk) => got += String(chunk))
    connection.on('error', (error) => got === '' ? reject(error) : resolve(got))
    connection.on('close', () => resolve(got))
    connection.write(text)
  })
}

const BODY = JSON.stringify(exec('rm -rf /'))
const CALL = [
  'content-type: application/json',
  `content-length: ${BODY.length}`,
  'connection: close',
  '',
  BODY,
].join('\r\n')

function call(host: string, ...headers: readonly string[]): string {
  return ['POST /v1/tool/exec HTTP/1.1', `host: ${host}`, ...headers, CALL].join('\r\n')
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.\d (\d{3})/.exec(answer)?.[1])
}

test('F8 two listeners: the socket needs no token, TCP does, whatever Host says', () =>
  live(async ({ api, port, socket }) => {
    assert.equal(statusOf(await raw(socket, call('localhost'))), 403)
    assert.equal(statusOf(await raw(socket, call('evil.example'))), 403)
    assert.equal(statusOf(await raw(port, call('localhost'))), 401)
    assert.equal(statusOf(await raw(port, call('socket'))), 421)
    const bearer = 'authorization: Bearer eval-token'
    assert.equal(statusOf(await raw(port, call('127.0.0.1', bearer))), 403)
    assert.deepEqual(api.decided.map(({ via }) => via), ['socket', 'socket', 'http'])
    assert.equal(api.decided[2]?.identity.principal, 'token:E')
  }))

test('semantics 25 over TCP a foreign Host is 421, in an absolute target as well', () =>
  live(async ({ api, port }) => {
    const bearer = 'authorization: Bearer eval-token'
    assert.equal(statusOf(await raw(port, call('evil.example', bearer))), 421)
    const absolute = call('127.0.0.1', bearer)
      .replace('POST /v1', 'POST http://evil.example/v1')
    // Bun shows its handlers the Host alone; a browser cannot send one that differs from the target.
    const expected = RUNTIME === 'bun' ? 403 : 421
    assert.equal(statusOf(await raw(port, absolute)), expected)
    assert.equal(api.decided.length, expected === 403 ? 1 : 0)
  }))

for (
  const host of [
    '127.0.0.1, evil.example',
    '',
    'localhost@evil.example',
    'a b',
    '[::1',
    'localhost:x',
  ]
) {
  test(`a Host that is no name is the caller's fault, not a defect: ${JSON.stringify(host)}`, () =>
    live(async ({ api, port, socket, logged }) => {
      const bearer = 'authorization: Bearer eval-token'
      const status = statusOf(await raw(port, call(host, bearer)))
      assert.ok([400, 421].includes(status), String(status))
      assert.equal(api.decided.length, 0)
      const local = statusOf(await raw(socket, call(host)))
      assert.ok([400, 403, 421].includes(local), String(local))
      assert.deepEqual(logged, [])
    }))
}

test('TRACE is refused on the wire', () =>
  live(async ({ port }) => {
    const answer = await raw(
      port,
      'TRACE /healthz HTTP/1.1\r\nhost: localhost\r\nx-secret: echo-me\r\nconnection: close\r\n\r\n',
    )
    const status = statusOf(answer)
    assert.ok(status >= 400 && status < 600, answer)
    assert.ok(!answer.includes('echo-me'))
  }))
