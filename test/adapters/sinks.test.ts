import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { canonicalWithout } from '../../src/audit/canonical.ts'
import { sha256 } from '../../src/adapters/hash.ts'
import { draft, type Trail, withTrail } from '../helpers/audit.ts'
import { parseCef, parseSyslog } from '../helpers/formats.ts'
import { checkOtlp } from '../helpers/schemas.ts'
import {
  httpReceiver,
  type HttpRequest,
  openWithSinks,
  specOf,
  streamReceiver,
  until,
} from '../helpers/sinks.ts'

const drafts = (count: number) => Array.from({ length: count }, () => draft())
const seqOf = (message: string) => Number(parseSyslog(message).data.get('seq'))
const upTo = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** Each number once, the order of their first coming. */
const firsts = (seqs: readonly number[]) => [...new Set(seqs)]

function caughtUp(one: Awaited<ReturnType<typeof openWithSinks>>): Promise<void> {
  return until(() => one.sinks.states().every(({ lag_events }) => lag_events === 0))
}

async function append(one: Awaited<ReturnType<typeof openWithSinks>>, count: number) {
  for (let done = 0; done < count; done += 50) {
    await one.log.append(drafts(Math.min(50, count - done)))
  }
}

test('syslog over TCP: every event once and in order, from the next one after it was set up', () =>
  withTrail(async (trail) => {
    const before = await trail.open()
    await before.append(drafts(3))
    await before.close()
    const got: string[] = []
    const receiver = await streamReceiver((messages) => got.push(...messages))
    const one = await openWithSinks(trail, [specOf(`tcp://127.0.0.1:${receiver.port}`)])
    await append(one, 700)
    await caughtUp(one)
    assert.deepEqual(got.map(seqOf), upTo(4, 703))
    const event = JSON.parse(parseSyslog(got[0]!).message.slice(1))
    assert.equal(sha256(canonicalWithout(event, 'hash')), event.hash)
    const [state] = one.sinks.states()
    assert.deepEqual([state!.state, state!.delivered, state!.lost], ['ok', 700, 0])
    assert.equal(state!.to, `tcp://127.0.0.1:${receiver.port}`)
    await one.close()
    await receiver.close()
  }))

test('a restart goes on where it was, and what was appended meanwhile comes too', () =>
  withTrail(async (trail) => {
    const got: string[] = []
    const receiver = await streamReceiver((messages) => got.push(...messages))
    const spec = specOf(`cef+tcp://127.0.0.1:${receiver.port}`)
    for (let round = 0; round < 3; round++) {
      const one = await openWithSinks(trail, [spec])
      await append(one, 5)
      await one.close()
      const aside = await trail.open()
      await aside.append(drafts(2))
      await aside.close()
    }
    const seqs = got.map((text) => Number(parseCef(parseSyslog(text).message).fields.get('cn1')))
    assert.deepEqual(seqs, upTo(1, 19))
    await receiver.close()
  }))

test('connections that end anyhow: nothing is missing, the order is kept', () =>
  withTrail(async (trail) => {
    const got: string[] = []
    const receiver = await streamReceiver((messages) => got.push(...messages), (socket, nth) => {
      // Reset: a busy machine may only come to accept when ours is closed, and then a mere end looks like
      // that of a receiver which has read everything.
      if (nth % 4 === 1) socket.resetAndDestroy()
      // In the middle of a batch, after some was read.
      else if (nth % 4 === 2) socket.once('data', () => socket.resetAndDestroy())
      else if (nth % 4 === 3) socket.once('data', () => setImmediate(() => socket.destroy()))
      return 'read'
    })
    const one = await openWithSinks(trail, [specOf(`tcp://127.0.0.1:${receiver.port}`)])
    for (let n = 0; n < 8; n++) {
      await append(one, 250)
      await caughtUp(one)
    }
    const seqs = got.map(seqOf)
    assert.deepEqual(firsts(seqs), upTo(1, 2000))
    const [state] = one.sinks.states()
    assert.ok(state!.failures > 0)
    assert.equal(state!.delivered, 2000)
    await one.close()
    await receiver.close()
  }))

test('a receiver that is down: told once, shown, and all comes when it is back', () =>
  withTrail(async (trail) => {
    const gone = await streamReceiver(() => {})
    await gone.close()
    const one = await openWithSinks(trail, [specOf(`tcp://127.0.0.1:${gone.port}`)])
    await append(one, 120)
    await until(() => one.sinks.states()[0]!.failures >= 3)
    const [down] = one.sinks.states()
    assert.deepEqual([down!.state, down!.lag_events, down!.last_error], [
      'failing',
      120,
      'nobody listens there',
    ])
    assert.equal(one.told.filter((text) => text.startsWith('Cannot deliver')).length, 1)
    const got: string[] = []
    const back = await streamReceiver((messages) => got.push(...messages), undefined, gone.port)
    await caughtUp(one)
    assert.deepEqual(got.map(seqOf), upTo(1, 120))
    await one.close()
    await back.close()
  }))

test('a receiver that takes nothing keeps no answer, and no end, waiting', () =>
  withTrail(async (trail) => {
    const stuck = await streamReceiver(() => {}, () => 'own')
    const one = await openWithSinks(trail, [specOf(`tcp://127.0.0.1:${stuck.port}`)])
    await append(one, 500)
    await one.close()
    assert.equal(one.sinks.states()[0]!.delivered, 0)
    await stuck.close()
    const got: string[] = []
    const receiver = await streamReceiver((messages) => got.push(...messages))
    const again = await openWithSinks(trail, [specOf(`tcp://127.0.0.1:${receiver.port}`)])
    await caughtUp(again)
    assert.deepEqual(firsts(got.map(seqOf)), upTo(1, 500))
    await again.close()
    await receiver.close()
  }))

/** Requests of a sink over HTTP, answered in turn. */
async function withHttp(
  trail: Trail,
  make: (port: number) => Parameters<typeof specOf>,
  answers: (request: HttpRequest, nth: number) => number | { status: number; body: string },
  body: (one: Awaited<ReturnType<typeof openWithSinks>>, taken: HttpRequest[]) => Promise<void>,
): Promise<void> {
  const taken: HttpRequest[] = []
  let nth = 0
  const receiver = await httpReceiver((request, response) => {
    const answer = answers(request, ++nth)
    const { status, body: text } = typeof answer === 'number'
      ? { status: answer, body: '' }
      : answer
    if (status === 0) return void response.socket?.destroy()
    if (status < 300) taken.push(request)
    response.writeHead(status, status === 429 ? { 'retry-after': '1' } : {})
    response.end(text)
  })
  const one = await openWithSinks(trail, [specOf(...make(receiver.port))])
  await body(one, taken)
  await one.close()
  await receiver.close()
}

test('a webhook: signed batches, tried again after 500s, resets and 429, halved after 413', () =>
  withTrail(async (trail) => {
    const secret_file = join(trail.dir, 'secret')
    writeFileSync(secret_file, 'key of the hook\n')
    await withHttp(
      trail,
      (port) => [`http://127.0.0.1:${port}/in?x=1`, { secret_file, headers: { 'x-team': 'red' } }],
      ({ body }, nth) =>
        JSON.parse(body).count > 40 ? 413 : [500, 0, 429, 302, 200, 204, 503, 200][nth % 8]!,
      async (one, taken) => {
        await append(one, 300)
        await caughtUp(one)
        const seqs = taken.flatMap(({ body }) =>
          JSON.parse(body).events.map(({ seq }: { seq: number }) => seq)
        )
        assert.deepEqual(seqs, upTo(1, 300))
        const { headers, path, body } = taken[0]!
        assert.deepEqual([path, headers['x-team']], ['/in?x=1', 'red'])
        const [, seconds, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(
          String(headers['x-rampart-signature']),
        )!
        const wanted = createHmac('sha256', 'key of the hook').update(`${seconds}.${body}`)
        assert.equal(digest, wanted.digest('hex'))
        assert.equal(one.sinks.states()[0]!.rejected, 0)
      },
    )
  }))

test('one event that a receiver will never take is left out, and the trail says so', () =>
  withTrail((trail) =>
    withHttp(
      trail,
      (port) => [`http://127.0.0.1:${port}/`],
      ({ body }) => body.includes('"seq":7,') && !body.includes('alert') ? 413 : 200,
      async (one, taken) => {
        await append(one, 20)
        await until(() => one.log.head().seq === 21)
        await caughtUp(one)
        const events = taken.flatMap(({ body }) => JSON.parse(body).events)
        assert.deepEqual(events.map(({ seq }) => seq), upTo(1, 21).filter((seq) => seq !== 7))
        assert.equal(events.at(-1).kind, 'alert')
        assert.match(events.at(-1).decision.message, /did not get event 7: it is too large/)
        assert.equal(one.sinks.states()[0]!.rejected, 1)
      },
    )
  ))

test('F43 a webhook that leads to a private address is refused unless that is allowed', () =>
  withTrail(async (trail) => {
    const one = await openWithSinks(trail, [specOf('http://127.0.0.1:9/')], { reach: {} })
    await append(one, 1)
    await until(() => one.sinks.states()[0]!.failures > 0)
    assert.match(one.sinks.states()[0]!.last_error!, /not public/)
    await one.close()
  }))

test('OpenTelemetry logs: what a collector takes, and what it refuses of it', () =>
  withTrail((trail) =>
    withHttp(
      trail,
      (port) => [`otlp+http://127.0.0.1:${port}`],
      (_request, nth) => ({
        status: 200,
        body: nth === 1 ? '{"partialSuccess":{"rejectedLogRecords":"2"}}' : '{}',
      }),
      async (one, taken) => {
        await append(one, 50)
        await until(() => one.log.head().seq === 51)
        await caughtUp(one)
        assert.ok(taken.every(({ path }) => path === '/v1/logs'))
        const records = taken.flatMap(({ body }) => checkOtlp(JSON.parse(body)))
        assert.equal(records.length, 51)
        assert.equal(one.sinks.states()[0]!.rejected, 2)
      },
    )
  ))
