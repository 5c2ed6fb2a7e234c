import assert from 'node:assert/strict'
import { existsSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { allow, build } from './bench.ts'
import { attempt, NO_REMOTE as skip, type Remote, withRemote, YES } from './remote-server.ts'

const raw = (status: number, text: string, headers = {}) => (response: ServerResponse) => {
  response.writeHead(status, headers).end(text)
}

interface Row {
  readonly name: string
  readonly given?: (remote: Remote) => Record<string, string> | undefined
  readonly reply?: Remote['reply']
  readonly err: RegExp
  readonly asked: number
}

/** Nothing of this lets a program run. */
const ROWS: readonly Row[] = [
  {
    name: 'a certificate that nobody vouches for',
    given: (remote) => void remote.credential({ RAMPART_CA: '' }),
    err: /certificate is not trusted/,
    asked: 0,
  },
  {
    name: 'a certificate of another name',
    given: (remote) => {
      const url = remote.url.replace('127.0.0.1', 'localhost')
      remote.credential({ RAMPART_URL: url })
      return { RAMPART_URL: url }
    },
    err: /certificate is not trusted/,
    asked: 0,
  },
  {
    name: 'no TLS at all',
    given: (remote) => ({ RAMPART_URL: remote.url.replace('https', 'http').replace('127', '128') }),
    err: /RAMPART_URL is neither https/,
    asked: 0,
  },
  ...['https://u@h', 'https://', 'https://h/p', 'https://h:', 'https://h:1?x', 'ftp://h', 'h']
    .map((url): Row => ({
      name: `RAMPART_URL=${url}`,
      given: () => ({ RAMPART_URL: url }),
      err: /RAMPART_URL is neither https/,
      asked: 0,
    })),
  {
    name: 'a name that nobody has',
    given: (remote) => {
      remote.credential({ RAMPART_URL: 'https://nobody.invalid' })
      return { RAMPART_URL: 'https://nobody.invalid' }
    },
    err: /the remote server cannot be reached|did not answer in time/,
    asked: 0,
  },
  {
    name: 'no credential',
    given: (remote) => void rmSync(join(remote.state, 'keys'), { recursive: true }),
    err: /keys\/remote\.env has no token/,
    asked: 0,
  },
  {
    name: 'a credential that others can read',
    given: (remote) => void remote.credential({}, 0o640),
    err: /keys\/remote\.env has no token .* open to others/,
    asked: 0,
  },
  {
    name: 'the credential of another server',
    given: (remote) => void remote.credential({ RAMPART_URL: `${remote.url}1` }),
    err: /keys\/remote\.env has no token/,
    asked: 0,
  },
  {
    name: 'a token that would be more than one line',
    given: (remote) => void remote.credential({ RAMPART_TOKEN: 'a\rb' }),
    err: /keys\/remote\.env has no token/,
    asked: 0,
  },
  {
    name: 'late',
    given: () => ({ RAMPART_TIMEOUT_MS: '700' }),
    reply: () => {},
    err: /did not answer in time/,
    asked: 1,
  },
  {
    name: 'a redirect',
    reply: raw(302, '', { location: '/v1/yes' }),
    err: /cannot decide \(the server fails\)/,
    asked: 1,
  },
  { name: 'garbage', reply: raw(200, 'yes'), err: /answer is unreadable/, asked: 1 },
  {
    name: 'huge',
    reply: raw(200, JSON.stringify({ ...YES, message: 'x'.repeat(3 << 20) })),
    err: /answer is unreadable/,
    asked: 1,
  },
  {
    name: 'cut in the middle',
    reply: (response) => {
      response.writeHead(200, { 'content-length': '35' }).write('{"allowed":true,')
      response.socket?.destroySoon()
    },
    err: /cannot decide/,
    asked: 1,
  },
  { name: 'not let in', reply: raw(401, '{}'), err: /refused the question \(401\)/, asked: 1 },
]

for (const { name, given, reply, err, asked } of ROWS) {
  test(
    `a remote server that gives no answer never allows: ${name}`,
    { skip },
    () =>
      withRemote(async (bench, remote) => {
        remote.reply = reply ?? allow
        const got = await attempt(bench, remote, given?.(remote) ?? {})
        assert.match(got.err, err)
        assert.equal(got.made, false)
        assert.equal(remote.seen.length, asked)
        assert.equal(bench.asked.length, 0)
      }),
  )
}

/** The filter is handed down to whoever asks for us; what it says of a connection is no server that is gone. */
test('F6 a sandbox that answers connect, or the question after it, lets nothing through', {
  skip,
}, (context) =>
  withRemote(async (bench, remote) => {
    for (const way of ['connects_refused', 'questions_refused']) {
      const marker = join(bench.dir, `${way}.marker`)
      const { out, err } = await bench.run([join(build('probes'), 'hostile'), way, marker], {
        RAMPART_URL: remote.url,
        RAMPART_HOME: remote.state,
      })
      if (out.startsWith('no filter')) return context.skip(`this kernel takes no filters: ${out}`)
      assert.equal(existsSync(marker), false, way)
      assert.match(err, /cannot decide \(the remote server cannot be reached\)/, way)
    }
  }))
