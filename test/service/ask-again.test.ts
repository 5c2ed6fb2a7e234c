import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DecideRequest } from '../../src/service/services.ts'
import { bench, identityOf } from '../helpers/service.ts'

import { answer, ask, POLICY } from '../helpers/ask.ts'

test('semantics 22: one identical later call uses the approval, the next one asks again', async () => {
  const one = bench(POLICY)
  await ask(one, { waitMs: 0 })
  await answer(one, true)
  const retry = await ask(one, { waitMs: 0 })
  assert.equal(retry.answer.allowed, true)
  assert.equal(retry.state, 'answered')
  assert.equal(retry.answer.approval_status, 'approved')
  const third = await ask(one, { waitMs: 0 })
  assert.equal(third.state, 'waiting')
  assert.equal(one.approvals.size, 2)
})

const OTHERS: readonly (readonly [string, Partial<DecideRequest>])[] = [
  ['another principal', { identity: identityOf({ principal: 'token:2' }) }],
  ['another agent', { identity: identityOf({ agent: 'b' }) }],
  ['another session', { identity: identityOf({ session: 't' }) }],
  ['another run', { identity: identityOf({ run: 'r' }) }],
  ['another depth', { identity: identityOf({ depth: 1 }) }],
  ['another directory', { cwd: '/elsewhere' }],
  ['other parameters', { params: { command: 'deploy', timeout: 5 } }],
]

for (const [what, change] of OTHERS) {
  test(`semantics 22: ${what} is another call`, async () => {
    const one = bench(POLICY)
    await ask(one, { waitMs: 0 })
    await answer(one, true)
    assert.equal((await ask(one, { waitMs: 0, ...change })).state, 'waiting')
  })
}

test('semantics 22: parameters in another order are the same call', async () => {
  const one = bench(POLICY)
  await ask(one, { waitMs: 0, params: { command: 'deploy', env: { a: '1', b: '2' } } })
  await answer(one, true)
  const again = { env: { b: '2', a: '1' }, command: 'deploy' }
  assert.equal((await ask(one, { waitMs: 0, params: again })).answer.allowed, true)
})

test('semantics 22: other policies, or a path that leads elsewhere, are another call', async () => {
  const names: Record<string, readonly string[]> = { '/w/x': ['/w/x', '/w/one'] }
  const paths = POLICY.replace(
    'policies:\n',
    'policies:\n  - name: q\n    rules: [{action: log, when: {path_matches: ["/nowhere"]}}]\n',
  )
  const one = bench(paths, { names })
  const command = 'deploy; cat /w/x'
  await ask(one, { waitMs: 0 }, command)
  await answer(one, true)
  names['/w/x'] = ['/w/x', '/w/two']
  assert.equal((await ask(one, { waitMs: 0 }, command)).state, 'waiting')
  await answer(one, true)
  one.usePolicies(`${paths}\n# changed\n`)
  assert.equal((await ask(one, { waitMs: 0 }, command)).state, 'waiting')
})

test('semantics 22: an approval is used before it expires, not after', async () => {
  const one = bench(POLICY)
  await ask(one, { waitMs: 0 })
  await answer(one, true)
  await one.clock.advance(300_000)
  assert.equal((await ask(one, { waitMs: 0 })).state, 'waiting')
})

test('semantics 22: the same tool call gets its answer again, and asks nobody', async () => {
  for (const approved of [true, false]) {
    const one = bench(POLICY)
    const waiting = ask(one, { toolCallId: 't' })
    await answer(one, approved)
    assert.equal((await waiting).answer.allowed, approved)
    const again = await ask(one, { toolCallId: 't', waitMs: 0 })
    assert.equal(again.state, 'answered')
    assert.equal(again.answer.allowed, approved)
    assert.equal(again.answer.approval_status, approved ? 'approved' : 'denied')
    assert.deepEqual(one.trail.at(-1)?.links?.includes(again.answer.approval_id!), true)
    await one.clock.advance(600_000)
    // By then it is another call: it is asked, unless a person denied it in this run.
    const later = await ask(one, { toolCallId: 't', waitMs: 0 })
    assert.equal(later.state, approved ? 'waiting' : 'answered')
    assert.equal(later.answer.allowed, false)
  }
})

test('semantics 22: an answer belongs to the call that used it, not to the one that asked', async () => {
  const one = bench(POLICY)
  await ask(one, { toolCallId: 'asked', waitMs: 0 })
  await answer(one, true)
  assert.equal((await ask(one, { toolCallId: 'used', waitMs: 0 })).answer.allowed, true)
  assert.equal((await ask(one, { toolCallId: 'used', waitMs: 0 })).answer.allowed, true)
  assert.equal((await ask(one, { toolCallId: 'asked', waitMs: 0 })).state, 'waiting')
})
