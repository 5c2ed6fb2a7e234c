import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import { test } from 'node:test'
import { connect } from '../../src/cli/client.ts'
import { environmentOf } from '../../src/cli/config.ts'
import type { Invocation } from '../../src/cli/command.ts'
import { keepLink, type LinkNews } from '../../src/cli/watch/link.ts'
import type { Clock } from '../../src/ports.ts'
import { systemClock } from '../../src/adapters/clock.ts'
import { RampartError } from '../../src/errors.ts'
import { trailLine } from '../helpers/formats.ts'

const HELLO = 'id: 5\nevent: hello\ndata: {"seq":5,"mode":"enforce"}\n\n'
const event = (seq: number) => `id: ${seq}\nevent: decision\ndata: ${trailLine({}, seq).text}\n\n`

type Answer = (response: ServerResponse, lastId: string | undefined) => void

/** A server whose nth connection is answered by the nth of these; what was heard until the test has enough. */
async function linked(
  answers: readonly Answer[],
  enough: (news: readonly LinkNews[]) => boolean,
  change: { clock?: Clock; after?: number } = {},
): Promise<{ news: LinkNews[]; ids: (string | undefined)[]; slept: number[] }> {
  const ids: (string | undefined)[] = []
  const slept: number[] = []
  const server = createServer((request, response) => {
    const id = request.headers['last-event-id']
    ids.push(id === undefined ? undefined : String(id))
    answers[Math.min(ids.length, answers.length) - 1]!(response, ids.at(-1))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const flags = new Map([['url', `http://127.0.0.1:${port}`]])
  const environment = environmentOf(
    { RAMPART_HOME: '/nonexistent', RAMPART_TOKEN: 't' },
    '/nonexistent',
  )
  const invocation = { environment, flags } as unknown as Invocation
  const clock = systemClock()
  const quick: Clock = {
    ...clock,
    sleep(ms, signal) {
      if (ms < 30_000) slept.push(ms)
      return ms < 30_000 ? Promise.resolve() : clock.sleep(ms, signal)
    },
  }
  const news: LinkNews[] = []
  const ended = new AbortController()
  try {
    await keepLink({
      connect: () => connect(invocation),
      clock: change.clock ?? quick,
      signal: ended.signal,
      after: change.after,
      random: () => 1,
      heard(one) {
        news.push(one)
        if (enough(news)) ended.abort()
      },
    })
    return { news, ids, slept }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const stream = (text: string, ends = false): Answer => (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(text)
  if (ends) response.end()
}
const seqs = (news: readonly LinkNews[]) =>
  news.flatMap((one) => one.kind === 'events' ? one.events.map(({ seq }) => seq) : [])

test('hello, then events; a stream that ends goes on from the last id', async () => {
  const { news, ids } = await linked(
    [
      stream(HELLO + event(6) + event(7) + ': heartbeat\nid: 9\n\n', true),
      stream(`${HELLO}event: gap\ndata: {"from":10,"to":11}\n\n${event(12)}`),
    ],
    (heard) => seqs(heard).includes(12),
    { after: 5 },
  )
  assert.deepEqual(ids, ['5', '9'])
  assert.deepEqual(seqs(news), [6, 7, 12])
  assert.deepEqual(news.map(({ kind }) => kind), [
    'live',
    'events',
    'lost',
    'live',
    'gap',
    'events',
  ])
})

test('it tries again ever more slowly, says so, and fast again once it was live', async () => {
  const cut: Answer = (response) => response.destroy()
  const busy: Answer = (response) => {
    response.writeHead(503, { 'content-type': 'application/problem+json' })
    response.end('{"code":"unavailable","detail":"The server is stopping"}')
  }
  const { news, slept } = await linked(
    [stream(HELLO, true), cut, busy, cut, cut, cut, cut, stream(HELLO, true), stream(event(6))],
    (heard) => seqs(heard).includes(6),
  )
  assert.deepEqual(slept, [500, 1000, 2000, 4000, 8000, 10_000, 10_000, 500])
  const lost = news.filter((one) => one.kind === 'lost')
  assert.deepEqual(lost.map(({ inMs }) => inMs), slept)
  assert.match(lost[2]!.why, /The server is stopping/)
})

test('a server that says no is asked no more, the first time or later', async () => {
  const no: Answer = (response) => {
    response.writeHead(401, { 'content-type': 'application/problem+json' })
    response.end('{"code":"unauthenticated","detail":"The request carries wrong token"}')
  }
  for (const answers of [[no], [stream(HELLO, true), no]]) {
    await assert.rejects(
      linked(answers, () => false),
      (error) => error instanceof RampartError && error.code === 'unauthenticated',
    )
  }
})

test('a first connection that fails is no view of nothing', async () => {
  await assert.rejects(
    linked([(response) => void response.destroy()], () => false),
    /No answer from/,
  )
})

test('a server that is silent for longer than a heartbeat is left', async () => {
  const clock = systemClock()
  let silences = 0
  // The silence after the first piece is over at once.
  const impatient: Clock = {
    ...clock,
    sleep: (ms, signal) =>
      ms < 30_000 || ++silences === 2 ? Promise.resolve() : clock.sleep(ms, signal),
  }
  const { news } = await linked(
    [stream(HELLO), stream(event(6))],
    (heard) => seqs(heard).includes(6),
    { clock: impatient },
  )
  assert.deepEqual(news.map(({ kind }) => kind), ['live', 'lost', 'events'])
  assert.match((news[1] as { why: string }).why, /silent/)
})

test('what is no event, or damaged, is passed over', async () => {
  const { news } = await linked(
    [stream(`${HELLO}event: x\ndata: {}\n\nid: 7\nevent: y\ndata: nope\n\n${event(8)}`)],
    (heard) => seqs(heard).includes(8),
  )
  assert.deepEqual(news.map(({ kind }) => kind), ['live', 'events'])
})
