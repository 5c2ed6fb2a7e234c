import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { far, type Seen } from '../helpers/mcp-remote.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const SSE = { 'content-type': 'text/event-stream' }
const bytes = (text: string) => new TextEncoder().encode(text)

const message = (one: object) => JSON.stringify({ jsonrpc: '2.0', ...one })
const ask = (id: string | number, method = 'ping') => message({ id, method })
const result = (id: string | number, value: unknown = {}) => message({ id, result: value })
const event = (data: string, id?: string) =>
  `${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`

/** As a server with a session: `initialize` is answered, notifications are taken, the rest goes to `more`. */
function inSession(more: (seen: Seen, to: ServerResponse) => void) {
  let sessions = 0
  return (seen: Seen, to: ServerResponse) => {
    if (seen.body.includes('"initialize"')) {
      to.writeHead(200, { ...JSON_TYPE, 'mcp-session-id': `s${++sessions}` }).end(result(0))
    } else if (seen.body.includes('notifications/')) to.writeHead(202).end()
    else more(seen, to)
  }
}

test('the session and the version of the first answer go with all that follows, and DELETE ends it', () =>
  far(
    inSession(({ method }, to) => {
      if (method === 'POST') to.writeHead(200, JSON_TYPE).end(result(1))
      else to.writeHead(method === 'DELETE' ? 200 : 405).end()
    }),
    async ({ upstream, remote, seen, next, notes }) => {
      await upstream.write(ask(0, 'initialize'))
      assert.equal(await next(), result(0))
      ;(remote as { version?: () => string }).version = () => '2025-06-18'
      await upstream.write(message({ method: 'notifications/initialized' }))
      await upstream.write(ask(1))
      assert.equal(await next(), result(1))
      upstream.endInput()
      assert.equal(await upstream.ended, 0)
      const [first, ...rest] = seen
      assert.equal(first!.headers['mcp-session-id'], undefined)
      for (const { headers } of rest) {
        assert.deepEqual(
          [headers['mcp-session-id'], headers['mcp-protocol-version'], headers.authorization],
          ['s1', '2025-06-18', 'Bearer tok'],
        )
      }
      assert.equal(rest.at(-1)!.method, 'DELETE')
      // That it does not speak by itself is no fault.
      assert.deepEqual(notes, [])
    },
  ))

test('a server that is left in a hurry is told so, too', () =>
  far(inSession((_, to) => void to.writeHead(405).end()), async ({ upstream, next, came }) => {
    await upstream.write(ask(0, 'initialize'))
    await next()
    upstream.kill('SIGTERM')
    assert.equal(await upstream.ended, 0)
    await came(({ method }) => method === 'DELETE')
  }))

test('and is not waited for for ever', () =>
  far(inSession(() => {}), async ({ upstream, next, came }) => {
    await upstream.write(ask(0, 'initialize'))
    await next()
    upstream.kill('SIGTERM')
    await came(({ method }) => method === 'DELETE')
    upstream.kill('SIGKILL')
    assert.equal(await upstream.ended, 0)
  }))

test('a session that the server has forgotten is given up with the next first message', () =>
  far(
    inSession(({ headers }, to) => {
      if (headers['mcp-session-id'] === 's2') to.writeHead(200, JSON_TYPE).end(result(2))
      else to.writeHead(404).end()
    }),
    async ({ upstream, seen, next }) => {
      await upstream.write(ask(0, 'initialize'))
      await next()
      await upstream.write(ask(1))
      assert.match(await next(), /"id":1,"error":.*404: it does not know this session/)
      await upstream.write(ask(0, 'initialize'))
      await next()
      assert.equal(seen.at(-1)!.headers['mcp-session-id'], undefined)
      await upstream.write(ask(2))
      assert.equal(await next(), result(2))
    },
  ))

/** Answers of a server that are none, and what the host is told. */
const FAILURES: readonly (readonly [
  what: string,
  answer: (to: ServerResponse) => void,
  why: RegExp,
])[] = [
  ...[400, 401, 403, 404, 429, 500, 503].map((status) =>
    [
      `status ${status}`,
      (to: ServerResponse) => void to.writeHead(status, JSON_TYPE).end('{"oops":1}'),
      new RegExp(`it answered ${status}`),
    ] as const
  ),
  [
    'a redirect',
    (to) => void to.writeHead(307, { location: '/other' }).end(),
    /307: redirects are not followed/,
  ],
  ['nothing', (to) => void to.writeHead(200, JSON_TYPE).end(), /ended before the answer/],
  [
    'a page',
    (to) => void to.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello</p>'),
    /it answered with text\/html/,
  ],
  ['half an answer', (to) => {
    to.writeHead(200, { ...JSON_TYPE, 'content-length': '1000' })
    to.write('{"jsonrpc":"2.0","id":1', () => to.destroy())
  }, /No answer from the server/],
  ['half an event', (to) => {
    to.writeHead(200, SSE)
    to.write('data: {"jsonrpc":"2.0",', () => to.destroy())
  }, /ended before the answer/],
  ['an event that is no UTF-8', (to) => {
    to.writeHead(200, SSE)
    to.end(new Uint8Array([...bytes('id: 1\ndata: "'), 0xc0, 0xaf, ...bytes('"\n\n')]))
  }, /not valid UTF-8/],
  [
    'an answer that is no UTF-8',
    (to) => void to.writeHead(200, JSON_TYPE).end(new Uint8Array([0x22, 0xff, 0x22])),
    /not valid UTF-8/,
  ],
  [
    'an answer to another',
    (to) => void to.writeHead(200, SSE).end(event(result('1'))),
    /ended before/,
  ],
]

for (const [what, answer, why] of FAILURES) {
  test(`${what} for an answer is an error for whoever asked`, () =>
    far((_, to) => answer(to), async ({ upstream, next }) => {
      await upstream.write(ask(1))
      let told = await next()
      if (told === result('1')) told = await next()
      const { id, error } = JSON.parse(told) as { id: unknown; error: { message: string } }
      assert.equal(id, 1)
      assert.match(error.message, why)
    }))
}

test('a notification that is refused is told to the person', () =>
  far((_, to) => void to.writeHead(500).end(), async ({ upstream, notes, came }) => {
    await upstream.write(message({ method: 'notifications/roots/list_changed' }))
    await came(() => true)
    upstream.endInput()
    await upstream.ended
    assert.deepEqual(notes, ['it answered 500'])
  }))

test('a stream that breaks off is taken up behind its last event, and each comes once', () =>
  far(({ method, headers }, to) => {
    to.writeHead(200, SSE)
    if (method === 'POST') {
      to.write(event(message({ method: 'notifications/message', params: { n: 1 } }), 'e1'))
      to.write(`id: e2\ndata: {"jsonrpc":`, () => to.destroy())
    } else if (headers['last-event-id'] === 'e1') {
      to.end(event(message({ method: 'notifications/message', params: { n: 2 } }), 'e2'))
    } else to.end(event(result(1), 'e3'))
  }, async ({ upstream, seen, next }) => {
    await upstream.write(ask(1))
    const said = [await next(), await next(), await next()]
    assert.match(said[0]!, /"n":1/)
    assert.match(said[1]!, /"n":2/)
    assert.equal(said[2], result(1))
    assert.deepEqual(seen.map(({ method, headers }) => [method, headers['last-event-id']]), [
      ['POST', undefined],
      ['GET', 'e1'],
      ['GET', 'e2'],
    ])
  }))

test('where the server does not take it up, whoever asked is told at once', () =>
  far(({ method }, to) => {
    if (method === 'POST') to.writeHead(200, SSE).end('id: e1\ndata:\n\n')
    else to.writeHead(404).end()
  }, async ({ upstream, seen, next }) => {
    await upstream.write(ask(1))
    assert.match(await next(), /"id":1,"error":.*it answered 404/)
    assert.equal(seen.length, 2)
  }))

test('a stream of the server’s own is opened again as often as it ends', () => {
  let streams = 0
  return far(
    inSession(({ method }, to) => {
      if (method !== 'GET') to.writeHead(200).end()
      else if (++streams < 9) to.writeHead(200, SSE).end(': nothing new\n\n')
      else to.writeHead(200, SSE).end(event(ask('own', 'roots/list')))
    }),
    async ({ upstream, next }) => {
      await upstream.write(ask(0, 'initialize'))
      await next()
      await upstream.write(message({ method: 'notifications/initialized' }))
      assert.equal(await next(), ask('own', 'roots/list'))
    },
  )
})

for (const type of [JSON_TYPE, SSE]) {
  const kind = type === SSE ? 'a stream' : 'JSON'
  const framed = (text: string) => type === SSE ? event(text) : text

  test(`characters that are cut anywhere arrive whole, in ${kind}`, () => {
    const said = result(1, { text: 'é\u2603\u{1f600}' })
    return far((_, to) => {
      to.writeHead(200, type)
      const whole = bytes(framed(said))
      const write = (at: number): void => {
        if (at === whole.length) to.end()
        else to.write(whole.subarray(at, at + 1), () => setImmediate(write, at + 1))
      }
      write(0)
    }, async ({ upstream, next }) => {
      await upstream.write(ask(1))
      assert.equal(await next(), said)
    })
  })

  test(`10 MiB arrive in ${kind}, 64 MiB are refused`, () =>
    far(({ body }, to) => {
      const mib = body.includes('"small"') ? 10 : 64
      const id = mib === 10 ? 'small' : 'big'
      to.writeHead(200, type)
      const [head, tail] = framed(result(id, { text: 'XX' })).split('XX')
      to.write(head)
      const piece = 'a'.repeat(1 << 20)
      const write = (left: number): void => {
        if (left === 0) to.end(tail)
        else to.write(piece, (error) => error ? undefined : write(left - 1))
      }
      write(mib)
    }, async ({ upstream, next }) => {
      await upstream.write(ask('small'))
      assert.equal((await next()).length, (10 << 20) + result('small', { text: '' }).length)
      await upstream.write(ask('big'))
      assert.match(await next(), /"id":"big","error":.*too long/)
    }))
}
