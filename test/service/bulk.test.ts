import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../src/service/api.ts'
import { bulkResolve } from '../../src/service/approve.ts'
import { ask, asked, PERSON, POLICY, steps } from '../helpers/ask.ts'
import { type Bench, bench, identityOf } from '../helpers/service.ts'

const YES = { approved: true, resolvedBy: 'Ann', channel: 'dashboard' } as const

async function questions(one: Bench, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i++) {
    const identity = identityOf({ principal: `token:${i}` })
    ids.push((await ask(one, { waitMs: 0, identity })).answer.approval_id!)
  }
  return ids
}

function outcomes(results: Awaited<ReturnType<typeof bulkResolve>>): string[] {
  return results.map((result) => 'error' in result ? result.error.code : result.approval.status)
}

test('many answers at once, each by itself, in the order of the ids', async () => {
  const one = bench(POLICY)
  const [a, b, c] = await questions(one, 3)
  await bulkResolve(one.services, PERSON, [b!], { approved: false }, 'http')
  const results = await bulkResolve(one.services, PERSON, [a!, 'none', b!, c!, a!], YES, 'http')
  assert.deepEqual(outcomes(results), [
    'approved',
    'not_found',
    'approval_settled',
    'approved',
    'approval_settled',
  ])
  assert.deepEqual(results.map(({ id }) => id), [a, 'none', b, c, a])
  assert.equal(results[2]!.approval?.status, 'denied')
  assert.equal(one.approvals.get(a!)?.channel, 'dashboard')
})

test('all of them are one write of the trail', async () => {
  const one = bench(POLICY)
  const ids = await questions(one, 200)
  let writes = 0
  const { audit } = one.services
  const append: typeof audit.append = (drafts) => {
    writes += 1
    return audit.append(drafts)
  }
  const services = { ...one.services, audit: { ...audit, append } }
  const results = await bulkResolve(services, PERSON, ids, YES, 'http')
  assert.equal(writes, 1)
  assert.deepEqual(new Set(outcomes(results)), new Set(['approved']))
  assert.equal(steps(one).filter((step) => step === 'approval approved').length, 200)
})

test('who waits is let go by each', async () => {
  const one = bench(POLICY)
  const held = [1, 2, 3].map((i) => ask(one, { identity: identityOf({ principal: `token:${i}` }) }))
  await asked(one, 3)
  await bulkResolve(one.services, PERSON, [...one.approvals.keys()], YES, 'http')
  for (const { answer } of await Promise.all(held)) assert.equal(answer.allowed, true)
})

test('semantics 26 own questions are left out, others are answered', async () => {
  const one = bench(POLICY)
  const ids = await questions(one, 2)
  const caller: Caller = { principal: 'token:0', scopes: ['eval', 'approve'], agent: 'x' }
  const results = await bulkResolve(one.services, caller, ids, YES, 'http')
  assert.deepEqual(outcomes(results), ['forbidden', 'approved'])
})

test('F25 what cannot be recorded is taken back for all', async () => {
  const one = bench(POLICY)
  const ids = await questions(one, 5)
  one.fail('audit.append')
  const results = await bulkResolve(one.services, PERSON, ids, YES, 'http')
  assert.deepEqual(new Set(outcomes(results)), new Set(['audit_unavailable']))
  for (const id of ids) assert.equal(one.approvals.get(id)?.status, 'pending')
  one.mend()
  const again = await bulkResolve(one.services, PERSON, ids, YES, 'http')
  assert.deepEqual(new Set(outcomes(again)), new Set(['approved']))
})

test('of many who answer the same many, each question is answered once', async () => {
  const one = bench(POLICY)
  const ids = await questions(one, 50)
  const all = await Promise.all(
    Array.from(
      { length: 20 },
      (_, turn) => bulkResolve(one.services, PERSON, ids, { approved: turn % 2 === 0 }, 'http'),
    ),
  )
  for (const [i, id] of ids.entries()) {
    const won = all.filter((results) => !('error' in results[i]!))
    assert.equal(won.length, 1, id)
  }
})
