import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PENDING } from '../../src/approval/limits.ts'
import { createApproval } from '../../src/service/ask-directly.ts'
import { ask, PERSON, POLICY } from '../helpers/ask.ts'
import { bench, identityOf } from '../helpers/service.ts'

const limits = { ...PENDING, callBytes: 2000, allBytes: 40_000 }
const settings = { approvalLimits: limits }
const long = (letters: number) => `deploy ${'x'.repeat(letters)}`

test('F30 a call that is too large to be kept is denied, with its size', async () => {
  const one = bench(POLICY, { settings })
  const { answer } = await ask(one, { waitMs: 0 }, long(2000))
  assert.deepEqual([answer.allowed, answer.decision], [false, 'deny'])
  assert.match(answer.message, /parameters of the call are 20\d\d bytes, and 2000 are kept/)
  assert.equal((await ask(one, { waitMs: 0 }, long(1900))).state, 'waiting')
})

test('F30 one principal has a quarter of all bytes, and the others have theirs still', async () => {
  const one = bench(POLICY, { settings })
  let asked = 0
  for (;;) {
    const { state, answer } = await ask(one, { waitMs: 0 }, long(1800 + asked))
    if (state === 'answered') {
      assert.match(answer.message, /that are pending keep \d+ bytes already/)
      break
    }
    asked += 1
  }
  assert.ok(asked >= 2 && asked <= 5, String(asked))
  const other = identityOf({ principal: 'token:2' })
  assert.equal((await ask(one, { waitMs: 0, identity: other }, long(1800))).state, 'waiting')
})

test('F30 all together keep no more than all bytes', async () => {
  const one = bench(POLICY, { settings })
  for (let i = 0;; i++) {
    assert.ok(i < 20)
    const identity = identityOf({ principal: `token:${i}` })
    const { state, answer } = await ask(one, { waitMs: 0, identity }, long(1800))
    if (state === 'waiting') continue
    assert.match(answer.message, /the pending approvals keep \d+ bytes already/)
    break
  }
})

test('F30 the limits are those of the settings, for integrators too', async () => {
  const one = bench(POLICY, { settings: { approvalLimits: { ...limits, owner: 1 } } })
  const request = { identity: identityOf(), tool: 'exec', params: { command: 'deploy' } }
  await createApproval(one.services, PERSON, request)
  await assert.rejects(createApproval(one.services, PERSON, request), { code: 'rate_limited' })
  await assert.rejects(
    createApproval(one.services, PERSON, { ...request, params: { command: long(3000) } }),
    { code: 'rate_limited' },
  )
})
