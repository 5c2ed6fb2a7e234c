import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLoopback } from '../../src/cli/address.ts'
import { inTemp, rampart, type Ran } from './run.ts'
import { FILE_TOKEN, withServer } from './server.ts'

const PENDING = (id: string, command: string) => ({
  id,
  status: 'pending',
  agent: 'a',
  session: 's',
  tool: 'exec',
  params: { command },
  message: 'why',
  expires_at: '2026-01-01T00:00:00.000Z',
})

const TWO = {
  approvals: [PENDING('01AAAAAAAA', 'deploy \x1b[31m'), PENDING('01AABBBBBB', 'curl pаypal.com')],
}

test('pending shows every waiting call, escaped, with words of mixed script named', () =>
  withServer(() => ({ status: 200, body: TWO }), async ({ home, seen }) => {
    const { code, out } = await rampart(['pending'], { home })
    assert.equal(code, 0)
    assert.equal(seen[0]?.headers.authorization, `Bearer ${FILE_TOKEN}`)
    assert.match(out, /deploy \\u\{1b\}\[31m/)
    assert.match(out, /caution {2}words of mixed script: pU\+430ypal/)
    const json = await rampart(['pending', '--json'], { home })
    assert.deepEqual(JSON.parse(json.out), TWO)
  }))

test('approve takes a unique start of an id, refuses an ambiguous or unknown one', () =>
  withServer(
    ({ method }) => ({ status: 200, body: method === 'GET' ? TWO : { status: 'approved' } }),
    async ({ home, seen }) => {
      const ok = await rampart(['approve', '01aaA', '--as', 'me'], { home })
      assert.equal(ok.code, 0, ok.err)
      const sent = seen.at(-1)!
      assert.equal(sent.path, '/v1/approvals/01AAAAAAAA/resolve')
      assert.deepEqual(JSON.parse(sent.body), {
        approved: true,
        channel: 'cli',
        resolved_by: 'me',
      })
      const count = seen.length
      const twice = await rampart(['deny', '01A'], { home })
      assert.equal(twice.code, 3)
      assert.match(twice.err, /is the start of 2: 01AAAAAAAA, 01AABBBBBB/)
      assert.equal((await rampart(['deny', '02'], { home })).code, 3)
      assert.ok(seen.slice(count).every(({ method }) => method === 'GET'))
    },
  ))

test('a problem of the server becomes ours, exit code and faults with it', () =>
  withServer(
    () => ({
      status: 403,
      body: {
        code: 'forbidden',
        detail: 'no \x1b[2J scope',
        errors: [{ pointer: '/a', detail: 'b' }],
      },
    }),
    async ({ home }) => {
      const { code, err } = await rampart(['pending'], { home })
      assert.equal(code, 1)
      assert.equal(err, 'rampart: no \\u{1b}[2J scope\nrampart:   /a: b\n')
    },
  ))

for (const answer of ['', 'not json', '{"code":"constructor"}', '[]']) {
  test(`an answer that is no problem document is reported as such: ${answer}`, () =>
    withServer(() => ({ status: 500, body: answer }), async ({ home }) => {
      const { code, err } = await rampart(['pending'], { home })
      assert.equal(code, 3)
      assert.match(err, /the server answered 500/)
    }))
}

test('F5 F7 the token of the state directory goes to its own server or where --url points, alone', () =>
  withServer(() => ({ status: 200, body: { approvals: [] } }), async ({ home, url, seen }) => {
    const sent = async (argv: string[], env: Record<string, string>): Promise<unknown> => {
      const ran: Ran = await rampart(argv, { home, env })
      assert.equal(ran.code, 0, ran.err)
      return seen.at(-1)!.headers.authorization
    }
    assert.equal(await sent(['pending'], {}), `Bearer ${FILE_TOKEN}`)
    assert.equal(await sent(['pending', '--url', url], {}), `Bearer ${FILE_TOKEN}`)
    assert.equal(await sent(['pending'], { RAMPART_URL: url }), undefined)
    assert.equal(
      await sent(['pending'], { RAMPART_URL: url, RAMPART_TOKEN: 'mine' }),
      'Bearer mine',
    )
  }))

test('without a server, a wrong URL or a port nobody listens on: exit 3 and what to do', () =>
  inTemp(async (home) => {
    const none = await rampart(['pending'], { home })
    assert.deepEqual([none.code, /No server runs on/.test(none.err)], [3, true])
    const wrong = await rampart(['pending', '--url', 'ftp://x'], { home })
    assert.deepEqual([wrong.code, /not an http or https URL/.test(wrong.err)], [3, true])
    const closed = await rampart(['pending', '--url', 'http://127.0.0.1:1'], { home })
    assert.deepEqual([closed.code, /No answer from/.test(closed.err)], [3, true])
  }))

test('only loopback addresses count as such', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost', 'LOCALHOST']) {
    assert.equal(isLoopback(host), true, host)
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'example.com', '128.0.0.1', '127.0.0.1.x.com']) {
    assert.equal(isLoopback(host), false, host)
  }
})
