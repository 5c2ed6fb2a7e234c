import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sqliteApprovals } from '../../src/adapters/approvals.ts'
import { sqliteCounter } from '../../src/adapters/counter.ts'
import {
  memoryApprovals,
  memoryCounter,
  memoryHookedCalls,
  memoryOnce,
  memorySwitches,
  memoryTokens,
} from '../../src/adapters/memory.ts'
import { sqliteHookedCalls } from '../../src/adapters/hooked-calls.ts'
import { sqliteOnce } from '../../src/adapters/once.ts'
import { sqliteSwitches } from '../../src/adapters/switches.ts'
import { sqliteTokens } from '../../src/adapters/tokens.ts'
import { RampartError } from '../../src/errors.ts'
import { approval, approvalsContract } from './contracts/approvals.ts'
import { memoryFleet } from '../../src/adapters/memory-fleet.ts'
import { sqliteFleet } from '../../src/adapters/fleet-store.ts'
import { fleetContract } from './contracts/fleet.ts'
import { inMemory, inSqlite } from './contracts/opened.ts'
import {
  counterContract,
  hookedContract,
  onceContract,
  switchesContract,
  tokensContract,
} from './contracts/stores.ts'

fleetContract('memory', inMemory(memoryFleet))
fleetContract('SQLite', inSqlite(sqliteFleet))
approvalsContract('memory', inMemory(memoryApprovals))
approvalsContract('SQLite', inSqlite(sqliteApprovals))
tokensContract('memory', inMemory(memoryTokens))
tokensContract('SQLite', inSqlite(sqliteTokens))
counterContract('memory', inMemory(memoryCounter))
counterContract('SQLite', inSqlite(sqliteCounter))
hookedContract('memory', inMemory(memoryHookedCalls))
hookedContract('SQLite', inSqlite(sqliteHookedCalls))
onceContract('memory', inMemory(memoryOnce))
onceContract('SQLite', inSqlite(sqliteOnce))
switchesContract('memory', inMemory(memorySwitches))
switchesContract('SQLite', inSqlite(sqliteSwitches))

for (
  const [name, opened] of [['memory', inMemory(memoryCounter)], [
    'SQLite',
    inSqlite(sqliteCounter),
  ]] as const
) {
  test(`${name} counter: a call counts at once in its own process`, async () => {
    const { it: [counter], close } = opened()
    try {
      const key = { principal: 'p', session: 's', tool: 'exec' }
      const recorded = counter.record(key, 1000)
      assert.equal(counter.count(key, 1000), 1)
      await recorded
      assert.equal(counter.count(key, 1000), 1)
    } finally {
      close()
    }
  })
}

for (
  const [name, opened] of [
    ['memory', inMemory(() => memoryApprovals({ settled: 2, every: 1 }))],
    ['SQLite', inSqlite((db) => sqliteApprovals(db, { settled: 2, every: 1 }))],
  ] as const
) {
  test(`${name} approvals: the oldest settled ones go, open ones never do`, async () => {
    const { it: [store], close } = opened()
    try {
      for (
        const [i, status] of (['pending', 'approved', 'denied', 'used', 'expired'] as const)
          .entries()
      ) {
        await store.create(approval(`a${i}`, { status, createdAt: i }))
      }
      await store.create(approval('b', { createdAt: 9 }))
      const left = await store.list({ limit: 100 })
      assert.deepEqual(left.map(({ id }) => id), ['b', 'a4', 'a3', 'a1', 'a0'])
      await store.create(approval('c', { createdAt: 5000 }))
      const later = await store.list({ limit: 100 })
      assert.deepEqual(later.map(({ id }) => id), ['c', 'b', 'a4', 'a3', 'a0'])
    } finally {
      close()
    }
  })
}

test('a question that waits is kept as it was asked, one that is settled without its secrets', async () => {
  const { it: [store], close } = inSqlite(sqliteApprovals)()
  try {
    const params = { command: 'curl -u me:s3cret x.test', token: 'abc123' }
    await store.create(approval('a', { params }))
    assert.deepEqual((await store.get('a'))?.params, params)
    await store.swap('pending', approval('a', { params, status: 'approved' }))
    assert.deepEqual((await store.get('a'))?.params, params)
    await store.swap('approved', approval('a', { params, status: 'used', revision: 1 }))
    assert.deepEqual((await store.get('a'))?.params, {
      command: 'curl -u me:[redacted-6] x.test',
      token: '[redacted-6]',
    })
  } finally {
    close()
  }
})

/** Waits for the disk that end when they are told to. */
function waits(): {
  readonly paths: string[]
  readonly end: ((error?: Error) => void)[]
  sync(path: string): Promise<void>
} {
  const paths: string[] = []
  const end: ((error?: Error) => void)[] = []
  return {
    paths,
    end,
    sync(path) {
      paths.push(path)
      return new Promise((resolve, reject) =>
        end.push((error) => error === undefined ? resolve() : reject(error))
      )
    },
  }
}

test('who comes while the disk is waited for shares the next wait, for its change may not be in this one', async () => {
  const disk = waits()
  const { it: [store], close } = inSqlite((db) => sqliteApprovals(db, undefined, disk.sync))()
  try {
    const ended: string[] = []
    const wait = (name: string) => store.durable().then(() => ended.push(name))
    const first = wait('first')
    await Promise.resolve()
    const others = [wait('second'), wait('third')]
    assert.equal(disk.paths.length, 1)
    disk.end[0]!()
    await first
    await Promise.resolve()
    assert.deepEqual([disk.paths.length, ended], [2, ['first']])
    disk.end[1]!()
    await Promise.all(others)
    assert.ok(disk.paths.every((path) => path.endsWith('.db-wal')), disk.paths.join())
  } finally {
    close()
  }
})

test('a wait for the disk that failed is told to who waited, and the next one is tried', async () => {
  const disk = waits()
  const { it: [store], close } = inSqlite((db) => sqliteApprovals(db, undefined, disk.sync))()
  try {
    const failing = assert.rejects(store.durable(), /EIO/)
    await Promise.resolve()
    const next = store.durable()
    disk.end[0]!(new Error('EIO'))
    await failing
    await Promise.resolve()
    disk.end[1]!()
    await next
  } finally {
    close()
  }
})

test('a process sees that another one changed approvals, and not its own changes', async () => {
  const { it: [a, b], close } = inSqlite(sqliteApprovals)()
  try {
    const before = a.changes()
    await a.create(approval('one'))
    assert.equal(a.changes(), before)
    await b.swap('pending', approval('one', { status: 'denied' }))
    assert.notEqual(a.changes(), before)
  } finally {
    close()
  }
})

test('F25 an approval whose row contradicts its body counts as absent', async () => {
  const { it: [db], close } = inSqlite((connection) => connection)()
  try {
    const store = sqliteApprovals(db)
    await store.create(approval('one'))
    await store.create(approval('two'))
    db.exec(`UPDATE approvals SET status = 'approved' WHERE id = 'one'`)
    db.exec(`UPDATE approvals SET body = '{' WHERE id = 'two'`)
    assert.equal(await store.get('one'), undefined)
    assert.equal(await store.get('two'), undefined)
    assert.deepEqual(await store.list({ limit: 9 }), [])
  } finally {
    close()
  }
})

test('a database that does not answer is unavailable, not a crash', async () => {
  const { it: [db, other], close } = inSqlite((connection) => connection)()
  try {
    const once = sqliteOnce(db)
    const counter = sqliteCounter(db)
    db.exec('PRAGMA busy_timeout = 1')
    other.exec('BEGIN IMMEDIATE')
    const unavailable = (error: unknown) =>
      error instanceof RampartError && error.code === 'unavailable'
    await assert.rejects(once.claim(['k'], 1), unavailable)
    const key = { principal: 'p', session: 's', tool: 't' }
    await assert.rejects(counter.record(key, 1), unavailable)
    other.exec('ROLLBACK')
    assert.equal(await once.claim(['k'], 1), true)
    await counter.record(key, 1)
    assert.equal(counter.count(key, 0), 1)
  } finally {
    close()
  }
})
