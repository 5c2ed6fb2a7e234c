import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { live } from '../helpers/http-live.ts'

const BODY = '{"agent":"a","session":"s","params":{"command":"ls"}}'
const CHUNKED = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`
const CALL = 'POST /v1/tool/exec HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n' +
  'Authorization: Bearer eval-token\r\nContent-Type: application/json\r\n'
const CLOSE = 'Connection: close\r\n\r\n'

/** Requests that two programs could read as two, or that are old; what each runtime may answer. */
const ROWS: readonly (readonly [name: string, sent: string, statuses: RegExp])[] = [
  [
    'two lengths',
    `${CALL}Content-Length: ${BODY.length}\r\nContent-Length: 5\r\n\r\n${BODY}`,
    /^400$/,
  ],
  [
    'a length beside chunks',
    `${CALL}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKED}`,
    /^400$/,
  ],
  [
    'two hosts',
    `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n${CLOSE}`,
    /^4(?:00|21)$/,
  ],
  [
    'bad UTF-8 in a path',
    `GET /v1/approvals/%ff\xff HTTP/1.1\r\nHost: 127.0.0.1\r\n${CLOSE}`,
    /^40[01]$/,
  ],
  ['HTTP/1.0', 'GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n', /^200$/],
  [
    'two requests at once',
    `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n${CLOSE}`,
    /^200 200$/,
  ],
]

for (const [name, sent, statuses] of ROWS) {
  test(`${name}: answered so that nothing is decided twice or by half, and others are answered`, () =>
    live(async ({ port, url, api, logged }) => {
      const got = await exchange(port, sent)
      const found = [...got.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map(([, status]) => status)
      assert.match(found.join(' '), statuses, got)
      assert.equal(api.decided.length, 0)
      assert.equal((await fetch(`${url}/healthz`)).status, 200)
      assert.deepEqual(logged, [])
    }))
}

/** All that comes back until the server closes. */
function exchange(port: number, sent: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let got = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(sent, 'latin1'))
    socket.on('data', (chunk) => got += String(chunk))
    socket.on('close', () => resolve(got))
    // A server that refuses may close while we still send.
    socket.on('error', (error) => got === '' ? reject(error) : undefined)
  })
}
