import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Approval } from '../../src/approval/approval.ts'
import { approvalStats } from '../../src/service/approval-stats.ts'
import { type Bench, bench } from '../helpers/service.ts'

const NOW = 1_800_000_000_000
const HOUR = 3_600_000

function put(one: Bench, count: number, change: Partial<Approval>): void {
  for (let i = 0; i < count; i++) {
    const id = `a${one.approvals.size}`
    one.approvals.set(id, {
      id,
      status: 'pending',
      digest: 'd',
      principal: 'token:1',
      agent: 'a',
      session: 's',
      tool: 'exec',
      params: {},
      policy: 'p',
      rule: 'p/1',
      message: '',
      createdAt: NOW - HOUR,
      expiresAt: NOW - HOUR / 2,
      detached: true,
      ...change,
    })
  }
}

const answered = (ms: number) => ({ resolvedAt: NOW - HOUR + ms, resolvedBy: 'admin' })

test('what people were asked and said, by rule', async () => {
  const one = bench('version: "1"\ndefault_action: allow\n')
  put(one, 1, { status: 'used', ...answered(1000) })
  put(one, 1, { status: 'approved', ...answered(2000) })
  // A yes that nobody used in time was a yes.
  put(one, 1, { status: 'expired', ...answered(3000) })
  put(one, 1, { status: 'denied', ...answered(9000) })
  put(one, 1, { status: 'expired', resolvedAt: NOW })
  put(one, 1, { status: 'cancelled', resolvedAt: NOW })
  put(one, 1, {})
  put(one, 1, { expiresAt: NOW + HOUR, policy: 'q', rule: 'q/2' })
  put(one, 1, { createdAt: NOW - 8 * 24 * HOUR })
  const stats = await approvalStats(one.services)
  assert.deepEqual({ ...stats, rules: undefined }, {
    since: new Date(NOW - 7 * 24 * HOUR).toISOString(),
    asked: 8,
    answered: 4,
    asks_per_hour: 8,
    median_answer_ms: 2000,
    rules: undefined,
  })
  assert.deepEqual(stats.rules, [{
    policy: 'p',
    rule: 'p/1',
    asked: 7,
    approved: 3,
    denied: 1,
    expired: 3,
    share_approved: 0.75,
    hint: null,
  }, {
    policy: 'q',
    rule: 'q/2',
    asked: 1,
    approved: 0,
    denied: 0,
    expired: 0,
    share_approved: null,
    hint: null,
  }])
})

test('a rule that is approved more than 95 % of at least 20 times gets a hint', async () => {
  const hintOf = async (approved: number, denied: number) => {
    const one = bench('version: "1"\ndefault_action: allow\n')
    put(one, approved, { status: 'used', ...answered(1) })
    put(one, denied, { status: 'denied', ...answered(1) })
    return (await approvalStats(one.services)).rules[0]!.hint
  }
  assert.equal(await hintOf(19, 0), null)
  assert.match((await hintOf(20, 0))!, /p\/1 asks was approved 20 of 20 times/)
  assert.equal(await hintOf(19, 1), null)
  assert.match((await hintOf(96, 4))!, /96 of 100/)
})

test('of nothing there is nothing to say', async () => {
  const one = bench('version: "1"\ndefault_action: allow\n')
  const stats = await approvalStats(one.services, NOW)
  assert.deepEqual([stats.asked, stats.median_answer_ms, stats.rules.length], [0, null, 0])
})
