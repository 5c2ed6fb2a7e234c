import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deskOf, drain } from '../../src/service/desk.ts'
import { bench } from '../helpers/service.ts'

import { answer, ask, asked, POLICY, steps } from '../helpers/ask.ts'

test('semantics 19: a person’s yes lets the waiting call through, the decision stays an ask', async () => {
  const one = bench(POLICY)
  const waiting = ask(one)
  await answer(one, true)
  const { state, answer: told } = await waiting
  assert.equal(state, 'answered')
  assert.equal(told.allowed, true)
  assert.equal(told.decision, 'require_approval')
  assert.equal(told.approval_status, 'approved')
  assert.deepEqual(steps(one), [
    'decision require_approval',
    'approval approved',
    'approval used',
  ])
  assert.equal(one.approvals.get(told.approval_id!)?.status, 'used')
})

test('semantics 19: a person’s no denies', async () => {
  const one = bench(POLICY)
  const waiting = ask(one)
  await answer(one, false)
  const { answer: told } = await waiting
  assert.equal(told.allowed, false)
  assert.equal(told.approval_status, 'denied')
  assert.match(told.message, /Ask first \(a person denied it\)/)
})

test('semantics 19: nobody answering in time denies, recorded', async () => {
  const one = bench(POLICY)
  const waiting = ask(one)
  await asked(one)
  await one.clock.advance(301_000)
  const { state, answer: told } = await waiting
  assert.equal(state, 'answered')
  assert.equal(told.allowed, false)
  assert.equal(told.approval_status, 'expired')
  assert.deepEqual(steps(one), ['decision require_approval', 'approval expired'])
})

test('semantics 20: wait=N comes back waiting after N, and is asked for asynchronously then', async () => {
  const one = bench(POLICY)
  const waiting = ask(one, { waitMs: 2000 })
  await asked(one)
  await one.clock.advance(2000)
  const { state, answer: told } = await waiting
  assert.equal(state, 'waiting')
  assert.equal(told.allowed, false)
  assert.equal(told.approval_status, 'pending')
  assert.equal(one.approvals.get(told.approval_id!)?.detached, true)
})

test('semantics 20: a wait is capped at the approval timeout', async () => {
  const one = bench(POLICY)
  const waiting = ask(one, { waitMs: 10_000_000 })
  await asked(one)
  await one.clock.advance(301_000)
  assert.equal((await waiting).answer.approval_status, 'expired')
})

test('semantics 20: a drain answers held calls that they wait', async () => {
  const one = bench(POLICY)
  const held = [ask(one), ask(one, { toolCallId: 't' })]
  await asked(one, 2)
  drain(deskOf(one.services))
  for (const outcome of await Promise.all(held)) assert.equal(outcome.state, 'waiting')
  const statuses = [...one.approvals.values()].map(({ status }) => status)
  assert.deepEqual(statuses, ['pending', 'pending'])
})

test('semantics 21: the last synchronous waiter gone for 30 s cancels', async () => {
  const one = bench(POLICY)
  const leaving = new AbortController()
  const waiting = ask(one, { signal: leaving.signal })
  await asked(one)
  leaving.abort()
  const { state, answer: told } = await waiting
  assert.equal(state, 'waiting')
  await one.clock.advance(29_000)
  assert.equal(one.approvals.get(told.approval_id!)?.status, 'pending')
  await one.clock.advance(1000)
  assert.equal(one.approvals.get(told.approval_id!)?.status, 'cancelled')
  assert.deepEqual(steps(one), ['decision require_approval', 'approval cancelled'])
})

test('semantics 21: a disconnect detaches that waiter only; who comes back keeps it open', async () => {
  const one = bench(POLICY)
  const leaving = new AbortController()
  const first = ask(one, { toolCallId: 't', signal: leaving.signal })
  await asked(one)
  leaving.abort()
  await first
  await one.clock.advance(10_000)
  const second = ask(one, { toolCallId: 't' })
  await asked(one)
  await one.clock.advance(60_000)
  await answer(one, true)
  assert.equal((await second).answer.allowed, true)
})

test('semantics 21: asked asynchronously, nothing cancels before its time', async () => {
  const one = bench(POLICY)
  const { answer: told } = await ask(one, { waitMs: 0 })
  await one.clock.advance(120_000)
  assert.equal(one.approvals.get(told.approval_id!)?.status, 'pending')
})
