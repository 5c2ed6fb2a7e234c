import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerResponse } from 'node:http'
import { draft, type Trail, withTrail } from '../helpers/audit.ts'
import { denied, destination, notified, type Opened } from '../helpers/notify.ts'
import * as limits from '../helpers/notify-limits.ts'
import { httpReceiver, type HttpRequest, until } from '../helpers/sinks.ts'
import { verifySignature } from '../helpers/verify-signature.ts'

type Answer = (request: HttpRequest, response: ServerResponse, nth: number) => void

/** A trail whose one destination is a receiver here; `taken` is what it answered with a success. */
async function withReceiver(
  trail: Trail,
  entry: (port: number) => Record<string, unknown>,
  answer: Answer,
  body: (one: Opened, taken: HttpRequest[]) => Promise<void>,
  change: Parameters<typeof notified>[2] = {},
): Promise<void> {
  const taken: HttpRequest[] = []
  let nth = 0
  const receiver = await httpReceiver((request, response) => {
    response.on('finish', () => response.statusCode < 300 && taken.push(request))
    answer(request, response, nth++)
  })
  const one = await notified(trail, [destination(entry(receiver.port))], change)
  await body(one, taken)
  await one.close()
  await receiver.close()
}

const hook = (port: number) => ({ url: `http://127.0.0.1:${port}/in` })
const yes: Answer = (_request, response) => void response.end('ok')
const idOf = ({ headers }: HttpRequest) => String(headers['x-rampart-id'])
const state = (one: Opened) => one.notifier.states()[0]!

test('a program is told what happened, signed, with an id', () =>
  withTrail((trail) =>
    withReceiver(trail, hook, yes, async (one, taken) => {
      const [event] = await one.log.append([denied()])
      await until(() => taken.length === 1)
      const { headers, body } = taken[0]!
      assert.equal(idOf(taken[0]!), event!.id)
      const signature = String(headers['x-rampart-signature'])
      assert.ok(verifySignature('the key', { id: event!.id, signature, body }))
      const { schema, type, event: sent } = JSON.parse(body)
      assert.deepEqual([schema, type], ['rampart.notification.v1', 'deny'])
      assert.deepEqual(sent, JSON.parse(JSON.stringify(event)))
    })
  ))

const PLATFORMS:
  readonly (readonly [string, (port: number) => object, (body: unknown) => unknown, string])[] = [
    ['slack', (port) => ({ url: `http://127.0.0.1:${port}/s` }), limits.checkSlack, '/s'],
    ['discord', (port) => ({ url: `http://127.0.0.1:${port}/d` }), limits.checkDiscord, '/d'],
    [
      'teams',
      (port) => ({ url: `http://127.0.0.1:${port}/t?sig=x` }),
      limits.checkTeams,
      '/t?sig=x',
    ],
    [
      'telegram',
      (port) => ({ url: `http://127.0.0.1:${port}/bot1:a`, chat_id: -7 }),
      limits.checkTelegram,
      '/bot1:a/sendMessage',
    ],
    ['ntfy', (port) => ({ url: `http://127.0.0.1:${port}/sub/ops` }), limits.checkNtfy, '/sub/'],
  ]

for (const [platform, entry, check, path] of PLATFORMS) {
  test(`${platform} is told in its own way, within its limits`, () =>
    withTrail((trail) =>
      withReceiver(trail, (port) => ({ ...entry(port), platform }), yes, async (one, taken) => {
        await one.log.append([denied('s', 'p/1', { agent: `<!channel>${'x'.repeat(100_000)}` })])
        await until(() => taken.length === 1)
        check(JSON.parse(taken[0]!.body))
        assert.equal(taken[0]!.path, path)
        assert.equal(taken[0]!.headers['x-rampart-signature'], undefined)
      })
    ))
}

test('what a destination does not ask for it is not told, and neither are dry runs', () =>
  withTrail((trail) =>
    withReceiver(trail, (port) => ({ ...hook(port), on: ['deny'] }), yes, async (one, taken) => {
      const quiet = [
        denied('s', 'p/1', { enforced: false }),
        draft({ decision: { action: 'log', eval_us: 1 } }),
        draft({ decision: { action: 'require_approval', eval_us: 1 }, links: ['a1'] }),
        draft({ kind: 'alert', tool: '' }),
      ]
      await one.log.append([...quiet, denied()])
      await until(() => state(one).lag_events === 0)
      assert.deepEqual(taken.map((one) => JSON.parse(one.body).type), ['deny'])
    })
  ))

test('500, 429 and a reset are tried again, with the same id, until it is taken', () =>
  withTrail((trail) => {
    const ids: string[] = []
    const answer: Answer = (request, response, nth) => {
      ids.push(idOf(request))
      if (nth === 0) response.writeHead(500).end()
      else if (nth === 1) response.writeHead(429, { 'retry-after': '0.01' }).end()
      else if (nth === 2) response.socket!.destroy()
      else if (nth === 3) response.writeHead(408).end()
      else response.end()
    }
    return withReceiver(trail, hook, answer, async (one, taken) => {
      await one.log.append([denied()])
      await until(() => taken.length === 1)
      await until(() => state(one).sent === 1)
      assert.equal(ids.length, 5)
      assert.equal(new Set(ids).size, 1)
      assert.deepEqual([state(one).failures, state(one).state], [4, 'ok'])
      assert.equal(one.told.filter((text) => text.startsWith('Cannot notify')).length, 1)
    })
  }))

for (const status of [302, 400, 401, 404, 410, 413]) {
  test(`HTTP ${status} is given up: said in the log and in the trail, once, and the next one is tried`, () =>
    withTrail((trail) => {
      let refuses = true
      const answer: Answer = (_request, response) => {
        if (!refuses) return void response.end()
        response.writeHead(status, status === 302 ? { location: '/other' } : {}).end()
      }
      return withReceiver(trail, hook, answer, async (one, taken) => {
        await one.log.append([denied('a'), denied('b')])
        await until(() => state(one).given_up === 2)
        await until(() => one.log.head().seq === 3)
        const [alert] = await one.log.query({ kind: 'alert', limit: 10 })
        assert.deepEqual(alert!.request, {
          notify: 'one',
          event: (alert!.request as { event: string }).event,
        })
        assert.match(alert!.decision.message!, new RegExp(`one did not get .*HTTP ${status}`))
        assert.equal(state(one).state, 'failing')
        refuses = false
        await one.log.append([denied('c')])
        await until(() => taken.length === 1)
        // The alert about itself is not sent there.
        assert.equal(JSON.parse(taken[0]!.body).event.session, 'c')
        assert.equal(one.log.head().seq, 4)
      })
    }))
}

for (const status of [400, 403, 503]) {
  test(`F13 a text that makes a receiver answer ${status} mutes nothing: the alert comes without it`, () =>
    withTrail((trail) => {
      const answer: Answer = ({ body }, response) =>
        void response.writeHead(body.includes('rm -rf') ? status : 200).end()
      return withReceiver(trail, hook, answer, async (one, taken) => {
        const harmless = { request: { params: { command: 'make' } } }
        const [first] = await one.log.append([denied('a'), denied('b', 'p/2', harmless)])
        await until(() => taken.length === 2)
        const [bare, next] = taken.map(({ body }) => JSON.parse(body))
        assert.deepEqual([bare.id, bare.type, bare.title], [first!.id, 'deny', 'Rampart: Denied'])
        assert.equal(bare.event, undefined)
        assert.equal(next.event.session, 'b')
        await until(() => state(one).sent === 2)
        assert.deepEqual([state(one).given_up, one.log.head().seq], [0, 2])
      })
    }))
}

test('two destinations that refuse each other’s alerts come to rest', () =>
  withTrail(async (trail) => {
    const receiver = await httpReceiver((_request, response) => void response.writeHead(400).end())
    const specs = ['a', 'b'].map((name) => destination({ ...hook(receiver.port), name }))
    const one = await notified(trail, specs)
    await one.log.append([denied()])
    await until(() => one.notifier.states().every(({ lag_events }) => lag_events === 0))
    await until(() => one.notifier.states().every(({ given_up }) => given_up === 2))
    assert.equal(one.log.head().seq, 3)
    await one.close()
    await receiver.close()
  }))

test('a receiver that takes nothing keeps no answer and no end waiting, and gets it later', () =>
  withTrail(async (trail) => {
    let stuck = true
    const taken: string[] = []
    const receiver = await httpReceiver((request, response) => {
      if (stuck) return
      taken.push(idOf(request))
      response.end()
    })
    const one = await notified(trail, [destination(hook(receiver.port))])
    const [event] = await one.log.append([denied()])
    await one.close()
    assert.deepEqual(taken, [])
    stuck = false
    const again = await notified(trail, [destination(hook(receiver.port))])
    await until(() => taken.length === 1)
    assert.deepEqual(taken, [event!.id])
    await again.close()
    await receiver.close()
  }))

test('F43 a destination that is not public is told nothing unless it is allowed', () =>
  withTrail(async (trail) => {
    const open = { url: 'http://127.0.0.1:9/', allow_private: false }
    const link = { url: 'http://169.254.169.254/latest/', allow_private: false }
    for (
      const entry of [open, link, {
        url: 'smtp://127.0.0.1:9',
        from: 'a@b.c',
        to: 'd@e.f',
        allow_private: false,
      }]
    ) {
      const one = await notified(trail, [destination({ ...entry, name: 'far' })])
      await one.log.append([denied()])
      await until(() => state(one).given_up === 1)
      assert.match(state(one).last_error!, /not public/)
      await one.close()
    }
  }))
