import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Approval, ApprovalStatus } from '../../../src/approval/approval.ts'
import type { ApprovalStore } from '../../../src/ports.ts'
import type { Opened } from './opened.ts'

export function approval(id: string, change: Partial<Approval> = {}): Approval {
  return {
    id,
    status: 'pending',
    digest: `digest-${id}`,
    principal: 'uid:1000',
    agent: 'a',
    session: 's',
    tool: 'exec',
    params: { command: 'rm -r x', nested: { 'ключ': [1, null, true, '\u{1F600}'] } },
    message: 'May it?',
    createdAt: 1000,
    expiresAt: 2000,
    detached: false,
    ...change,
  }
}

/** What every approval store does. `two` gives two views of one store, as two processes have. */
export function approvalsContract(
  name: string,
  two: () => Opened<readonly [ApprovalStore, ApprovalStore]>,
): void {
  function check(title: string, work: (a: ApprovalStore, b: ApprovalStore) => Promise<void>): void {
    test(`${name} approvals: ${title}`, async () => {
      const { it, close } = two()
      try {
        await work(...it)
      } finally {
        close()
      }
    })
  }

  check('keep every field, and are seen by the other one', async (a, b) => {
    const full = approval('one', {
      runId: 'r',
      toolCallId: 't',
      cwd: '/w',
      policy: 'p',
      rule: 'p/1',
      auditId: 'e',
      resolvedAt: 5,
      resolvedBy: 'admin',
      resolvedName: 'Ann',
      resolutionId: 'f',
    })
    await a.create(full)
    assert.deepEqual(await b.get('one'), { ...full, revision: 0 })
    assert.equal(await b.get('two'), undefined)
    await assert.rejects(b.create(approval('one')))
  })

  check('list the newest first, by status, principal and digest', async (a, b) => {
    await a.create(approval('z', { createdAt: 1 }))
    await a.create(approval('a', { createdAt: 3, principal: 'token:x' }))
    await b.create(approval('m', { createdAt: 2, status: 'denied', digest: 'd' }))
    const ids = async (filter: Omit<Parameters<ApprovalStore['list']>[0], 'limit'>, limit = 9) =>
      (await a.list({ ...filter, limit })).map(({ id }) => id).join(' ')
    assert.equal(await ids({}), 'a m z')
    assert.equal(await ids({}, 2), 'a m')
    assert.equal(await ids({ status: 'pending' }), 'a z')
    assert.equal(await ids({ status: 'pending', principal: 'token:x' }), 'a')
    assert.equal(await ids({ digest: 'd' }), 'm')
    assert.equal(await ids({ digest: 'none' }), '')
    assert.equal(await b.pendingCount(), 2)
    assert.equal(await b.pendingCount({ principal: 'uid:1000' }), 1)
  })

  check('one of 1,000 parallel swaps succeeds', async (a, b) => {
    await a.create(approval('one'))
    const targets: readonly ApprovalStatus[] = ['approved', 'denied', 'expired', 'cancelled']
    const swaps = Array.from({ length: 1000 }, (_, index) => {
      const next = approval('one', { status: targets[index % 4]!, resolvedBy: `by-${index}` })
      return (index % 2 === 0 ? a : b).swap('pending', next)
    })
    const won = (await Promise.all(swaps)).flatMap((swapped, index) => swapped ? [index] : [])
    assert.equal(won.length, 1)
    assert.equal((await b.get('one'))?.resolvedBy, `by-${won[0]}`)
    assert.equal(await a.pendingCount(), 0)
  })

  check('no swap of what is not there or has another status', async (a, b) => {
    assert.equal(await a.swap('pending', approval('none', { status: 'denied' })), false)
    await a.create(approval('one', { status: 'approved' }))
    assert.equal(await b.swap('pending', approval('one', { status: 'denied' })), false)
    assert.equal(await b.swap('approved', approval('one', { status: 'used' })), true)
    assert.equal((await a.get('one'))?.status, 'used')
  })
}
