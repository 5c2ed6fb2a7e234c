import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  CallCounter,
  CountKey,
  HookedCalls,
  OnceStore,
  SwitchStore,
  TokenRecord,
  TokenStore,
} from '../../../src/ports.ts'
import type { Opened } from './opened.ts'

export type Two<T> = () => Opened<readonly [T, T]>

export function checking<T>(
  name: string,
  two: Two<T>,
): (title: string, work: (a: T, b: T) => Promise<void>) => void {
  return (title: string, work: (a: T, b: T) => Promise<void>): void => {
    test(`${name}: ${title}`, async () => {
      const { it, close } = two()
      try {
        await work(...it)
      } finally {
        close()
      }
    })
  }
}

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

  check('are revoked once', async (a, b) => {
    await a.create(token('one'))
    const revoked = await Promise.all(
      [a, b, a, b].map((store, index) => store.revoke('one', index)),
    )
    assert.deepEqual(revoked, [true, false, false, false])
    assert.equal((await b.byHash('hash-one'))?.revokedAt, 0)
    assert.equal(await b.revoke('none', 1), false)
  })
}

const KEY: CountKey = { principal: 'p', session: 's', tool: 'exec' }

export function counterContract(name: string, two: Two<CallCounter>): void {
  const check = checking(`${name} counter`, two)

  check('counts at once here, and everywhere once recorded', async (a, b) => {
    const recorded = a.record(KEY, 1000)
    assert.equal(a.count(KEY, 1000), 1)
    await recorded
    assert.equal(a.count(KEY, 1000), 1)
    assert.equal(b.count(KEY, 1000), 1)
    assert.equal(b.count(KEY, 1001), 0)
  })

  check('keeps principal, session and tool apart', async (a, b) => {
    await a.record(KEY, 1)
    for (const other of [{ principal: 'q' }, { session: 't' }, { tool: 'read' }]) {
      assert.equal(b.count({ ...KEY, ...other }, 0), 0)
    }
    assert.equal(a.count({ principal: 'p","s', session: '', tool: 'exec' }, 0), 0)
  })

  check('loses none of 400 parallel calls', async (a, b) => {
    const calls = Array.from({ length: 400 }, (_, i) => (i % 2 ? a : b).record(KEY, i))
    await Promise.all(calls)
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

  check('claims all keys or none', async (a, b) => {
    assert.equal(await a.claim(['x', 'y'], 1), true)
    assert.equal(await b.claim(['z', 'y'], 2), false)
    assert.deepEqual(['x', 'y', 'z'].map((key) => b.claimed(key)), [true, true, false])
    assert.equal(await b.claim(['z', 'z'], 3), true)
    assert.equal(await a.claim([], 4), true)
  })

  check('one of 200 parallel claims succeeds', async (a, b) => {
    const claims = Array.from(
      { length: 200 },
      (_, i) => (i % 2 ? a : b).claim(['k', `own-${i}`], i),
    )
    const won = (await Promise.all(claims)).flatMap((claimed, i) => claimed ? [i] : [])
    assert.equal(won.length, 1)
    const own = Array.from({ length: 200 }, (_, i) => i).filter((i) => a.claimed(`own-${i}`))
    assert.deepEqual(own, won)
  })
}

export function hookedContract(name: string, two: Two<HookedCalls>): void {
  const check = checking(`${name} hooked calls`, two)

  check('what one process told a host the other knows, until it is taken away', async (a, b) => {
    assert.equal(await b.get('k'), undefined)
    await a.set('k', { told: 'denied', auditIds: ['1', '2'], at: 1000 })
    assert.deepEqual(await b.get('k'), { told: 'denied', auditIds: ['1', '2'], at: 1000 })
    await b.set('k', { told: 'asked', auditIds: [], at: 2000 })
    assert.deepEqual(await a.get('k'), { told: 'asked', auditIds: [], at: 2000 })
    await a.remove('k')
    await a.remove('k')
    assert.equal(await b.get('k'), undefined)
  })

  check('what was told more than a day ago is forgotten', async (a, b) => {
    await a.set('old', { told: 'denied', auditIds: ['1'], at: 0 })
    await a.set('kept', { told: 'denied', auditIds: ['2'], at: 1000 })
    await a.set('new', { told: 'denied', auditIds: ['3'], at: 86_400_001 })
    assert.equal(await b.get('old'), undefined)
    assert.equal((await b.get('kept'))?.at, 1000)
  })
}

export function switchesContract(name: string, two: Two<SwitchStore>): void {
  const check = checking(`${name} switches`, two)

  check('are off until told, and seen by the other one', async (a, b) => {
    assert.equal(a.offUntil(), undefined)
    await a.set(5000)
    assert.equal(b.offUntil(), 5000)
    await b.set(6000)
    assert.equal(a.offUntil(), 6000)
    await b.set(undefined)
    assert.equal(a.offUntil(), undefined)
  })
}
