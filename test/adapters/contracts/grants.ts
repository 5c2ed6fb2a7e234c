import assert from 'node:assert/strict'
import { keyOf } from '../../../src/approval/rule-keys.ts'
import type { Grant, GrantStore } from '../../../src/ports.ts'
import { checking, type Two } from './opened.ts'

export function grant(id: string, change: Partial<Grant> = {}): Grant {
  return {
    id,
    scope: 'run',
    rule: {
      id,
      action: 'allow',
      tool: 'exec',
      generalisation: 'program',
      program: 'shipctl',
      answers: 'guard/1',
    },
    principal: 'token:1',
    agent: 'a',
    session: 's',
    run: 'r',
    expiresAt: 1000,
    createdAt: 1,
    createdBy: 'admin',
    eventId: `event-${id}`,
    ...change,
  }
}

const WHO = { principal: 'token:1', agent: 'a', session: 's' }
const KEY = keyOf(grant('x').rule)

export function grantsContract(name: string, two: Two<GrantStore>): void {
  const check = checking(`${name} grants`, two)

  check('keep every field, found by principal and key until they end', async (a, b, caughtUp) => {
    const full = grant('one', { calls: 3 })
    const open = grant('two', { scope: 'session', run: undefined })
    await a.add([full, open])
    await caughtUp()
    const { run: _run, ...bare } = open
    assert.deepEqual(b.find(WHO, [KEY], 999, false).map(plain), [full, bare].map(plain))
    for (const other of [{ principal: 'token:2' }, { agent: 'b' }, { session: 't' }]) {
      assert.deepEqual(b.find({ ...WHO, ...other }, [KEY], 999, false), [])
    }
    assert.deepEqual(b.find(WHO, ['other'], 999, false), [])
    assert.deepEqual(b.find(WHO, [KEY], 1000, true), [])
    assert.deepEqual((await b.list(999)).map(({ id }) => id), ['one', 'two'])
    assert.deepEqual(await b.list(1000), [])
  })

  check('all or none are added', async (a, b) => {
    await a.add([grant('one')])
    await assert.rejects(a.add([grant('two'), grant('one')]))
    assert.deepEqual((await b.list(1)).map(({ id }) => id), ['one'])
  })

  check('of racing calls exactly as many are counted as there are', async (a, b) => {
    await a.add([grant('one', { calls: 25 }), grant('two')])
    const taken = await Promise.all(
      Array.from({ length: 100 }, (_, i) => (i % 2 ? a : b).take(['one', 'two'], 5)),
    )
    assert.equal(taken.filter(({ gone }) => gone.length === 0).length, 25)
    assert.deepEqual(taken.flatMap(({ last }) => last), ['one'])
    assert.deepEqual(taken.find(({ gone }) => gone.length > 0)?.gone, ['one'])
    assert.deepEqual((await a.list(5)).map(({ id }) => id), ['two'])
  })

  check('all or none are counted, and what has ended or never was is gone', async (a, b) => {
    await a.add([grant('one', { calls: 2 }), grant('old', { expiresAt: 4 })])
    assert.deepEqual(await b.take(['one', 'old', 'none'], 5), { gone: ['old', 'none'], last: [] })
    assert.deepEqual((await a.list(5)).map(({ calls }) => calls), [2])
  })

  check('what is used up still holds for its output, for a while', async (a, b, caughtUp) => {
    await a.add([grant('one', { calls: 1, expiresAt: 10_000_000 })])
    assert.deepEqual(await a.take(['one'], 5), { gone: [], last: ['one'] })
    await caughtUp()
    assert.deepEqual(b.find(WHO, [KEY], 6, false), [])
    assert.deepEqual(b.find(WHO, [KEY], 6, true).map(({ id }) => id), ['one'])
    assert.deepEqual(await b.sweep(5 + 600_000), [])
    assert.deepEqual(b.find(WHO, [KEY], 6, true), [])
  })

  check('are removed and swept once', async (a, b, caughtUp) => {
    await a.add([grant('one'), grant('two'), grant('old', { expiresAt: 4 })])
    const removed = await Promise.all([a.remove('one'), b.remove('one'), a.remove('none')])
    assert.deepEqual(removed.flatMap((one) => one?.id ?? []), ['one'])
    await caughtUp()
    const swept = await Promise.all([a.sweep(5), b.sweep(5)])
    assert.deepEqual(swept.flat().map(({ id }) => id), ['old'])
    assert.deepEqual((await b.list(5)).map(({ id }) => id), ['two'])
  })
}

const plain = (one: Grant): unknown => JSON.parse(JSON.stringify(one))
