import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getApproval, resolveApproval } from '../../src/service/approve.ts'
import type { EventDraft } from '../../src/audit/event.ts'
import { answer, ask, asked, PERSON, POLICY, steps } from '../helpers/ask.ts'
import { type Bench, bench, idle } from '../helpers/service.ts'

/** What each write of the trail holds, in the words of the trail. */
function writesOf(one: Bench): string[] {
  const writes: string[] = []
  const { audit } = one.services
  const append = audit.append.bind(audit)
  audit.append = (drafts: readonly EventDraft[]) => {
    writes.push(drafts.map(({ kind, decision }) => `${kind} ${decision.action}`).join(', '))
    return append(drafts)
  }
  return writes
}

test('a yes and its use by the caller who is held for it are one write of the trail', async () => {
  const one = bench(POLICY)
  const waiting = ask(one)
  await asked(one)
  const writes = writesOf(one)
  const [id] = one.approvals.keys()
  const told = await resolveApproval(one.services, PERSON, id!, { approved: true }, 'http')
  assert.equal((await waiting).answer.allowed, true)
  assert.deepEqual(writes, ['approval approved, approval used'])
  assert.equal(told.status, 'approved')
  assert.equal(one.approvals.get(id!)?.status, 'used')
})

test('the last of two people releases the caller with one write, too', async () => {
  const one = bench(POLICY.replace('message: "Ask first"', 'approvers: 2'))
  const waiting = ask(one)
  await asked(one)
  const [id] = one.approvals.keys()
  const other = { principal: 'token:ann', agent: 'ann', scopes: ['approve'] } as const
  await resolveApproval(one.services, other, id!, { approved: true }, 'http')
  const writes = writesOf(one)
  await resolveApproval(one.services, PERSON, id!, { approved: true }, 'http')
  assert.equal((await waiting).answer.allowed, true)
  assert.deepEqual(writes, ['approval answered', 'approval approved, approval used'])
})

for (const port of ['audit.append', 'approvals.durable']) {
  test(`F25 a yes that ${port} cannot keep releases nobody, and can be given again`, async () => {
    const one = bench(POLICY)
    let done = false
    const waiting = ask(one).finally(() => done = true)
    await asked(one)
    const [id] = one.approvals.keys()
    one.fail(port)
    await assert.rejects(
      resolveApproval(one.services, PERSON, id!, { approved: true }, 'http'),
      { code: 'audit_unavailable' },
    )
    await idle()
    assert.deepEqual([done, one.approvals.get(id!)?.status], [false, 'pending'])
    one.mend()
    await answer(one, true)
    assert.equal((await waiting).answer.allowed, true)
    assert.equal(one.approvals.get(id!)?.status, 'used')
  })
}

/** The trail takes its time: what is asked meanwhile waits for it. */
function slowly(one: Bench): { readonly begun: Promise<void>; readonly written: () => void } {
  const begun = Promise.withResolvers<void>()
  const written = Promise.withResolvers<void>()
  const { audit } = one.services
  const append = audit.append.bind(audit)
  audit.append = async (drafts) => {
    begun.resolve()
    await written.promise
    return await append(drafts)
  }
  return { begun: begun.promise, written: written.resolve }
}

test('a retry of the tool call that comes while its yes is written gets the same answer', async () => {
  const one = bench(POLICY)
  const waiting = ask(one, { toolCallId: 't' })
  await asked(one)
  const [id] = one.approvals.keys()
  const { begun, written } = slowly(one)
  const answering = resolveApproval(one.services, PERSON, id!, { approved: true }, 'http')
  await begun
  const retry = ask(one, { toolCallId: 't' })
  const looking = getApproval(one.services, PERSON, id!, 1000)
  await idle()
  written()
  await answering
  assert.equal((await waiting).answer.allowed, true)
  assert.equal((await retry).answer.allowed, true)
  assert.equal((await looking).status, 'used')
  assert.equal(one.approvals.size, 1)
})

test('who gives up while its yes is written learns that it has it', async () => {
  const one = bench(POLICY)
  const waiting = ask(one, { waitMs: 1000 })
  await asked(one)
  const [id] = one.approvals.keys()
  const { begun, written } = slowly(one)
  const answering = resolveApproval(one.services, PERSON, id!, { approved: true }, 'http')
  await begun
  await one.clock.advance(1001)
  written()
  await answering
  assert.equal((await waiting).answer.allowed, true)
  assert.equal(steps(one).filter((step) => step === 'approval used').length, 1)
})

test('who was told to come back is handed nothing: the yes is there when it does', async () => {
  const one = bench(POLICY)
  const waiting = ask(one, { waitMs: 1000 })
  await asked(one)
  await one.clock.advance(1001)
  assert.equal((await waiting).state, 'waiting')
  await answer(one, true)
  assert.equal([...one.approvals.values()][0]?.status, 'approved')
  assert.equal((await ask(one)).answer.allowed, true)
})
