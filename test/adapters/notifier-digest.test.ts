import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { withTrail } from '../helpers/audit.ts'
import { CODE, denied, destination, hasty, notified } from '../helpers/notify.ts'
import { draft } from '../helpers/audit.ts'
import { httpReceiver, until } from '../helpers/sinks.ts'

interface Sent {
  readonly id: string
  readonly type: string
  readonly title: string
  readonly link?: string
  readonly approval?: { readonly id: string }
  readonly counts?: readonly { readonly what: string; readonly count: number }[]
}

async function receiving(): Promise<{ sent: Sent[]; url: string; close(): Promise<void> }> {
  const sent: Sent[] = []
  const receiver = await httpReceiver(({ body }, response) => {
    sent.push(JSON.parse(body))
    response.end()
  })
  return { sent, url: `http://127.0.0.1:${receiver.port}/`, close: receiver.close }
}

const flood = (count: number, session: string) =>
  Array.from({ length: count }, () => denied(session))

test('F30 a flood is a few messages and one digest that counts the rest, and nothing is lost', () =>
  withTrail(async (trail) => {
    const { sent, url, close } = await receiving()
    // Time goes by itself as fast as the digest is waited for.
    let passed = 0
    const clock = hasty()
    const fast = { ...clock, monotonic: () => clock.monotonic() + passed }
    const one = await notified(trail, [destination({ url, per_minute: 3 })], { clock: fast })
    await one.log.append(flood(300, 'noisy'))
    await one.log.append([denied('quiet', 'p/9')])
    await until(() => one.notifier.states()[0]!.lag_events === 0)
    const before = sent.length
    assert.ok(before <= 6, `${before} messages`)
    assert.ok(sent.some(({ title }) => title === 'Rampart: Denied'))
    passed = 60_000
    await until(() => sent.length > before)
    const digest = sent.at(-1)!
    assert.equal(digest.type, 'digest')
    const counted = digest.counts!.reduce((sum, { count }) => sum + count, 0)
    assert.equal(before + counted, 301)
    await until(() => one.notifier.states()[0]!.held === 0)
    await one.close()
    await close()
  }))

test('what was held back when a server ended comes as a digest from the next one', () =>
  withTrail(async (trail) => {
    const { sent, url, close } = await receiving()
    const spec = destination({ url, per_minute: 1 })
    const first = await notified(trail, [spec])
    await first.log.append(flood(20, 's'))
    await until(() => first.notifier.states()[0]!.lag_events === 0)
    await first.close()
    const alone = sent.length
    const again = await notified(trail, [spec])
    await until(() => sent.length > alone)
    const digest = sent.at(-1)!
    assert.equal(digest.counts!.reduce((sum, { count }) => sum + count, 0), 20 - alone)
    await again.close()
    await close()
  }))

const question = (id: string) =>
  draft({
    decision: { action: 'require_approval', policy: 'p', rule: 'p/2', eval_us: 1 },
    links: [id],
  })

test('a question has its link; one that has its answer by now, or was told before, is not told', () =>
  withTrail(async (trail) => {
    const { sent, url, close } = await receiving()
    const asked: string[] = []
    const one = await notified(trail, [destination({ url, on: ['ask'] })], {
      async question(id) {
        asked.push(id)
        if (id === 'late' && asked.filter((one) => one === id).length === 1) return undefined
        return id === 'done' ? 'settled' : { id, expiresAt: 2_000_000_000_000, code: CODE }
      },
    })
    const step = draft({
      kind: 'approval',
      decision: { action: 'asked', eval_us: 0 },
      links: ['open'],
    })
    await one.log.append([question('open'), step, question('done'), question('late')])
    await until(() => one.notifier.states()[0]!.lag_events === 0)
    assert.deepEqual(sent.map(({ approval, link }) => [approval?.id, link]), [
      ['open', 'http://127.0.0.1:9090/approve/open'],
      ['late', 'http://127.0.0.1:9090/approve/late'],
    ])
    await one.close()
    await close()
  }))

test('destinations come and go: a new one begins with the next event, one that stays misses none', () =>
  withTrail(async (trail) => {
    const [a, b] = [await receiving(), await receiving()]
    const [first, second] = [
      destination({ url: a.url, name: 'a' }),
      destination({ url: b.url, name: 'b' }),
    ]
    const one = await notified(trail, [first])
    await one.log.append([denied('s1')])
    await one.notifier.use([first, second])
    await one.log.append([denied('s2')])
    await until(() => a.sent.length === 2 && b.sent.length === 1)
    await one.notifier.use([second])
    await one.log.append([denied('s3')])
    await until(() => b.sent.length === 2)
    // Back again, it is not told what happened meanwhile.
    await one.notifier.use([first, second])
    await one.log.append([denied('s4')])
    await until(() => a.sent.length === 3 && b.sent.length === 3)
    assert.equal(one.notifier.states().length, 2)
    await one.close()
    await a.close()
    await b.close()
  }))

test('two destinations of one name both get what is theirs; the same one twice gets it once', () =>
  withTrail(async (trail) => {
    const [a, b] = [await receiving(), await receiving()]
    const one = await notified(trail, [
      destination({ url: a.url, name: 'x' }),
      { ...destination({ url: a.url, name: 'x' }), file: '/elsewhere.yaml' },
      destination({ url: b.url, name: 'x' }),
    ])
    await one.log.append([denied()])
    await until(() => a.sent.length === 1 && b.sent.length === 1)
    assert.deepEqual(one.notifier.states().map(({ name }) => name), ['x', 'x.2'])
    await until(() => one.notifier.states().every(({ lag_events }) => lag_events === 0))
    assert.equal(a.sent.length, 1)
    await one.close()
    await a.close()
    await b.close()
  }))

test('a state that cannot be read begins with the next event, says so, and repeats nothing', () =>
  withTrail(async (trail) => {
    const { sent, url, close } = await receiving()
    const first = await notified(trail, [destination({ url })])
    await first.log.append([denied('s1')])
    await until(() => sent.length === 1)
    await first.close()
    const file = join(trail.dir, '.private', 'notify', 'one.json')
    for (const spoilt of ['', '{', '{"cursor":{}}', readFileSync(file, 'utf8').slice(0, 99)]) {
      writeFileSync(file, spoilt)
      const again = await notified(trail, [destination({ url })])
      const before = sent.length
      await again.log.append([denied('s2')])
      await until(() => sent.length === before + 1)
      assert.equal(again.told.filter((text) => text.includes('cannot be read')).length, 1)
      await again.close()
    }
    await close()
  }))
