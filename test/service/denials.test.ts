import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveApproval } from '../../src/service/approve.ts'
import { createApproval } from '../../src/service/ask-directly.ts'
import { decide } from '../../src/service/decide.ts'
import { denialsOf, TRIES } from '../../src/service/denials.ts'
import { status } from '../../src/service/status.ts'
import { answer, ask, PERSON, POLICY, steps } from '../helpers/ask.ts'
import { type Bench, bench, call, identityOf } from '../helpers/service.ts'

const REMOVING = POLICY.replace('"deploy*"', '"deploy*", "rm *", "unlink *", "frob*"')
const BY = { principal: 'admin', via: 'http' } as const

async function denied(command: string, policy = REMOVING): Promise<Bench> {
  const one = bench(policy)
  await ask(one, { waitMs: 0 }, command)
  await answer(one, false)
  return one
}

test('a denied call is denied again in its run, and nobody is asked', async () => {
  const one = await denied('deploy')
  const again = await ask(one, { waitMs: 0 })
  assert.deepEqual([again.state, again.answer.allowed], ['answered', false])
  assert.equal(again.answer.approval_status, 'denied')
  assert.match(again.answer.message, /a person denied it in this run already/)
  assert.equal(one.approvals.size, 1)
  const [id] = one.approvals.keys()
  assert.deepEqual(one.trail.at(-1)?.links?.includes(id!), true)
})

test('F31 what does the same is the same where all it does is known', async () => {
  const one = await denied('rm /w/x')
  assert.equal((await ask(one, { waitMs: 0 }, 'unlink /w/x')).state, 'answered')
  assert.equal((await ask(one, { waitMs: 0 }, 'rm -f /w/x')).state, 'answered')
  assert.equal((await ask(one, { waitMs: 0 }, 'rm /w/y')).state, 'waiting')
  assert.equal((await ask(one, { waitMs: 0 }, 'rm /w/x /w/y')).state, 'waiting')
})

const UNKNOWN: readonly (readonly [what: string, denied: string, other: string])[] = [
  ['programs of which nothing is known', 'frob a', 'frob b'],
  ['relative names, which name another place in each directory', 'rm x', 'rm -f x'],
  ['patterns, which name other files tomorrow', 'rm /w/*.log', 'rm -f /w/*.log'],
]

for (const [what, first, other] of UNKNOWN) {
  test(`F31 no equal effects: ${what}`, async () => {
    const one = await denied(first)
    assert.equal((await ask(one, { waitMs: 0 }, first)).state, 'answered')
    assert.equal((await ask(one, { waitMs: 0 }, other)).state, 'waiting')
  })
}

const OTHERS = [
  ['another principal', { principal: 'token:2' }],
  ['another session', { session: 't' }],
  ['another run', { run: 'r' }],
] as const

for (const [what, change] of OTHERS) {
  test(`F31 ${what} is not told by this denial`, async () => {
    const one = await denied('deploy')
    assert.equal((await ask(one, { waitMs: 0, identity: identityOf(change) })).state, 'waiting')
  })
}

test('a run is told by its id, in whatever session', async () => {
  const one = bench(REMOVING)
  const identity = identityOf({ run: 'r' })
  await ask(one, { waitMs: 0, identity }, 'rm /w/x')
  await answer(one, false)
  const other = identityOf({ run: 'r', session: 'another' })
  assert.equal((await ask(one, { waitMs: 0, identity: other }, 'rm -f /w/x')).state, 'answered')
})

test('F29 a dry run is no try, and is not told of denials', async () => {
  const one = await denied('deploy')
  for (let turn = 0; turn < TRIES + 1; turn++) {
    const { answer: told } = await decide(call('deploy', { intent: 'preview' }), one.services)
    assert.equal(told.decision, 'require_approval')
  }
  assert.equal((await denialsOf(one.services).list())[0]!.tries, 0)
  assert.deepEqual((await status(one.services)).flagged_sessions, [])
})

test('after five tries the session is told of, once', async () => {
  const one = await denied('deploy')
  for (let turn = 0; turn < TRIES + 3; turn++) await ask(one, { waitMs: 0 })
  const alerts = one.trail.filter(({ kind }) => kind === 'alert')
  assert.equal(alerts.length, 1)
  assert.deepEqual(
    [alerts[0]!.session, (alerts[0]!.request as { flagged: string }).flagged],
    ['s', 'repeated_denied'],
  )
  const [flagged] = (await status(one.services)).flagged_sessions
  assert.deepEqual(
    [flagged!.principal, flagged!.agent, flagged!.session, flagged!.tries],
    ['token:1', 'a', 's', TRIES + 3],
  )
})

test('a lifted denial is asked again, recorded', async () => {
  const one = await denied('deploy')
  for (let turn = 0; turn < TRIES; turn++) await ask(one, { waitMs: 0 })
  const denials = denialsOf(one.services)
  const [denial] = await denials.list()
  assert.deepEqual([denial!.approval.params, denial!.tries], [{ command: 'deploy' }, TRIES])
  assert.equal(await denials.lift(denial!.id, BY), true)
  assert.equal(await denials.lift(denial!.id, BY), false)
  assert.equal(await denials.lift('nothing', BY), false)
  assert.equal(steps(one).at(-1), 'approval lifted')
  assert.deepEqual((await status(one.services)).flagged_sessions, [])
  assert.equal((await ask(one, { waitMs: 0 })).state, 'waiting')
  // Nor does a restart bring it back.
  const after = bench(REMOVING, { beside: one })
  assert.deepEqual(await denialsOf(after.services).list(), [])
})

test('a denial that cannot be lifted on record stays', async () => {
  const one = await denied('deploy')
  const [id] = one.approvals.keys()
  one.fail('audit.append')
  await assert.rejects(denialsOf(one.services).lift(id!, BY), { code: 'audit_unavailable' })
  one.mend()
  assert.equal((await ask(one, { waitMs: 0 })).state, 'answered')
})

test('a restart keeps denials', async () => {
  const before = await denied('rm /w/x')
  const after = bench(REMOVING, { beside: before })
  assert.equal((await ask(after, { waitMs: 0 }, 'rm -f /w/x')).state, 'answered')
})

test('denials that cannot be read are asked again, which loosens nothing', async () => {
  const before = await denied('deploy')
  const after = bench(REMOVING, { beside: before })
  after.fail('approvals.list', 2)
  assert.equal((await ask(after, { waitMs: 0 })).state, 'waiting')
  assert.ok(after.logged.some((line) => line.includes('Cannot read what was denied before')))
})

test('a yes that came beside the no is used first', async () => {
  const one = bench(REMOVING)
  const { answer: first } = await ask(one, { waitMs: 0 })
  const { answer: second } = await ask(one, { waitMs: 0 })
  const no = { approved: false, reason: 'twice' }
  await resolveApproval(one.services, PERSON, first.approval_id!, no, 'http')
  await resolveApproval(one.services, PERSON, second.approval_id!, { approved: true }, 'http')
  assert.equal((await ask(one, { waitMs: 0 })).answer.allowed, true)
  const { answer: third } = await ask(one, { waitMs: 0 })
  assert.match(third.message, /denied it in this run already: twice/)
})

test('F31 an integrator is not asked for again what a person denied in the run', async () => {
  const one = bench(REMOVING)
  const caller = { principal: 'token:i', agent: 'i', scopes: ['approve'] } as const
  const put = (command: string, run = 'r') => {
    const identity = identityOf({ principal: 'token:i', agent: 'i', run })
    return createApproval(one.services, caller, { identity, tool: 'exec', params: { command } })
  }
  const first = await put('rm /w/x')
  const no = { approved: false, reason: 'keep it' }
  await resolveApproval(one.services, PERSON, first.id, no, 'http')
  // The same, and what touches exactly the same.
  for (const command of ['rm /w/x', 'unlink /w/x']) {
    const again = await put(command)
    assert.deepEqual([again.id, again.status, again.reason], [first.id, 'denied', 'keep it'])
  }
  assert.equal(one.approvals.size, 1)
  assert.equal(steps(one).filter((step) => step === 'approval remembered').length, 2)
  assert.equal((await put('rm /w/y')).status, 'pending')
  assert.equal((await put('rm /w/x', 'another')).status, 'pending')
  await denialsOf(one.services).lift(first.id, BY)
  assert.equal((await put('rm /w/x')).status, 'pending')
})

test('tries of an integrator flag its session, too', async () => {
  const one = bench(REMOVING)
  const caller = { principal: 'token:i', agent: 'i', scopes: ['approve'] } as const
  const identity = identityOf({ principal: 'token:i', agent: 'i' })
  const put = () =>
    createApproval(one.services, caller, { identity, tool: 'frobnicate', params: { a: 1 } })
  const { id } = await put()
  await resolveApproval(one.services, PERSON, id, { approved: false }, 'http')
  for (let i = 0; i < TRIES; i++) assert.equal((await put()).status, 'denied')
  assert.deepEqual(denialsOf(one.services).flagged().map(({ tries }) => tries), [TRIES])
})
