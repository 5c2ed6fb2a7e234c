import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveApproval } from '../../src/service/approve.ts'
import { answer, ask, asked, PERSON, POLICY, steps, STRICTER } from '../helpers/ask.ts'
import { bench } from '../helpers/service.ts'

test('F12 a yes for a call that the policy denies by now is superseded, for good', async () => {
  const one = bench(POLICY)
  const waiting = ask(one)
  await asked(one)
  const [id] = one.approvals.keys()
  one.usePolicies(STRICTER)
  await answer(one, true)
  assert.equal((await waiting).answer.allowed, false)
  assert.equal(one.approvals.get(id!)?.status, 'cancelled')
  assert.equal(steps(one).filter((step) => step === 'approval superseded').length, 1)
  one.usePolicies(POLICY)
  assert.equal((await ask(one, { waitMs: 0 })).state, 'waiting')
})

test('F12 a script that changed since it was asked about is another call', async () => {
  const scripts: Record<string, string> = { '/w/deploy.sh': 'echo one\n' }
  const policy = POLICY.replace('"deploy*"', '"sh *"')
  const one = bench(policy, { scripts })
  const command = 'sh /w/deploy.sh'
  const waiting = ask(one, {}, command)
  await asked(one)
  scripts['/w/deploy.sh'] = 'echo two\n'
  await answer(one, true)
  const { answer: told } = await waiting
  assert.equal(told.allowed, false)
  assert.match(told.message, /changed while it waited/)
  assert.equal(steps(one).includes('approval superseded'), true)
})

test('F12 an approved script is not redeemed by what it became', async () => {
  const scripts: Record<string, string> = { '/w/deploy.sh': 'echo one\n' }
  const one = bench(POLICY.replace('"deploy*"', '"sh *"'), { scripts })
  await ask(one, { waitMs: 0 }, 'sh /w/deploy.sh')
  await answer(one, true)
  scripts['/w/deploy.sh'] = 'echo two\n'
  assert.equal((await ask(one, { waitMs: 0 }, 'sh /w/deploy.sh')).state, 'waiting')
})

test('F20 an identical call takes no approval from the caller who is held for it', async () => {
  const one = bench(POLICY)
  const held = ask(one)
  await asked(one)
  const [id] = one.approvals.keys()
  await resolveApproval(one.services, PERSON, id!, { approved: true }, 'http')
  const [first, other] = await Promise.all([held, ask(one, { waitMs: 0 })])
  assert.equal(first.answer.allowed, true)
  assert.equal(other.state, 'waiting')
})

test('semantics 21 a yes for a caller who left is there when the same call comes again', async () => {
  const one = bench(POLICY)
  const leaving = new AbortController()
  const first = ask(one, { signal: leaving.signal })
  await asked(one)
  // It leaves while the answer is on its way.
  const [id] = one.approvals.keys()
  const answering = resolveApproval(one.services, PERSON, id!, { approved: true }, 'http')
  leaving.abort()
  await answering
  assert.equal((await first).answer.allowed, false)
  assert.equal(one.approvals.get(id!)?.status, 'approved')
  assert.equal((await ask(one, { waitMs: 0 })).answer.allowed, true)
})

test('who waits is told why, and until when', async () => {
  const one = bench(POLICY)
  const { answer: told } = await ask(one, { waitMs: 0 })
  const until = new Date(one.clock.now() + 300_000).toISOString()
  assert.equal(told.message, `Ask first (a person is asked, until ${until})`)
  assert.equal(told.expires_at, until)
})

test('who waits for several people is told how many said yes', async () => {
  const one = bench(POLICY.replace('message: "Ask first"', 'approvers: 3'))
  const waiting = ask(one, { waitMs: 2000 })
  await asked(one)
  const [id] = one.approvals.keys()
  await resolveApproval(one.services, PERSON, id!, { approved: true }, 'http')
  await one.clock.advance(2000)
  assert.match((await waiting).answer.message, /3 people are asked, 1 said yes, until /)
})

test('the reason of a denial reaches who waits', async () => {
  const one = bench(POLICY)
  const waiting = ask(one)
  await asked(one)
  const [id] = one.approvals.keys()
  const no = { approved: false, reason: 'Use the staging cluster' }
  await resolveApproval(one.services, PERSON, id!, no, 'http')
  const { answer: told } = await waiting
  assert.equal(told.message, 'Ask first (a person denied it: Use the staging cluster)')
})

test('a rule with a time of its own holds its caller that long', async () => {
  const one = bench(POLICY.replace('message: "Ask first"', 'timeout: 10m'))
  const waiting = ask(one)
  await asked(one)
  await one.clock.advance(400_000)
  const [row] = one.approvals.values()
  assert.equal(row!.status, 'pending')
  await one.clock.advance(200_001)
  assert.equal((await waiting).answer.approval_status, 'expired')
})

const NOBODY = `${
  POLICY.replace('default_action: allow', 'default_action: allow\non_no_approver: deny')
}`

test('semantics 27 policies may say that nobody is there; the configuration says it before them', async () => {
  const denied = await ask(bench(NOBODY), { waitMs: undefined })
  assert.deepEqual([denied.state, denied.answer.decision], ['answered', 'deny'])
  assert.match(denied.answer.message, /nobody is there to be asked: on_no_approver is deny/)
  const settings = { onNoApprover: 'wait' } as const
  assert.equal((await ask(bench(NOBODY, { settings }), { waitMs: 0 })).state, 'waiting')
  const one = bench(POLICY, { settings: { onNoApprover: 'deny' } })
  assert.equal((await ask(one)).state, 'answered')
  assert.equal(one.approvals.size, 0)
})
