import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DENY, whyNot } from './bench.ts'
import { attempt, executable, http, withRaw, YES } from './raw.ts'

const skip = whyNot()

const UNREADABLE: Readonly<Record<string, string>> = {
  'no HTTP': 'hello\r\n\r\n',
  'a server that fails': http('500 Oops', '{"allowed":true,"decision":"allow"}'),
  'a server with too much to do': http('429 Later', YES),
  'a redirect': http('302 Found', YES, 'location: /\r\n'),
  'nothing': '',
  'an empty object': http('200 OK', '{}'),
  'allowed twice': http('200 OK', '{"allowed":false,"decision":"allow","allowed":true}'),
  'allowed twice by an escape': http(
    '200 OK',
    '{"allowed":false,"decision":"allow","\\u0061llowed":true}',
  ),
  'allowed as a text': http('200 OK', '{"allowed":"true","decision":"allow"}'),
  'allowed inside': http('200 OK', '{"a":{"allowed":true,"decision":"allow"}}'),
  'no decision': http('200 OK', '{"allowed":true}'),
  'text behind': http('200 OK', `${YES} {}`),
  'a list': http('200 OK', `[${YES}]`),
  'a part': http('200 OK', YES).slice(0, -5),
  'a huge answer': http(
    '200 OK',
    `{"allowed":true,"decision":"allow","x":"${'y'.repeat(70_000)}"}`,
  ),
  'a huge head': `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(4000)}content-length: 2\r\n\r\n{}`,
  'two lengths': http('200 OK', YES, 'content-length: 1\r\n'),
  'invalid UTF-8': 'HTTP/1.1 200 OK\r\n\r\n{"allowed":true,"decision":"\xff"}',
}

for (const [what, bytes] of Object.entries(UNREADABLE)) {
  test(
    `F6 ${what} is no answer: the executable decides, and without one it is denied`,
    { skip },
    () =>
      withRaw(
        (socket) => socket.once('data', () => socket.end(bytes, 'latin1')),
        async (bench, raw) => {
          const alone = await attempt(bench)
          assert.deepEqual([alone.ran, alone.code], [false, 126])
          assert.match(alone.err, /^rampart: blocked: Rampart does not answer/)
          bench.settings({ RAMPART_SOCKET: raw, RAMPART_BIN: executable(bench.dir, YES) })
          assert.equal((await attempt(bench)).ran, true)
          bench.settings({
            RAMPART_SOCKET: raw,
            RAMPART_BIN: executable(bench.dir, JSON.stringify(DENY)),
          })
          assert.equal((await attempt(bench)).err, 'rampart: blocked: Not here (no-shells)\n')
        },
      ),
  )
}

test(
  'an answer in chunks, and one that ends with the connection, are answers',
  { skip },
  async () => {
    const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n${
      YES.slice(0, 5)
    }\r\n${(YES.length - 5).toString(16)}\r\n${YES.slice(5)}\r\n0\r\n\r\n`
    for (const bytes of [chunked, `HTTP/1.1 200 OK\r\n\r\n${YES}`]) {
      await withRaw((socket) => socket.once('data', () => socket.end(bytes)), async (bench) => {
        assert.equal((await attempt(bench)).ran, true)
      })
    }
  },
)

test(
  'a request that the server cannot read is denied, not decided elsewhere',
  { skip },
  () =>
    withRaw(
      (socket) => socket.once('data', () => socket.end(http('400 Bad', '{}'))),
      async (bench, raw) => {
        bench.settings({ RAMPART_SOCKET: raw, RAMPART_BIN: executable(bench.dir, YES) })
        const done = await attempt(bench)
        assert.deepEqual([done.ran, done.code], [false, 126])
      },
    ),
)
