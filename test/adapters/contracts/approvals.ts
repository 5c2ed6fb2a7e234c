import assert from 'node:assert/strict'
import { type Approval, type ApprovalStatus, ownerOf } from '../../../src/approval/approval.ts'
import type { ApprovalStore } from '../../../src/ports.ts'
import { checking, type Two } from './opened.ts'

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
  two: Two<ApprovalStore>,
): void {
  const check = checking(`${name} approvals`, two)

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
      agentBound: true,
      timeoutMs: 600_000,
      approvers: 2,
      answers: [{ principal: 'admin', channel: 'cli', approved: true, at: 5, eventId: 'f' }],
      shown: {
        parts: [{ kind: 'part', text: 'rm -r x', action: 'require_approval' }],
        effects: [{ tool: 'delete', path: 'x', by: 'rm' }],
        effectsComplete: true,
        omitted: 0,
      },
      effectsDigest: 'd',
      channel: 'cli',
      scope: 'once',
      reason: 'r',
      lifted: true,
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

  check('what open ones keep is known in bytes, of one principal and of all', async (a, b) => {
    assert.equal(await a.pendingBytes(), 0)
    const text = 'ж'.repeat(500)
    await a.create(approval('one', { params: { text } }))
    const one = await b.pendingBytes()
    assert.ok(one >= 1000 && one < 2000, String(one))
    await b.create(approval('two', { principal: 'token:x' }))
    assert.equal(await a.pendingBytes({ principal: 'uid:1000' }), one)
    assert.ok(await a.pendingBytes({ principal: 'token:x' }) < await a.pendingBytes())
    await a.swap('pending', approval('one', { status: 'denied', params: { text } }))
    assert.equal(await b.pendingBytes({ principal: 'uid:1000' }), 0)
  })

  check('nothing is changed by who has not seen the last change', async (a, b) => {
    await a.create(approval('one'))
    const [mine, theirs] = [(await a.get('one'))!, (await b.get('one'))!]
    assert.equal(await a.swap('pending', { ...mine, detached: true }), true)
    assert.equal(await b.swap('pending', { ...theirs, reason: 'late' }), false)
    const seen = (await b.get('one'))!
    assert.deepEqual([seen.detached, seen.reason], [true, undefined])
    assert.equal(await b.swap('pending', { ...seen, status: 'denied' }), true)
  })

  check('many are replaced at once, each by itself', async (a, b) => {
    for (const id of ['a', 'b', 'c']) await a.create(approval(id))
    await b.swap('pending', approval('b', { status: 'denied' }))
    const next = ['c', 'b', 'none', 'a'].map((id) => approval(id, { status: 'approved' }))
    assert.deepEqual(await a.swapAll('pending', next), [true, false, false, true])
    assert.deepEqual(await a.swapAll('pending', []), [])
    const statuses = await Promise.all(['a', 'b', 'c'].map(async (id) => (await b.get(id))!.status))
    assert.deepEqual(statuses, ['approved', 'denied', 'approved'])
  })

  check(
    'what need not be durable yet is seen by all at once, and is durable later',
    async (a, b) => {
      await a.create(approval('one'))
      await a.create(approval('two'))
      assert.equal(await a.swap('pending', approval('one', { status: 'approved' }), 'soon'), true)
      assert.equal(await b.swap('pending', approval('one', { status: 'denied' }), 'soon'), false)
      assert.deepEqual(
        await b.swapAll('pending', [approval('two', { status: 'denied' })], 'soon'),
        [true],
      )
      await Promise.all([a.durable(), b.durable(), a.durable()])
      assert.equal((await b.get('one'))?.status, 'approved')
      assert.equal((await a.get('two'))?.status, 'denied')
    },
  )

  check(
    'a list goes on behind a row, also among equal times, and stops at its bytes',
    async (a) => {
      for (const id of ['a', 'b', 'c', 'd']) {
        await a.create(approval(id, { createdAt: id === 'd' ? 9 : 5 }))
      }
      const ids = async (filter: Partial<Parameters<ApprovalStore['list']>[0]>) =>
        (await a.list({ limit: 9, ...filter })).map(({ id }) => id).join('')
      assert.equal(await ids({}), 'dcba')
      assert.equal(await ids({ after: { createdAt: 9, id: 'd' } }), 'cba')
      assert.equal(await ids({ after: { createdAt: 5, id: 'c' }, limit: 1 }), 'b')
      assert.equal(await ids({ after: { createdAt: 5, id: 'a' } }), '')
      assert.equal(await ids({ status: 'pending', after: { createdAt: 5, id: 'b' } }), 'a')
      assert.equal(await ids({ bytes: 1 }), 'd')
      assert.equal(await ids({ bytes: 1_000_000 }), 'dcba')
    },
  )

  check(
    'count by owner: a bound agent over all its credentials, else within its principal',
    async (a) => {
      await a.create(approval('a', { agentBound: true, principal: 'token:1' }))
      await a.create(approval('b', { agentBound: true, principal: 'token:2' }))
      await a.create(approval('c', { principal: 'uid:1' }))
      await a.create(approval('d', { status: 'denied', principal: 'uid:1' }))
      const owner = (change: Partial<Approval>) => ownerOf(approval('x', change))
      assert.equal(await a.pendingCount({ owner: owner({ agentBound: true, principal: 'n' }) }), 2)
      assert.equal(await a.pendingCount({ owner: owner({ principal: 'uid:1' }) }), 1)
      assert.equal(await a.pendingCount({ owner: owner({ principal: 'uid:2' }) }), 0)
    },
  )

  check('what lapsed is found, the oldest first, answered or not', async (a, b) => {
    await a.create(approval('late', { expiresAt: 300 }))
    await a.create(approval('yes', { expiresAt: 100, status: 'approved' }))
    await a.create(approval('now', { expiresAt: 200 }))
    await a.create(approval('no', { expiresAt: 100, status: 'denied' }))
    const lapsed = async (now: number, limit = 9) =>
      (await b.lapsed(now, limit)).map(({ id }) => id).join(' ')
    assert.equal(await lapsed(99), '')
    assert.equal(await lapsed(200), 'yes now')
    assert.equal(await lapsed(900, 1), 'yes')
  })

  check('outcomes say what became of the newest', async (a, b) => {
    await a.create(approval('old', { createdAt: 1 }))
    await a.create(approval('new', { createdAt: 5, policy: 'p', rule: 'p/1' }))
    const row = (await a.get('new'))!
    await a.swap('pending', { ...row, status: 'approved', resolvedAt: 7, resolvedBy: 'admin' })
    const [first, second] = await b.outcomes(1, 9)
    assert.deepEqual(
      [first!.status, first!.policy, first!.rule, first!.createdAt, first!.expiresAt],
      ['approved', 'p', 'p/1', 5, 2000],
    )
    assert.deepEqual([first!.resolvedAt, first!.resolvedBy], [7, 'admin'])
    assert.deepEqual([second!.status, second!.rule, second!.resolvedBy], [
      'pending',
      undefined,
      undefined,
    ])
    assert.equal((await b.outcomes(2, 9)).length, 1)
    assert.equal((await b.outcomes(0, 1)).length, 1)
  })

  check('no swap of what is not there or has another status', async (a, b) => {
    assert.equal(await a.swap('pending', approval('none', { status: 'denied' })), false)
    await a.create(approval('one', { status: 'approved' }))
    assert.equal(await b.swap('pending', approval('one', { status: 'denied' })), false)
    assert.equal(await b.swap('approved', approval('one', { status: 'used' })), true)
    assert.equal((await a.get('one'))?.status, 'used')
  })
}
