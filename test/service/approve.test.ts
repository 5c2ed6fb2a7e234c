import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Approval } from '../../src/approval/approval.ts'
import type { Caller } from '../../src/service/api.ts'
import { PENDING } from '../../src/approval/limits.ts'
import { createApproval } from '../../src/service/ask-directly.ts'
import { getApproval, listApprovals, resolveApproval } from '../../src/service/approve.ts'
import { waitFor } from '../../src/service/wait.ts'
import { type Bench, bench, identityOf, idle } from '../helpers/service.ts'

const POLICY = 'version: "1"\ndefault_action: allow\npolicies: []\n'
const ADMIN: Caller = { principal: 'admin', scopes: ['eval', 'approve', 'audit', 'admin'] }
const ASKER: Caller = { principal: 'token:1', scopes: ['eval', 'approve'], agent: 'a' }
const OTHER: Caller = { principal: 'token:2', scopes: ['approve'], agent: 'b' }

async function pending({ services }: Bench, caller: Caller = ASKER): Promise<Approval> {
  return await createApproval(services, caller, {
    identity: identityOf({ principal: caller.principal }),
    tool: 'exec',
    params: { command: 'deploy' },
  })
}

const WHO: readonly (readonly [string, Caller, string])[] = [
  ['the admin token', ADMIN, 'approved'],
  ['a token of another agent', OTHER, 'approved'],
  ['the one who asked', ASKER, 'forbidden'],
  ['a token of the same agent', { ...OTHER, agent: 'a' }, 'forbidden'],
  ['a token of no agent', { principal: 'token:3', scopes: ['approve'] }, 'approved'],
  ['one without the scope', { ...OTHER, scopes: ['eval', 'audit'] }, 'not_found'],
  ['the asker without the scope', { ...ASKER, scopes: ['eval'] }, 'forbidden'],
  ['a socket', { principal: 'uid:1000', scopes: ['eval'] }, 'not_found'],
]

for (const [who, caller, outcome] of WHO) {
  test(`semantics 26: ${who} answering is ${outcome}`, async () => {
    const one = bench(POLICY)
    const { id } = await pending(one)
    const answer = resolveApproval(one.services, caller, id, { approved: true }, 'http')
    if (outcome === 'approved') {
      assert.equal((await answer).status, 'approved')
      assert.equal(one.trail.at(-1)?.principal, caller.principal)
    } else {
      await assert.rejects(answer, { code: outcome })
      assert.equal(one.approvals.get(id)?.status, 'pending')
    }
  })
}

test('semantics 26: the admin token answers even what it asked itself, on record', async () => {
  const one = bench(POLICY)
  const { id } = await pending(one, ADMIN)
  await resolveApproval(one.services, ADMIN, id, { approved: true, resolvedBy: 'Ann' }, 'cli')
  const event = one.trail.at(-1)!
  assert.equal(event.kind, 'approval')
  assert.equal(event.decision.action, 'approved')
  assert.equal(event.principal, 'admin')
  assert.deepEqual(event.request, {
    approval: id,
    digest: one.approvals.get(id)!.digest,
    resolved_by: 'Ann',
    channel: 'http',
    waited_ms: 0,
  })
})

test('semantics 26: a socket lists and reads only what it asked', async () => {
  const one = bench(POLICY)
  const socket: Caller = { principal: 'uid:7', scopes: ['eval'] }
  const own = await pending(one, socket)
  const theirs = await pending(one)
  const seen = await listApprovals(one.services, socket, { limit: 10 })
  assert.deepEqual(seen.approvals.map(({ id }) => id), [own.id])
  assert.equal((await getApproval(one.services, socket, own.id, 0)).id, own.id)
  await assert.rejects(getApproval(one.services, socket, theirs.id, 0), { code: 'not_found' })
  assert.equal((await listApprovals(one.services, OTHER, { limit: 10 })).approvals.length, 2)
})

test('approve: of 1,000 parallel answers exactly one counts', async () => {
  const one = bench(POLICY)
  const { id } = await pending(one)
  const answers = await Promise.allSettled(
    Array.from(
      { length: 1000 },
      (_, turn) => resolveApproval(one.services, OTHER, id, { approved: turn % 2 === 0 }, 'http'),
    ),
  )
  const won = answers.filter(({ status }) => status === 'fulfilled')
  assert.equal(won.length, 1)
  for (const answer of answers) {
    if (answer.status === 'rejected') assert.equal(answer.reason.code, 'approval_settled')
  }
  const recorded = one.trail.filter(({ decision }) =>
    decision.action === 'approved' || decision.action === 'denied'
  )
  assert.equal(recorded.length, 1)
  assert.equal(recorded[0]!.decision.action, one.approvals.get(id)!.status)
})

test('approve: a yes that cannot be recorded leaves the question open', async () => {
  const one = bench(POLICY)
  const { id } = await pending(one)
  one.fail('audit.append')
  await assert.rejects(resolveApproval(one.services, OTHER, id, { approved: true }, 'http'), {
    code: 'audit_unavailable',
  })
  assert.equal(one.approvals.get(id)?.status, 'pending')
  one.mend()
  await resolveApproval(one.services, OTHER, id, { approved: true }, 'http')
  assert.equal(one.approvals.get(id)?.status, 'approved')
})

test('approve: a no that cannot be recorded stays a no', async () => {
  const one = bench(POLICY)
  const { id } = await pending(one)
  one.fail('audit.append')
  await assert.rejects(resolveApproval(one.services, OTHER, id, { approved: false }, 'http'), {
    code: 'audit_unavailable',
  })
  assert.equal(one.approvals.get(id)?.status, 'denied')
})

test('approve: an expired question is settled, recorded once, and says so', async () => {
  const one = bench(POLICY)
  const { id } = await pending(one)
  await one.clock.advance(300_000)
  await assert.rejects(resolveApproval(one.services, OTHER, id, { approved: true }, 'http'), {
    code: 'approval_settled',
  })
  const listed = await listApprovals(one.services, ADMIN, { limit: 5 })
  assert.deepEqual(listed.approvals.map(({ status }) => status), ['expired'])
  const open = await listApprovals(one.services, ADMIN, { status: 'pending', limit: 5 })
  assert.deepEqual(open.approvals, [])
  await Promise.all([
    getApproval(one.services, ADMIN, id, 0),
    getApproval(one.services, ADMIN, id, 0),
  ])
  assert.equal(one.trail.filter(({ decision }) => decision.action === 'expired').length, 1)
})

test('F25 a row that says approved without its event keeps the caller waiting', async () => {
  const one = bench(POLICY)
  const row = await pending(one)
  one.approvals.set(row.id, { ...row, status: 'approved' })
  assert.equal((await waitFor(row, 0, one.services)).status, 'pending')
  // Neither does an event of another approval help, nor a denial's.
  const second = await pending(one)
  await resolveApproval(one.services, OTHER, second.id, { approved: true }, 'http')
  const { resolutionId } = one.approvals.get(second.id)!
  one.approvals.set(row.id, { ...row, status: 'approved', resolutionId })
  assert.equal((await waitFor(row, 0, one.services)).status, 'pending')
})

test('F25 an answer of another process counts by its event in the trail', async () => {
  const one = bench(POLICY)
  const two = bench(POLICY, { beside: one })
  const row = await pending(one)
  const waiting = waitFor(row, 10_000, one.services)
  await one.clock.advance(100)
  await resolveApproval(two.services, OTHER, row.id, { approved: true }, 'cli')
  await one.clock.advance(1000)
  assert.equal((await waiting).status, 'approved')
})

test('semantics 20: a wait ends at its time, at an answer, at a disconnect, and at a drain', async () => {
  const one = bench(POLICY)
  const row = await pending(one)
  const timed = waitFor(row, 2000, one.services)
  await one.clock.advance(1999)
  const leaving = new AbortController()
  const left = waitFor(row, 100_000, one.services, leaving.signal)
  const held = waitFor(row, 100_000, one.services)
  await one.clock.advance(1)
  assert.equal((await timed).status, 'pending')
  leaving.abort()
  assert.equal((await left).status, 'pending')
  await idle()
  await resolveApproval(one.services, OTHER, row.id, { approved: false }, 'http')
  assert.equal((await held).status, 'denied')
})

test('F30 one principal may have only so many questions open; expired ones do not count', async () => {
  const one = bench(POLICY)
  for (let turn = 0; turn < PENDING.owner; turn++) await pending(one)
  await assert.rejects(pending(one), { code: 'rate_limited' })
  await pending(one, OTHER)
  await one.clock.advance(300_000)
  await pending(one)
})
