import assert from 'node:assert/strict'
import type {
  CallCounter,
  CountKey,
  HookedCalls,
  OnceStore,
  SwitchStore,
  TokenRecord,
  TokenStore,
} from '../../../src/ports.ts'
import { checking, type Two } from './opened.ts'

function token(id: string, change: Partial<TokenRecord> = {}): TokenRecord {
  return { id, agent: 'a', scopes: ['eval'], hash: `hash-${id}`, createdAt: 1, ...change }
}

export function tokensContract(name: string, two: Two<TokenStore>): void {
  const check = checking(`${name} tokens`, two)

  check('keep every field and are found by hash', async (a, b) => {
    const full = token('one', { scopes: ['eval', 'approve', 'audit'], expiresAt: 9 })
    await a.create(full)
    await a.create(token('two'))
    assert.deepEqual(await b.byHash('hash-one'), full)
    assert.equal(await b.byHash('hash-none'), undefined)
    assert.deepEqual((await b.list()).map(({ id }) => id), ['one', 'two'])
  })

  check('refuse a second one with the same id or hash', async (a, b) => {
    await a.create(token('one'))
    await assert.rejects(b.create(token('one', { hash: 'other' })))
    await assert.rejects(b.create(token('two', { hash: 'hash-one' })))
    assert.equal((await a.list()).length, 1)
  })

  check('are revoked once', async (a, b, caughtUp) => {
    await a.create(token('one'))
    const revoked = await Promise.all(
      [a, b, a, b].map((store, index) => store.revoke('one', index)),
    )
    assert.equal(revoked.filter((won) => won).length, 1)
    await caughtUp()
    assert.equal((await b.byHash('hash-one'))?.revokedAt, revoked.indexOf(true))
    assert.equal((await a.list())[0]?.revokedAt, revoked.indexOf(true))
    assert.equal(await b.revoke('none', 1), false)
  })
}

const KEY: CountKey = { principal: 'p', session: 's', tool: 'exec' }

export function counterContract(name: string, two: Two<CallCounter>): void {
  const check = checking(`${name} counter`, two)

  check('counts everywhere once recorded', async (a, b) => {
    await a.record(KEY, 1000)
    await b.ready?.(KEY)
    assert.equal(a.count(KEY, 1000), 1)
    assert.equal(b.count(KEY, 1000), 1)
    assert.equal(b.count(KEY, 1001), 0)
  })

  check('keeps principal, session and tool apart', async (a, b) => {
    await a.record(KEY, 1)
    for (const other of [{ principal: 'q' }, { session: 't' }, { tool: 'read' }]) {
      await b.ready?.({ ...KEY, ...other })
      assert.equal(b.count({ ...KEY, ...other }, 0), 0)
    }
    await a.ready?.({ principal: 'p","s', session: '' })
    assert.equal(a.count({ principal: 'p","s', session: '', tool: 'exec' }, 0), 0)
  })

  check('loses none of 400 parallel calls', async (a, b) => {
    const calls = Array.from({ length: 400 }, (_, i) => (i % 2 ? a : b).record(KEY, i))
    await Promise.all(calls)
    await Promise.all([a.ready?.(KEY), b.ready?.(KEY)])
    assert.equal(a.count(KEY, 0), 400)
    assert.equal(b.count(KEY, 100), 300)
  })

  check('cannot say what it no longer remembers', async (a) => {
    const now = 400 * 366 * 86_400_000
    await a.record(KEY, now)
    assert.equal(a.count(KEY, now - 367 * 86_400_000), undefined)
  })
}

export function onceContract(name: string, two: Two<OnceStore>): void {
  const check = checking(`${name} once`, two)

  check('claims all keys or none', async (a, b, caughtUp) => {
    assert.equal(await a.claim(['x', 'y'], 1), true)
    assert.equal(await b.claim(['z', 'y'], 2), false)
    await caughtUp()
    assert.deepEqual(['x', 'y', 'z'].map((key) => b.claimed(key)), [true, true, false])
    assert.equal(await b.claim(['z', 'z'], 3), true)
    assert.equal(await a.claim([], 4), true)
  })

  check('one of 200 parallel claims succeeds', async (a, b, caughtUp) => {
    const claims = Array.from(
      { length: 200 },
      (_, i) => (i % 2 ? a : b).claim(['k', `own-${i}`], i),
    )
    const won = (await Promise.all(claims)).flatMap((claimed, i) => claimed ? [i] : [])
    assert.equal(won.length, 1)
    await caughtUp()
    const own = Array.from({ length: 200 }, (_, i) => i).filter((i) => a.claimed(`own-${i}`))
    assert.deepEqual(own, won)
  })
}

export function hookedContract(name: string, two: Two<HookedCalls>): void {
  const check = checking(`${name} hooked calls`, two)

  check(
    'what one process told a host the other knows, until it is taken away',
    async (a, b, caughtUp) => {
      assert.equal(await b.get('k'), undefined)
      await a.set('k', { told: 'denied', auditIds: ['1', '2'], at: 1000 })
      await caughtUp()
      assert.deepEqual(await b.get('k'), { told: 'denied', auditIds: ['1', '2'], at: 1000 })
      await b.set('k', { told: 'asked', auditIds: [], at: 2000 })
      await caughtUp()
      assert.deepEqual(await a.get('k'), { told: 'asked', auditIds: [], at: 2000 })
      await a.remove('k')
      await a.remove('k')
      await caughtUp()
      assert.equal(await b.get('k'), undefined)
    },
  )

  check('what was told more than a day ago is forgotten', async (a, b, caughtUp) => {
    await a.set('old', { told: 'denied', auditIds: ['1'], at: 0 })
    await a.set('kept', { told: 'denied', auditIds: ['2'], at: 1000 })
    await a.set('new', { told: 'denied', auditIds: ['3'], at: 86_400_001 })
    await caughtUp()
    assert.equal(await b.get('old'), undefined)
    assert.equal((await b.get('kept'))?.at, 1000)
  })
}

export function switchesContract(name: string, two: Two<SwitchStore>): void {
  const check = checking(`${name} switches`, two)

  check('are off until told, and seen by the other one', async (a, b, caughtUp) => {
    assert.equal(a.offUntil(), undefined)
    await a.set(5000)
    await caughtUp()
    assert.equal(b.offUntil(), 5000)
    await b.set(6000)
    await caughtUp()
    assert.equal(a.offUntil(), 6000)
    await b.set(undefined)
    await caughtUp()
    assert.equal(a.offUntil(), undefined)
  })
}
