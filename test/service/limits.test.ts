import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Approval } from '../../src/approval/approval.ts'
import { closeLapsed } from '../../src/service/lapse.ts'
import { PENDING } from '../../src/approval/limits.ts'
import { ask, POLICY } from '../helpers/ask.ts'
import { type Bench, bench, identityOf } from '../helpers/service.ts'

function flood(one: Bench, count: number, change: (i: number) => Partial<Approval>): void {
  const [like] = one.approvals.values()
  for (let i = 0; i < count; i++) {
    one.approvals.set(`row-${i}`, { ...like!, id: `row-${i}`, ...change(i) })
  }
}

/** An open question to copy. */
async function seeded(): Promise<Bench> {
  const one = bench(POLICY)
  await ask(one, { waitMs: 0, identity: identityOf({ principal: 'token:seed', agent: 'seed' }) })
  return one
}

async function isAsked(one: Bench, identity = identityOf()): Promise<boolean> {
  const { state, answer } = await ask(one, { waitMs: 0, identity })
  if (state === 'answered') {
    assert.deepEqual([answer.decision, answer.allowed], ['deny', false])
    assert.match(answer.message, /pending already/)
  }
  return state === 'waiting'
}

test('F30 an agent has its own limit within its principal', async () => {
  const one = await seeded()
  flood(one, PENDING.owner, () => ({ principal: 'token:1', agent: 'a' }))
  assert.equal(await isAsked(one), false)
  assert.equal(await isAsked(one, identityOf({ agent: 'b' })), true)
})

test('F30 new names and new sessions give a principal no more than its limit', async () => {
  const one = await seeded()
  flood(one, PENDING.principal, (i) => ({
    principal: 'token:1',
    agent: `agent-${i}`,
    session: `session-${i}`,
    runId: `run-${i}`,
  }))
  assert.equal(
    await isAsked(one, identityOf({ agent: 'fresh', session: 'fresh', run: 'fresh' })),
    false,
  )
  assert.equal(await isAsked(one, identityOf({ principal: 'token:2' })), true)
})

test('F30 an agent with many credentials of its own is one agent; a claimed name takes nothing from it', async () => {
  const one = await seeded()
  const bound = new Set(['agent'] as const)
  flood(one, PENDING.owner, (i) => ({ principal: `token:x${i}`, agent: 'a', agentBound: true }))
  assert.equal(await isAsked(one, identityOf({ principal: 'token:new', bound })), false)
  flood(one, PENDING.owner, (i) => ({ principal: `uid:${i}`, agent: 'a', agentBound: false }))
  assert.equal(await isAsked(one, identityOf({ principal: 'token:new', bound })), true)
})

test('F30 what is left of all is for principals that have few open', async () => {
  const one = await seeded()
  const many = (i: number) => ({ principal: `token:${Math.floor(i / 40)}`, agent: `agent-${i}` })
  flood(one, PENDING.all - PENDING.reserve, many)
  assert.equal(await isAsked(one, identityOf({ principal: 'token:7', agent: 'more' })), false)
  const quiet = identityOf({ principal: 'token:quiet' })
  for (let turn = 0; turn < PENDING.few; turn++) assert.equal(await isAsked(one, quiet), true)
  assert.equal(await isAsked(one, quiet), false)
  flood(one, PENDING.all, many)
  assert.equal(await isAsked(one, identityOf({ principal: 'token:late' })), false)
})

test('F30 questions that nobody answered in time make room', async () => {
  const one = await seeded()
  flood(one, PENDING.owner, () => ({ principal: 'token:1', agent: 'a' }))
  assert.equal(await isAsked(one), false)
  await one.clock.advance(300_000)
  assert.equal(await isAsked(one), true)
})

test('all that lapsed while no server ran is closed and recorded, however much it is', async () => {
  const one = await seeded()
  flood(one, 2500, (i) => ({ principal: `token:${i}`, createdAt: i }))
  flood(one, 10, () => ({ status: 'approved' }))
  await one.clock.advance(300_000)
  const after = bench(POLICY, { beside: one })
  await closeLapsed(after.services)
  const open = [...one.approvals.values()].filter(({ status }) =>
    status === 'pending' || status === 'approved'
  )
  assert.deepEqual(open, [])
  const expired = one.trail.filter(({ decision }) => decision.action === 'expired')
  assert.equal(expired.length, 2501)
})
