import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../src/service/api.ts'
import {
  CODE_MS,
  createSessions,
  IDLE_MS,
  LIFE_MS,
  type Sessions,
} from '../../src/service/sessions.ts'
import { type Bench, bench, idle } from '../helpers/service.ts'

const POLICY = 'version: "1"\ndefault_action: allow\npolicies: []\n'
const ADMIN: Caller = { principal: 'admin', scopes: ['admin'] }
const ORIGIN = 'http://127.0.0.1:9090'

function started(): Bench & { sessions: Sessions } {
  const one = bench(POLICY)
  return { ...one, sessions: createSessions(one.services) }
}

const actions = ({ trail }: Bench) => trail.map(({ decision }) => decision.action)
const refused = { code: 'unauthenticated' }

async function opened(sessions: Sessions) {
  const { code } = await sessions.issue(ADMIN, 'http')
  const { id, cookie, secret } = await sessions.open(code, ORIGIN)
  return { code, proof: { id, cookie, secret, origin: ORIGIN, active: true } }
}

test('F40 a code opens one session, once, within 30 seconds, and the trail knows', async () => {
  const { sessions, clock, ...one } = started()
  const { id, code, expiresAt } = await sessions.issue(ADMIN, 'http')
  assert.equal(expiresAt - clock.now(), 30_000)
  assert.equal(sessions.loginState(id), 'waiting')
  const { id: session, cookie, secret } = await sessions.open(code, ORIGIN)
  assert.equal(sessions.loginState(id), 'used')
  assert.deepEqual(
    sessions.caller({ id: session, cookie, secret, origin: ORIGIN, active: true })?.principal,
    'admin',
  )
  const { code: late } = await sessions.issue(ADMIN, 'http')
  await clock.advance(CODE_MS)
  await assert.rejects(sessions.open(late, ORIGIN), refused)
  await assert.rejects(sessions.open('f'.repeat(64), ORIGIN), refused)
  assert.deepEqual(actions({ ...one, clock }), ['login_code', 'session_opened', 'login_code'])
  assert.ok(!JSON.stringify(one.trail).includes(code), 'the trail holds no code')
  assert.ok(!JSON.stringify(one.trail).includes(secret))
})

test('F40 a second use of a code ends the session it opened, and alarms', async () => {
  const one = started()
  const { code, proof } = await opened(one.sessions)
  await assert.rejects(one.sessions.open(code, ORIGIN), refused)
  assert.equal(one.sessions.caller(proof), undefined)
  const alert = one.trail.at(-1)
  assert.deepEqual([alert?.kind, alert?.via, alert?.decision.action], [
    'alert',
    'dashboard',
    'deny',
  ])
})

test('F40 of racing uses of a code none has a session', async () => {
  const { sessions } = started()
  const { code } = await sessions.issue(ADMIN, 'http')
  const uses = await Promise.allSettled([1, 2, 3].map(() => sessions.open(code, ORIGIN)))
  assert.deepEqual(uses.map(({ status }) => status), ['rejected', 'rejected', 'rejected'])
  assert.deepEqual(sessions.list(), [])
})

test('F9 neither half of a session counts without the other, nor on another origin', async () => {
  const { sessions } = started()
  const { proof } = await opened(sessions)
  const other = (await opened(sessions)).proof
  for (
    const wrong of [
      { ...proof, secret: other.secret },
      { ...proof, cookie: other.cookie },
      { ...proof, id: other.id },
      { ...proof, secret: '' },
      { ...proof, cookie: proof.secret },
      { ...proof, origin: 'http://127.0.0.1:3000' },
      { ...proof, origin: 'http://localhost:9090' },
      { ...proof, origin: 'https://127.0.0.1:9090' },
    ]
  ) assert.equal(sessions.caller(wrong), undefined, JSON.stringify(wrong))
  assert.notEqual(sessions.caller(proof), undefined)
})

test('a session ends when nobody uses it, and when it is old; what a page asks by itself keeps none', async () => {
  const { sessions, clock, ...one } = started()
  const { proof } = await opened(sessions)
  await clock.advance(IDLE_MS - 1)
  assert.notEqual(sessions.caller(proof), undefined)
  await clock.advance(IDLE_MS - 1)
  assert.notEqual(sessions.caller({ ...proof, active: false }), undefined)
  await clock.advance(1)
  assert.equal(sessions.caller(proof), undefined)
  const second = (await opened(sessions)).proof
  for (let spent = 0; spent < LIFE_MS - IDLE_MS; spent += IDLE_MS / 2) {
    await clock.advance(IDLE_MS / 2)
    assert.notEqual(sessions.caller(second), undefined)
  }
  await clock.advance(IDLE_MS)
  assert.equal(sessions.caller(second), undefined)
  await idle()
  const ends = one.trail.filter(({ decision }) => decision.action === 'session_ended')
  assert.deepEqual(ends.map(({ request }) => (request as { by: string }).by), ['idle', 'age'])
})

test('only the person opens the dashboard: no token, no socket, no session of the dashboard itself', async () => {
  const { sessions } = started()
  for (
    const caller of [
      { principal: 'token:A', scopes: ['admin'] },
      { principal: 'uid:0', scopes: ['eval'] },
      { ...ADMIN, dashboard: 'x' },
    ] as const
  ) await assert.rejects(sessions.issue(caller, 'http'), { code: 'forbidden' })
})

test('codes that wait are few, and the oldest of many sessions makes room', async () => {
  const { sessions } = started()
  const first = await opened(sessions)
  for (let i = 0; i < 16; i++) await opened(sessions)
  assert.equal(sessions.list().length, 16)
  assert.equal(sessions.caller(first.proof), undefined)
  for (let i = 0; i < 8; i++) await sessions.issue(ADMIN, 'http')
  await assert.rejects(sessions.issue(ADMIN, 'http'), { code: 'rate_limited' })
})

test('no session is opened, and no code is given, that the trail cannot hold', async () => {
  const { sessions, fail, mend } = started()
  fail('audit.append')
  await assert.rejects(sessions.issue(ADMIN, 'http'), { code: 'audit_unavailable' })
  mend()
  const { code } = await sessions.issue(ADMIN, 'http')
  fail('audit.append')
  await assert.rejects(sessions.open(code, ORIGIN), { code: 'audit_unavailable' })
  assert.deepEqual(sessions.list(), [])
})

test('logout ends a session and tells who listens, once', async () => {
  const { sessions } = started()
  const { proof } = await opened(sessions)
  const id = sessions.caller(proof)!.dashboard!
  let told = 0
  sessions.onEnd(id, () => told++)
  const forget = sessions.onEnd(id, () => told += 100)
  forget()
  assert.equal(await sessions.end(id, { ...ADMIN, dashboard: id }), 1)
  assert.equal(await sessions.end(id, ADMIN), 0)
  assert.equal(sessions.caller(proof), undefined)
  assert.equal(told, 1)
  sessions.onEnd(id, () => told++)
  assert.equal(told, 2)
})

test('a session that nobody uses is over for what only asks whether it is', async () => {
  const { sessions, clock } = started()
  const { proof } = await opened(sessions)
  let told = 0
  sessions.onEnd(proof.id, () => told++)
  assert.equal(sessions.isOpen(proof.id), true)
  await clock.advance(IDLE_MS)
  assert.equal(sessions.isOpen(proof.id), false)
  assert.equal(told, 1)
})
