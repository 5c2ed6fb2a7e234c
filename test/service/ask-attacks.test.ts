import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reopenUnproved } from '../../src/service/reopen.ts'
import { PENDING } from '../../src/approval/limits.ts'
import { bench, identityOf } from '../helpers/service.ts'

import { answer, ask, asked, POLICY, steps, STRICTER } from '../helpers/ask.ts'

test('F20 only the same principal and tool call join; one approval releases one other call', async () => {
  const one = bench(POLICY)
  await Promise.all([
    ask(one, { waitMs: 0, toolCallId: 't' }),
    ask(one, { waitMs: 0, toolCallId: 't' }),
    ask(one, { waitMs: 0, toolCallId: 'u' }),
    ask(one, { waitMs: 0 }),
    ask(one, { waitMs: 0 }),
    ask(one, { waitMs: 0, toolCallId: 't', identity: identityOf({ principal: 'token:2' }) }),
  ])
  assert.equal(one.approvals.size, 5)
  const ids = [...one.approvals.keys()]
  assert.ok(ids.every((id) => /^[0-9a-f]{32}$/.test(id)))
})

test('F20 two connections of one tool call are both released by its approval', async () => {
  const one = bench(POLICY)
  const both = [ask(one, { toolCallId: 't' }), ask(one, { toolCallId: 't' })]
  await asked(one, 1, 2)
  await answer(one, true)
  for (const { answer: told } of await Promise.all(both)) assert.equal(told.allowed, true)
  assert.equal(steps(one).filter((step) => step === 'approval used').length, 1)
})

test('F20 of many identical calls exactly one uses an approval', async () => {
  const one = bench(POLICY)
  await ask(one, { waitMs: 0 })
  await answer(one, true)
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () => ask(one, { waitMs: 0 })),
  )
  assert.equal(outcomes.filter(({ answer: told }) => told.allowed).length, 1)
})

test('F20 of two processes exactly one uses an approval', async () => {
  const one = bench(POLICY)
  const two = bench(POLICY, { beside: one })
  await ask(one, { waitMs: 0 })
  await answer(one, true)
  const outcomes = await Promise.all([
    ask(one, { waitMs: 0 }),
    ask(two, { waitMs: 0 }),
    ask(one, { waitMs: 0 }),
    ask(two, { waitMs: 0 }),
  ])
  assert.equal(outcomes.filter(({ answer: told }) => told.allowed).length, 1)
})

test('F25 a database row that says approved lets nothing through', async () => {
  const one = bench(POLICY)
  const { answer: told } = await ask(one, { waitMs: 0, toolCallId: 't' })
  const row = one.approvals.get(told.approval_id!)!
  for (const status of ['approved', 'used'] as const) {
    one.approvals.set(row.id, { ...row, status, resolvedAt: one.clock.now() })
    const again = await ask(one, { waitMs: 0, toolCallId: 't' })
    assert.equal(again.answer.allowed, false, status)
  }
})

test('F12 a policy that denies by now wins over the person’s yes', async () => {
  const one = bench(POLICY)
  const waiting = ask(one)
  await asked(one)
  one.usePolicies(STRICTER)
  await answer(one, true)
  const { answer: told } = await waiting
  assert.equal(told.allowed, false)
  assert.equal(told.decision, 'deny')
  assert.equal(steps(one).includes('approval used'), false)
})

test('F12 a call that leads elsewhere by now is to be asked again', async () => {
  const one = bench(POLICY)
  const waiting = ask(one)
  await asked(one)
  one.usePolicies(`${POLICY}\n# changed\n`)
  await answer(one, true)
  const { answer: told } = await waiting
  assert.equal(told.allowed, false)
  assert.match(told.message, /changed while it waited/)
})

test('F30 over the limit of pending questions a call is denied', async () => {
  const one = bench(POLICY)
  for (let turn = 0; turn < PENDING.owner; turn++) await ask(one, { waitMs: 0 })
  const { state, answer: told } = await ask(one, { waitMs: 0 })
  assert.equal(state, 'answered')
  assert.equal(told.decision, 'deny')
  assert.equal(told.allowed, false)
  const other = identityOf({ principal: 'token:2' })
  assert.equal((await ask(one, { waitMs: 0, identity: other })).state, 'waiting')
})

test('semantics 15: an ask’s once is spent when its answer is used, not when it is asked', async () => {
  const one = bench(POLICY)
  await ask(one, { waitMs: 0 }, 'first')
  assert.equal(one.claimed.size, 0)
  await answer(one, true)
  assert.equal((await ask(one, { waitMs: 0 }, 'first')).answer.allowed, true)
  assert.deepEqual([...one.claimed], ['p/2'])
  assert.equal((await ask(one, { waitMs: 0 }, 'first')).answer.decision, 'allow')
})

test('output of an approved call passes', async () => {
  const one = bench(POLICY)
  await ask(one, { waitMs: 0 })
  await answer(one, true)
  await ask(one, { waitMs: 0 })
  const { answer: told } = await ask(one, { response: 'done' })
  assert.equal(told.allowed, true)
})

test('output of an approved call passes though its script is another one since', async () => {
  const scripts: Record<string, string> = { '/w/x.sh': 'git pull\n' }
  const one = bench(POLICY.replace('"deploy*"', '"sh *"'), { scripts })
  const command = 'sh /w/x.sh'
  await ask(one, { waitMs: 0 }, command)
  await answer(one, true)
  await ask(one, { waitMs: 0, toolCallId: 't' }, command)
  scripts['/w/x.sh'] = 'something else\n'
  const output = (toolCallId: string, line = command) =>
    ask(one, { response: 'done', toolCallId }, line)
  assert.equal((await output('t')).answer.allowed, true)
  assert.equal((await output('u')).answer.allowed, false)
  assert.equal((await output('t', 'sh /w/x.sh --all')).answer.allowed, false)
})

test('F25 a yes that never reached the trail is an open question after a restart', async () => {
  const one = bench(POLICY)
  const { answer: told } = await ask(one, { waitMs: 0 })
  const id = told.approval_id!
  const row = one.approvals.get(id)!
  const yes = { status: 'approved', resolvedAt: 1, resolvedBy: 'admin', resolutionId: 'x' } as const
  one.approvals.set(id, { ...row, ...yes })
  const after = bench(POLICY, { beside: one })
  await reopenUnproved(after.services)
  assert.deepEqual([one.approvals.get(id)?.status, one.approvals.get(id)?.resolvedBy], [
    'pending',
    undefined,
  ])
  assert.deepEqual(one.approvals.get(id)?.answers, [])
  await answer(after, true)
  await reopenUnproved(bench(POLICY, { beside: one }).services)
  assert.equal(one.approvals.get(id)?.status, 'approved')
})

test('a restart: what was pending is still answered and used', async () => {
  const before = bench(POLICY)
  await ask(before, { waitMs: 0 })
  const after = bench(POLICY, { beside: before })
  await answer(after, true)
  const third = bench(POLICY, { beside: before })
  assert.equal((await ask(third, { waitMs: 0 })).answer.allowed, true)
})

test('F25 a yes that a held caller took and that never reached the trail is open again, too', async () => {
  const one = bench(POLICY)
  const { answer: told } = await ask(one, { waitMs: 0 })
  const id = told.approval_id!
  const yes = { resolvedAt: 1, resolvedBy: 'admin', resolutionId: 'x' }
  one.approvals.set(id, { ...one.approvals.get(id)!, ...yes, status: 'used' })
  await reopenUnproved(bench(POLICY, { beside: one }).services)
  assert.equal(one.approvals.get(id)?.status, 'pending')
  await answer(one, true)
  assert.equal((await ask(one)).answer.allowed, true)
  await reopenUnproved(bench(POLICY, { beside: one }).services)
  assert.equal(one.approvals.get(id)?.status, 'used')
})
