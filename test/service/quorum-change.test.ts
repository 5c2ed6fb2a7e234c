import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../src/service/api.ts'
import { resolveApproval } from '../../src/service/approve.ts'
import { ask, asked, POLICY, steps } from '../helpers/ask.ts'
import { type Bench, bench } from '../helpers/service.ts'

const people = (count: number) =>
  POLICY.replace('message: "Ask first"', `message: "Ask first", approvers: ${count}`)
const ANN: Caller = { principal: 'token:ann', scopes: ['approve'], agent: 'ann' }
const BEN: Caller = { principal: 'token:ben', scopes: ['approve'], agent: 'ben' }

const yes = (one: Bench, caller: Caller, id: string) =>
  resolveApproval(one.services, caller, id, { approved: true }, 'http')

test('semantics 22 a policy that asks for fewer people lets no question go that asked for more', async () => {
  const one = bench(people(2))
  const waiting = ask(one)
  await asked(one)
  const [id] = one.approvals.keys()
  assert.equal((await yes(one, ANN, id!)).status, 'pending')
  one.usePolicies(people(1))
  // The answer that was given for two is no answer for one, in this process or another.
  assert.equal(one.approvals.get(id!)?.status, 'pending')
  assert.equal((await ask(one, { waitMs: 0 })).state, 'waiting')
  assert.equal(one.approvals.size, 2, 'the same call is another question under other policies')
  assert.deepEqual([...one.approvals.values()].map(({ approvers }) => approvers), [2, 1])
  assert.equal((await yes(one, BEN, id!)).status, 'approved')
  const { answer: told } = await waiting
  assert.equal(told.allowed, false)
  assert.match(told.message, /changed while it waited: ask again/)
  assert.deepEqual(steps(one).filter((step) => /used|superseded/.test(step)), [
    'approval superseded',
  ])
})

test('after a policy that asks for fewer people the call, made again, needs only those', async () => {
  const one = bench(people(2))
  await ask(one, { waitMs: 0 })
  const [first] = one.approvals.keys()
  await yes(one, ANN, first!)
  one.usePolicies(people(1))
  const again = ask(one)
  await asked(one, 2, 1)
  const second = [...one.approvals.keys()].find((id) => id !== first)!
  await yes(one, BEN, second)
  assert.equal((await again).answer.allowed, true)
  assert.equal(one.approvals.get(first!)?.status, 'pending')
})

test('a policy that asks for more people is not met by a yes for one', async () => {
  const one = bench(people(1))
  const waiting = ask(one)
  await asked(one)
  const [id] = one.approvals.keys()
  one.usePolicies(people(2))
  await yes(one, ANN, id!)
  assert.equal((await waiting).answer.allowed, false)
  assert.equal((await ask(one, { waitMs: 0 })).state, 'waiting')
  assert.equal(steps(one).includes('approval used'), false)
})

test('policies that are put back as they were let the answers count that were given', async () => {
  const one = bench(people(2))
  const waiting = ask(one)
  await asked(one)
  const [id] = one.approvals.keys()
  await yes(one, ANN, id!)
  one.usePolicies(people(1))
  one.usePolicies(people(2))
  await yes(one, BEN, id!)
  assert.equal((await waiting).answer.allowed, true)
})
