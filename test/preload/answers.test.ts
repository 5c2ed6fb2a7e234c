import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Bench, build, skipped, withBench } from './bench.ts'

const skip = skipped()
const YES = '{"allowed":true,"decision":"allow"}'

const http = (body: string, head = `Content-Length: ${Buffer.byteLength(body)}\r\n`): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${head}\r\n${body}`
const chunked = (...chunks: string[]): string =>
  http(
    chunks.map((c) => `${Buffer.byteLength(c).toString(16)}\r\n${c}\r\n`).join('') + '0\r\n\r\n',
    'Transfer-Encoding: chunked\r\n',
  )

/** What the socket says, and whether that is an answer which allows. */
const ALLOWED: readonly string[] = [
  http(YES),
  http(
    ` {"decision" : "allow" ,\n"effects":[{"a":[1,-2.5e+3,null,"\\u00e9"]}], "allowed":true} \r\n`,
  ),
  http(YES, 'content-length:   35\r\nX-Other: y\r\n'),
  http(YES, ''),
  chunked(YES),
  chunked(YES.slice(0, 7), YES.slice(7, 20), YES.slice(20)),
  'HTTP/1.0 200\r\n\r\n' + YES,
]

const UNREADABLE: readonly string[] = [
  '',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 200 OK\r\n\r\n',
  'ICY 200 OK\r\n\r\n' + YES,
  'HTTP/2 200 OK\r\n\r\n' + YES,
  'HTTP/1.1 20 OK\r\n\r\n' + YES,
  'HTTP/1.1 2000 OK\r\n\r\n' + YES,
  http(YES).replace('OK', 'O\0K'),
  http(YES, 'Content-Length: 36\r\n'),
  http(YES, 'Content-Length: 34\r\n'),
  http(YES, 'Content-Length: -1\r\n'),
  http(YES, 'Content-Length: 99999999999999999999\r\n'),
  http(YES, 'Content-Length: 35\r\nContent-Length: 35\r\n'),
  http(YES, 'Content-Length: 35, 35\r\n'),
  http(YES, 'Transfer-Encoding: gzip\r\n'),
  http(YES, 'Transfer-Encoding: chunked\r\n'),
  http(`23\r\n${YES}\r\n0\r\n\r\n`, 'Transfer-Encoding: chunked\r\nContent-Length: 45\r\n'),
  http(`ffffffffffffffff\r\n${YES}\r\n0\r\n\r\n`, 'Transfer-Encoding: chunked\r\n'),
  http(`23;x=y\r\n${YES}\r\n0\r\n\r\n`, 'Transfer-Encoding: chunked\r\n'),
  http(`23\r\n${YES}\r\n0\r\nX: y\r\n\r\n`, 'Transfer-Encoding: chunked\r\n'),
  chunked(YES).slice(0, -2),
  chunked(YES) + '0',
  http(''),
  http('true'),
  http('[]'),
  http('{}'),
  http('{"decision":"allow"}'),
  http('{"allowed":"true"}'),
  http('{"allowed":1}'),
  http('{"allowed":null}'),
  http('{"allowed":truex}'),
  http('{"allowed":true,}'),
  http('{"allowed":true'),
  http('{"allowed":true} x'),
  http('{"allowed":true}{"allowed":false}'),
  http('{"allowed":false,"allowed":true}'),
  http('{"allowed":true,"\\u0061llowed":false}'),
  http('{"x":{"allowed":true}}'),
  http('{"x":"\\"allowed\\":true"}'),
  http('{"Allowed":true}'),
  http('{"allowed\\u0000":true}'),
  http('{"allowed":true,"message":"a","message":"b"}'),
  http('{"allowed":true,"decision":7}'),
  http('{"allowed":true,"message":"\\ud800"}'),
  http('{"allowed":true,"message":"\\x41"}'),
  http('{"allowed":true,"message":"a\nb"}'),
  http('{"allowed":true,"message":"a\\u0000b"}'),
  http('{"allowed":true,"message":"\u0000"}'),
  http('{"allowed":true,"n":01}'),
  http('{"allowed":true,"n":1.}'),
  http('{"allowed":true,"n":.5}'),
  http('{"allowed":true,"n":+1}'),
  http('{"allowed":true,"n":[1 2]}'),
  http('{"allowed":true,"n":nul}'),
  http(`{"allowed":true,"n":${'['.repeat(100)}${']'.repeat(100)}}`),
  http('{"allowed":true,"approval_id":"' + 'a'.repeat(64) + '"}'),
  http(`{"allowed":true,"message":"${'x'.repeat(70_000)}"}`),
  'HTTP/1.1 302 Found\r\nLocation: /yes\r\n\r\n' + YES,
  'HTTP/1.1 201 Created\r\n\r\n' + YES,
  'HTTP/1.1 500 No\r\n\r\n' + YES,
  'HTTP/1.1 429 Later\r\n\r\n' + YES,
  'HTTP/1.1 100 Continue\r\n\r\n' + http(YES),
]

/** A server that says one thing to everybody, and how the program then fared. */
async function told(bench: Bench, bytes: Buffer): Promise<{ made: boolean; err: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'rp-'))
  const socket = join(dir, 's')
  const server = createServer((peer) => {
    peer.on('error', () => {})
    peer.once('data', () => peer.end(bytes))
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  try {
    const probe = join(build(), 'probe')
    const marker = join(dir, 'm')
    const { err } = await bench.run([probe, 'execv', marker], { RAMPART_SOCKET: socket })
    return { made: existsSync(marker), err }
  } finally {
    await new Promise((resolve) => server.close(resolve))
    rmSync(dir, { recursive: true, force: true })
  }
}

test('answers that allow', { skip }, async () => {
  await withBench(async (bench) => {
    for (const answer of ALLOWED) {
      const { made, err } = await told(bench, Buffer.from(answer))
      assert.ok(made, `${JSON.stringify(answer)}: ${err}`)
    }
  })
})

test('what is not exactly an answer never allows', { skip }, async () => {
  await withBench(async (bench) => {
    const bytes = UNREADABLE.map((text) => Buffer.from(text))
    bytes.push(Buffer.from(http('{"allowed":true,"message":"\xff"}', ''), 'latin1'))
    for (const answer of bytes) {
      const { made, err } = await told(bench, answer)
      const what = JSON.stringify(answer.toString('latin1').slice(0, 200))
      assert.equal(made, false, what)
      assert.match(err, /^rampart: blocked: rampart cannot decide/, what)
    }
  })
})

test('a server that refuses the question denies', { skip }, async () => {
  await withBench(async (bench) => {
    for (const status of [400, 401, 403, 413, 421]) {
      const { made, err } = await told(bench, Buffer.from(`HTTP/1.1 ${status} No\r\n\r\n${YES}`))
      assert.equal(made, false)
      assert.equal(err, `rampart: blocked: the server refused the question (${status})\n`)
    }
  })
})
