import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../src/service/api.ts'
import { PENDING_LIMIT } from '../../src/service/ask.ts'
import { resolveApproval } from '../../src/service/approve.ts'
import { decide } from '../../src/service/decide.ts'
import { deskOf, drain } from '../../src/service/desk.ts'
import type { DecideRequest, Outcome } from '../../src/service/services.ts'
import { type Bench, bench, call, identityOf, idle } from '../helpers/service.ts'

const POLICY = `version: "1"
default_action: allow
policies:
  - name: p
    match: {tool: exec}
    rules:
      - {action: require_approval, when: {command_matches: ["deploy*"]}, message: "Ask first"}
      - {action: require_approval, once: true, when: {command_matches: ["first*"]}}
`
const STRICTER = POLICY.replace('require_approval', 'deny')
const PERSON: Caller = { principal: 'admin', scopes: ['eval', 'approve', 'audit', 'admin'] }

function ask(
  one: Bench,
  change: Partial<DecideRequest> = {},
  command = 'deploy',
): Promise<Outcome> {
  return decide(call(command, { waitMs: undefined, ...change }), one.services)
}

/** Until so many questions are open, and who waits for them is held. */
async function asked(one: Bench, count = 1, held = count): Promise<void> {
  for (let turn = 0; turn < 10_000; turn++) {
    const pending = [...one.approvals.values()].filter(({ status }) => status === 'pending')
    const waiting = [...deskOf(one.services).waiting.values()].flatMap((each) => [...each])
    if (pending.length >= count && waiting.length >= held) return
    await idle()
  }
  throw new Error('nobody asks')
}

async function answer(one: Bench, approved: boolean): Promise<void> {
  await asked(one, 1, 0)
  const [row] = [...one.approvals.values()].filter(({ status }) => status === 'pending')
  await resolveApproval(one.services, PERSON, row!.id, { approved }, 'http')
}

function steps(one: Bench): string[] {
  return one.trail.map(({ kind, decision }) => `${kind} ${decision.action}`)
}

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
    assert.equal((await ask(one, { toolCallId: 't', waitMs: 0 })).state, 'waiting')
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
  for (let turn = 0; turn < PENDING_LIMIT; turn++) await ask(one, { waitMs: 0 })
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

test('a restart: what was pending is still answered and used', async () => {
  const before = bench(POLICY)
  await ask(before, { waitMs: 0 })
  const after = bench(POLICY, { beside: before })
  await answer(after, true)
  const third = bench(POLICY, { beside: before })
  assert.equal((await ask(third, { waitMs: 0 })).answer.allowed, true)
})
