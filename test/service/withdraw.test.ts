import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RampartError } from '../../src/errors.ts'
import type { Caller } from '../../src/service/api.ts'
import { createApproval } from '../../src/service/ask-directly.ts'
import { resolveApproval } from '../../src/service/approve.ts'
import { deskOf } from '../../src/service/desk.ts'
import { withdrawApproval } from '../../src/service/withdraw.ts'
import { type Bench, bench, identityOf } from '../helpers/service.ts'

const POLICY = 'version: "1"\ndefault_action: allow\npolicies: []\n'
const ADMIN: Caller = { principal: 'admin', scopes: ['eval', 'approve', 'audit', 'admin'] }
const ASKER: Caller = { principal: 'uid:7', scopes: ['eval'] }

async function asked({ services }: Bench): Promise<string> {
  const { id } = await createApproval(services, ASKER, {
    identity: identityOf({ principal: ASKER.principal }),
    tool: 'exec',
    params: { command: 'deploy' },
  })
  return id
}

const steps = ({ trail }: Bench) =>
  trail.filter(({ kind }) => kind === 'approval').map(({ decision, principal }) =>
    `${decision.action} ${principal}`
  )

test('a question that is taken back has no answer any more, and the trail says who took it back', async () => {
  const one = bench(POLICY)
  const id = await asked(one)
  assert.equal((await withdrawApproval(one.services, ASKER, id, 'socket')).status, 'cancelled')
  await assert.rejects(resolveApproval(one.services, ADMIN, id, { approved: true }, 'http'), {
    code: 'approval_settled',
  })
  assert.equal(steps(one).at(-1), 'cancelled uid:7')
})

test('a yes that nobody used is worth nothing once it is taken back, and it is taken back once', async () => {
  const one = bench(POLICY)
  const id = await asked(one)
  await resolveApproval(one.services, ADMIN, id, { approved: true }, 'http')
  const all = await Promise.all(
    Array.from({ length: 10 }, () => withdrawApproval(one.services, ASKER, id, 'socket')),
  )
  assert.deepEqual([...new Set(all.map(({ status }) => status))], ['cancelled'])
  assert.deepEqual(steps(one).filter((step) => step.startsWith('cancelled')), ['cancelled uid:7'])
})

test('of a yes and a withdrawal at the same time nothing is left that could be spent', async () => {
  for (let round = 0; round < 20; round++) {
    const one = bench(POLICY)
    const id = await asked(one)
    await Promise.allSettled([
      resolveApproval(one.services, ADMIN, id, { approved: true }, 'http'),
      withdrawApproval(one.services, ASKER, id, 'socket'),
    ])
    assert.equal(one.approvals.get(id)!.status, 'cancelled')
  }
})

test('nobody takes back what another asked, a person’s no stays, and so does what others wait for', async () => {
  const one = bench(POLICY)
  const id = await asked(one)
  const other: Caller = { principal: 'uid:8', scopes: ['eval'] }
  await assert.rejects(withdrawApproval(one.services, other, id, 'socket'), { code: 'not_found' })
  await assert.rejects(withdrawApproval(one.services, ADMIN, id, 'http'), { code: 'forbidden' })
  deskOf(one.services).held.set(id, 1)
  assert.equal((await withdrawApproval(one.services, ASKER, id, 'socket')).status, 'pending')
  deskOf(one.services).held.delete(id)
  await resolveApproval(one.services, ADMIN, id, { approved: false }, 'http')
  assert.equal((await withdrawApproval(one.services, ASKER, id, 'socket')).status, 'denied')
})

test('who asks and takes back without end is told to wait, and shuts out nobody else', async () => {
  const one = bench(POLICY)
  const turn = async () => {
    try {
      await withdrawApproval(one.services, ASKER, await asked(one), 'socket')
      return 'taken back'
    } catch (error) {
      return (error as RampartError).message
    }
  }
  const told: string[] = []
  for (let made = 0; made < 30; made++) told.push(await turn())
  assert.deepEqual([...new Set(told.slice(0, 20))], ['taken back'])
  assert.deepEqual([...new Set(told.slice(20))], [told[20]])
  assert.match(told[20]!, /too many questions of uid:7 were taken back: none is put for 15 s/)
  const other = { ...ASKER, principal: 'uid:8' }
  const { id } = await createApproval(one.services, other, {
    identity: identityOf({ principal: other.principal }),
    tool: 'exec',
    params: { command: 'deploy' },
  })
  assert.equal(one.approvals.get(id)!.status, 'pending')
  await one.clock.advance(15_000)
  assert.equal(await turn(), 'taken back')
})

test('who asks many at once and takes them all back waits for each of them', async () => {
  const one = bench(POLICY)
  const ids: string[] = []
  for (let made = 0; made < 40; made++) {
    const { id } = await createApproval(one.services, ASKER, {
      identity: identityOf({ principal: ASKER.principal }),
      tool: 'exec',
      params: { command: `deploy ${made}` },
    })
    ids.push(id)
  }
  for (const id of ids) await withdrawApproval(one.services, ASKER, id, 'socket')
  await one.clock.advance(15_000)
  await assert.rejects(asked(one), /too many questions of uid:7 were taken back/)
  await one.clock.advance(5 * 60_000)
  await withdrawApproval(one.services, ASKER, await asked(one), 'socket')
})
