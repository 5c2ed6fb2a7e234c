import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import type { AuditEvent } from '../../src/audit/event.ts'
import { alertOf } from '../../src/notify/alert.ts'
import { noticeOf } from '../../src/notify/notice.ts'
import { type Held, held, NOTHING_HELD, Throttle } from '../../src/notify/throttle.ts'
import { DEVICE } from '../helpers/formats.ts'
import { eventOf } from '../helpers/notices.ts'

interface Row {
  readonly name: string
  readonly event: Partial<AuditEvent>
  readonly want: string | null
  readonly approval?: string
}

const rows = parse(
  readFileSync(new URL('../fixtures/notify/alerts.yaml', import.meta.url), 'utf8'),
) as readonly Row[]

for (const { name, event, want, approval } of rows) {
  test(`alert: ${name} is ${want ?? 'nothing'}`, () => {
    const alert = alertOf(eventOf(event))
    assert.equal(alert?.class ?? null, want)
    assert.equal(alert?.approval, approval)
  })
}

const denial = (session: string, rule = 'p/1', action = 'deny') =>
  alertOf(eventOf({ session, decision: { action, rule, policy: 'p', eval_us: 1 }, links: ['a'] }))!

test('F30 the first alert of each rule and session goes out alone, whatever went before', () => {
  const throttle = new Throttle(3)
  for (let n = 0; n < 500; n++) throttle.takes(denial('noisy'), 0)
  assert.equal(throttle.takes(denial('noisy'), 0), false)
  assert.equal(throttle.takes(denial('quiet'), 0), true)
  assert.equal(throttle.takes(denial('noisy', 'p/2'), 0), true)
  assert.equal(throttle.takes(denial('noisy', 'p/1', 'require_approval'), 0), true)
})

test('F30 denials have a bucket of their own: a flood of questions takes no room from them', () => {
  const throttle = new Throttle(3)
  for (let n = 0; n < 500; n++) throttle.takes(denial('s', 'p/1', 'require_approval'), 0)
  const alone = Array.from({ length: 10 }, () => throttle.takes(denial('s', 'p/2'), 0))
  // The first one by right, and three with room.
  assert.deepEqual(alone.filter(Boolean).length, 4)
})

test('F30 a flood of denials takes no room from what was let through', () => {
  const throttle = new Throttle(3)
  for (let n = 0; n < 500; n++) throttle.takes(denial('s'), 0)
  const open = () => throttle.takes(alertOf(eventOf({ kind: 'fail_open', session: 's' }))!, 0)
  assert.deepEqual([open(), open(), open(), open(), open()], [true, true, true, true, false])
})

test('F30 an agent that calls itself anew each time floods nobody, and mutes no other rule', () => {
  const throttle = new Throttle(5)
  const sent = Array.from({ length: 2000 }, (_, n) => throttle.takes(denial(`s${n}`), 0))
  assert.ok(sent.filter(Boolean).length <= 25)
  assert.equal(throttle.takes(denial('s1', 'q/1'), 0), true)
})

test('room comes back with time', () => {
  const throttle = new Throttle(6)
  while (throttle.takes(denial('s'), 0));
  assert.equal(throttle.takes(denial('s'), 9_000), false)
  assert.equal(throttle.takes(denial('s'), 10_001), true)
  assert.equal(throttle.takes(denial('s'), 10_002), false)
})

test('F30 no alert is lost: each goes out or is counted, and what is kept of them is bounded', () => {
  const alerts = fc.array(
    fc.record({
      session: fc.string({ maxLength: 3 }),
      rule: fc.string({ maxLength: 300 }),
      action: fc.constantFrom('deny', 'log', 'require_approval'),
      after: fc.nat(5000),
    }),
    { maxLength: 400 },
  )
  fc.assert(fc.property(alerts, (list) => {
    const throttle = new Throttle(2)
    let kept: Held = NOTHING_HELD
    let sent = 0
    let now = 0
    for (const { session, rule, action, after } of list) {
      now += after
      const alert = denial(session, rule, action)
      if (throttle.takes(alert, now)) sent += 1
      else kept = held(kept, alert)
    }
    const counted = kept.counts.reduce((sum, { count }) => sum + count, 0)
    assert.equal(sent + counted, list.length)
    assert.ok(kept.counts.length <= 55 && JSON.stringify(kept).length < 1 << 16)
  }))
})

test('a message names the first faults of refused policies, and what a call that waits would touch', () => {
  const faults = ['a.yaml:1:2: x', 'b', 'c', 'd', 'e']
  const refused = eventOf({
    kind: 'policy',
    decision: { action: 'refused', eval_us: 0 },
    request: { faults },
  })
  const facts = new Map(noticeOf(alertOf(refused)!, DEVICE).facts)
  assert.equal(facts.get('What'), 'a.yaml:1:2: x; b; c; 2 more')
  const effects = [{ tool: 'read', path: '/etc/passwd', by: 'cat' }, null]
  const asked = eventOf({
    decision: { action: 'require_approval', effects, eval_us: 0 },
    links: ['a'],
  })
  const question = { id: 'a', expiresAt: 1_800_000_000_000, code: '7KQ2M-X0B4T' }
  const told = new Map(noticeOf(alertOf(asked)!, DEVICE, { question }).facts)
  assert.equal(told.get('Would touch'), 'read /etc/passwd; undefined undefined')
  assert.deepEqual([told.get('Code'), told.get('Answer until')], [
    '7KQ2M-X0B4T',
    '2027-01-15T08:00:00.000Z',
  ])
})
