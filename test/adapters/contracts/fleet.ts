import assert from 'node:assert/strict'
import type { FleetCode, FleetNode, FleetStore } from '../../../src/ports.ts'
import { checking, type Two } from './opened.ts'

function code(hash: string, change: Partial<FleetCode> = {}): FleetCode {
  return { hash, expiresAt: 1000, labels: {}, createdBy: 'admin', ...change }
}

function node(id: string, change: Partial<FleetNode> = {}): FleetNode {
  const keys = { publicKey: `key-${id}`, trailKeys: [`trail-${id}`] }
  return { id, name: `name-${id}`, labels: { team: 'web' }, ...keys, enrolledAt: 1, ...change }
}

export function fleetContract(name: string, two: Two<FleetStore>): void {
  const check = checking(`${name} fleet`, two)

  check('a code is taken once, by whoever is first', async (a, b) => {
    await a.addCode(code('one', { name: 'n', labels: { team: 'web' } }))
    const taken = await Promise.all([a, b, a, b].map((store) => store.takeCode('one', 999)))
    assert.deepEqual(taken.filter((found) => found !== undefined), [
      code('one', { name: 'n', labels: { team: 'web' } }),
    ])
    assert.equal(await a.takeCode('none', 0), undefined)
  })

  check('a code that is late is none, then and ever after', async (a, b) => {
    await a.addCode(code('one'))
    assert.equal(await b.takeCode('one', 1000), undefined)
    assert.equal(await a.takeCode('one', 999), undefined)
  })

  check('nodes keep every field, in the order of enrolment', async (a, b) => {
    const report = {
      version: '1',
      mode: 'enforce',
      policyHash: 'h',
      policyFaults: 0,
      passedUnasked: 2,
      head: { seq: 3, hash: 'h3' },
    }
    await a.add(node('2'))
    await a.add(node('1'))
    const change = { seenAt: 5, report, fork: { seq: 2, at: 6 }, missing: 1, revokedAt: 7 }
    assert.deepEqual(await b.change('1', change), node('1', change))
    assert.deepEqual(await a.node('1'), node('1', change))
    assert.deepEqual((await b.list()).map(({ id }) => id), ['1', '2'])
    assert.equal(await a.change('none', {}), undefined)
    assert.equal(await a.node('none'), undefined)
  })

  check('of those who count the same, one is first; counts only rise', async (a, b) => {
    await a.add(node('1'))
    const counted = await Promise.all([a, b, a, b].map((store) => store.count('1', 7)))
    assert.deepEqual(counted.filter(Boolean), [true])
    assert.equal(await b.count('1', 6), false)
    assert.equal(await b.lastCount('1'), 7)
    assert.equal(await a.count('1', 8), true)
    assert.equal(await a.count('none', 1), false)
    assert.equal(await a.lastCount('none'), 0)
    await a.change('1', { seenAt: 9 })
    assert.equal(await b.lastCount('1'), 8)
  })
}
