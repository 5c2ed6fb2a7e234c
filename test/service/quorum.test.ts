import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Approval } from '../../src/approval/approval.ts'
import type { Caller } from '../../src/service/api.ts'
import { resolveApproval } from '../../src/service/approve.ts'
import { ask, asked, PERSON, POLICY, steps } from '../helpers/ask.ts'
import { type Bench, bench } from '../helpers/service.ts'

const TWO = POLICY.replace('message: "Ask first"', 'message: "Ask first", approvers: 2')
const ANN: Caller = { principal: 'token:ann', scopes: ['approve'], agent: 'ann' }
const ANN_TOO: Caller = { ...ANN, principal: 'token:ann2' }
const BEN: Caller = { principal: 'token:ben', scopes: ['approve'], agent: 'ben' }

async function question(one: Bench): Promise<Approval> {
  const { answer } = await ask(one, { waitMs: 0 })
  return one.approvals.get(answer.approval_id!)!
}

function yes(one: Bench, caller: Caller, id: string, resolvedBy?: string) {
  return resolveApproval(one.services, caller, id, { approved: true, resolvedBy }, 'http')
}

test('two people must say yes where the rule asks for two; each is recorded', async () => {
  const one = bench(TWO)
  const waiting = ask(one)
  await asked(one)
  const [id] = one.approvals.keys()
  const first = await yes(one, ANN, id!, 'Ann')
  assert.equal(first.status, 'pending')
  assert.deepEqual(first.answers!.map(({ principal, name }) => [principal, name]), [[
    'token:ann',
    'Ann',
  ]])
  assert.equal(one.approvals.get(id!)?.status, 'pending')
  const second = await yes(one, BEN, id!, 'Ben')
  assert.equal(second.status, 'approved')
  assert.equal((await waiting).answer.allowed, true)
  assert.deepEqual(steps(one), [
    'decision require_approval',
    'approval answered',
    'approval answered',
    'approval approved',
    'approval used',
  ])
  const [, byAnn, byBen, approved] = one.trail
  assert.deepEqual([byAnn!.principal, byBen!.principal], ['token:ann', 'token:ben'])
  const said = approved!.request as { of: number; answers: { event: string }[] }
  assert.equal(said.of, 2)
  assert.deepEqual(said.answers.map(({ event }) => event), [byAnn!.id, byBen!.id])
})

test('one person is one voice: no second yes of a credential, nor of its agent', async () => {
  const one = bench(TWO)
  const { id } = await question(one)
  await yes(one, ANN, id)
  await assert.rejects(yes(one, ANN, id), { code: 'forbidden' })
  await assert.rejects(yes(one, ANN_TOO, id), { code: 'forbidden' })
  assert.equal(one.approvals.get(id)?.status, 'pending')
  await yes(one, PERSON, id)
  await assert.rejects(yes(one, BEN, id), { code: 'approval_settled' })
})

test('one no denies, whoever said yes before', async () => {
  const one = bench(TWO)
  const { id } = await question(one)
  await yes(one, ANN, id)
  const reason = 'Not on a Friday'
  await resolveApproval(one.services, BEN, id, { approved: false, reason }, 'http')
  const row = one.approvals.get(id)!
  assert.deepEqual([row.status, row.answers!.length, row.reason], ['denied', 2, reason])
})

test('semantics 27 the largest number of people and the shortest time of all that asks', async () => {
  const rule = (more: string) =>
    `{action: require_approval, when: {command_matches: ["deploy*"]}${more}}`
  const policy = (...rules: string[]) =>
    `version: "1"\ndefault_action: allow\npolicies:\n${
      rules.map((each, i) => `  - name: p${i}\n    rules: [${each}]\n`).join('')
    }`
  const terms = async (text: string) => {
    const { approvers, timeoutMs, expiresAt, createdAt } = await question(bench(text))
    assert.equal(expiresAt - createdAt, timeoutMs)
    return [approvers, timeoutMs]
  }
  assert.deepEqual(await terms(policy(rule(''))), [1, 300_000])
  assert.deepEqual(await terms(policy(rule(', timeout: 10m'))), [1, 600_000])
  assert.deepEqual(await terms(policy(rule(', timeout: 10m'), rule(''))), [1, 300_000])
  assert.deepEqual(
    await terms(policy(rule(', timeout: 2m, approvers: 3'), rule(', timeout: 30s, approvers: 2'))),
    [3, 30_000],
  )
  const byDefault = policy(rule(', timeout: 10m, approvers: 2')).replace(
    'allow',
    'require_approval',
  )
  assert.deepEqual(await terms(byDefault), [2, 600_000])
  const other = byDefault.replace('"deploy*"', '"other*"')
  assert.deepEqual(await terms(other), [1, 300_000])
})

test('F25 answers that only the database knows count for nothing', async () => {
  const one = bench(TWO)
  const { id } = await question(one)
  const row = one.approvals.get(id)!
  const forged = {
    principal: 'token:ann',
    channel: 'http' as const,
    approved: true,
    at: 1,
    eventId: one.trail[0]!.id,
  }
  one.approvals.set(id, { ...row, answers: [forged] })
  assert.equal((await yes(one, BEN, id)).status, 'pending')
  // Nor does another's real answer under a borrowed name.
  const real = one.approvals.get(id)!.answers!.at(-1)!
  const current = one.approvals.get(id)!
  one.approvals.set(id, { ...current, answers: [{ ...forged, eventId: real.eventId }, real] })
  const again = bench(TWO, { beside: one })
  assert.equal((await ask(again, { waitMs: 0 })).state, 'waiting')
  await yes(again, PERSON, id)
  const approved = one.trail.find(({ decision }) => decision.action === 'approved')
  const said = approved!.request as { answers: { principal: string }[] }
  assert.deepEqual(said.answers.map(({ principal }) => principal), ['token:ben', 'admin'])
})

test('F25 a row whose quorum was lowered by hand is not used for a rule that asks for more', async () => {
  const one = bench(TWO)
  const { id } = await question(one)
  one.approvals.set(id, { ...one.approvals.get(id)!, approvers: 1 })
  assert.equal((await yes(one, ANN, id)).status, 'approved')
  assert.equal((await ask(one, { waitMs: 0 })).answer.allowed, false)
  // In a process that only has the trail too.
  assert.equal((await ask(bench(TWO, { beside: one }), { waitMs: 0 })).answer.allowed, false)
})

test('a restart between two answers loses none of them', async () => {
  const before = bench(TWO)
  const { id } = await question(before)
  await yes(before, ANN, id)
  const after = bench(TWO, { beside: before })
  assert.equal((await yes(after, BEN, id)).status, 'approved')
  const third = bench(TWO, { beside: before })
  assert.equal((await ask(third, { waitMs: 0 })).answer.allowed, true)
})

test('a yes that cannot be recorded is none, and the question stays open', async () => {
  const one = bench(TWO)
  const { id } = await question(one)
  one.fail('audit.append', 1)
  await assert.rejects(yes(one, ANN, id), { code: 'audit_unavailable' })
  assert.deepEqual(one.approvals.get(id)!.answers ?? [], [])
  await yes(one, ANN, id)
  one.fail('audit.append', 2)
  await assert.rejects(yes(one, BEN, id), { code: 'audit_unavailable' })
  assert.equal(one.approvals.get(id)?.status, 'pending')
  one.mend()
  // Ben's own yes is on record: any further one finds that there are enough.
  assert.equal((await yes(one, PERSON, id)).status, 'approved')
})

test('1,000 parallel answers of many people: enough of them approve, once', async () => {
  const one = bench(TWO)
  const { id } = await question(one)
  const people = Array.from({ length: 1000 }, (_, i): Caller => ({
    principal: `token:${i % 40}`,
    scopes: ['approve'],
    agent: `person-${i % 40}`,
  }))
  const answers = await Promise.allSettled(people.map((caller) => yes(one, caller, id)))
  assert.equal(one.approvals.get(id)?.status, 'approved')
  assert.equal(steps(one).filter((step) => step === 'approval approved').length, 1)
  const codes = new Set(
    answers.flatMap((answer) => answer.status === 'rejected' ? [answer.reason.code] : []),
  )
  for (const code of codes) assert.ok(['approval_settled', 'forbidden'].includes(code), code)
})
