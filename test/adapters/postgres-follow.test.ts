import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postgresApprovals } from '../../src/adapters/postgres-approvals.ts'
import { postgresOnce } from '../../src/adapters/postgres-once.ts'
import { postgresSwitches } from '../../src/adapters/postgres-small.ts'
import { postgresTokens } from '../../src/adapters/postgres-tokens.ts'
import { systemClock } from '../../src/adapters/clock.ts'
import { followPostgres } from '../../src/adapters/postgres-follow.ts'
import { RampartError } from '../../src/errors.ts'
import type { TokenRecord } from '../../src/ports.ts'
import { until } from '../e2e/server.ts'
import { SKIP_POSTGRES } from '../helpers/postgres.ts'
import { approval } from './contracts/approvals.ts'
import { ownPostgres, sharedOf, SILENT } from './contracts/in-postgres.ts'

const skip = SKIP_POSTGRES
const postgres = ownPostgres()

test(
  'who follows is told by name of an approval that another replica changed',
  { skip },
  async () => {
    const [a, b] = await Promise.all([sharedOf(postgres(), 'told'), sharedOf(postgres(), 'told')])
    try {
      const heard: (string | undefined)[] = []
      const end = postgresApprovals(b).heard!((id) => void heard.push(id))
      const mine = postgresApprovals(a)
      await mine.create(approval('one'))
      await until(() => heard.includes('one') ? true : undefined)
      heard.length = 0
      await mine.swap('pending', approval('one', { status: 'denied' }))
      await until(() => heard.includes('one') ? true : undefined)
      end()
    } finally {
      await Promise.all([a.close(), b.close()])
    }
  },
)

test('copies are caught up with after the line to the database was cut, and it listens again', {
  skip,
}, async () => {
  const [a, b] = await Promise.all([sharedOf(postgres(), 'cut'), sharedOf(postgres(), 'cut')])
  try {
    const [mine, theirs] = [await postgresOnce(a), await postgresOnce(b)]
    const heard: (string | undefined)[] = []
    b.follower.heard((id) => void heard.push(id))
    postgres().sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rampart'`,
    )
    assert.equal(await until(() => mine.claim(['k'], 1)), true)
    await until(() => theirs.claimed('k') ? true : undefined)
    // Nobody knows what was said meanwhile: whoever waits for anything looks for it.
    await until(() => heard.includes(undefined) ? true : undefined)
    await until(() => b.follower.state().listening ? true : undefined)
    assert.equal(b.follower.state().state, 'ok')
  } finally {
    await Promise.all([a.close(), b.close()])
  }
})

test('what was told to nobody is seen at the next look', { skip }, async () => {
  const shared = await sharedOf(postgres(), 'untold')
  try {
    const tokens = await postgresTokens(shared)
    const record: TokenRecord = { id: 't', agent: 'a', scopes: ['eval'], hash: 'h', createdAt: 1 }
    await tokens.create(record)
    // As a replica would whose NOTIFY never came.
    postgres().sql(
      `UPDATE rampart.tokens SET revoked_at = 5 WHERE tenant = 'untold';
       UPDATE rampart.changes SET n = n + 1 WHERE tenant = 'untold' AND topic = 'tokens'`,
      'rampart',
    )
    await until(async () => (await tokens.byHash('h'))?.revokedAt === 5 ? true : undefined)
  } finally {
    await shared.close()
  }
})

test('a database that tells of nothing is asked, and approvals are looked at again and again', {
  skip,
}, async () => {
  const [a, real] = await Promise.all([sharedOf(postgres(), 'deaf'), sharedOf(postgres(), 'deaf')])
  const db = {
    ...real.db,
    connect: () => Promise.reject(new RampartError('unavailable', 'no LISTEN here')),
  }
  const deaf = { db, tenant: 'deaf', clock: systemClock(), log: SILENT }
  const follower = await followPostgres(deaf)
  try {
    const [mine, theirs] = [await postgresOnce(a), await postgresOnce({ ...real, follower })]
    assert.deepEqual([follower.state().listening, follower.state().state], [false, 'ok'])
    await mine.claim(['k'], 1)
    await until(() => theirs.claimed('k') ? true : undefined)
    const heard: (string | undefined)[] = []
    follower.heard((id) => void heard.push(id))
    await until(() => heard.length >= 2 ? true : undefined)
    assert.equal(follower.state().state, 'ok')
  } finally {
    await follower.close()
    await Promise.all([a.close(), real.close()])
  }
})

test('off is trusted no longer than the database was heard of', { skip }, async () => {
  let later = 0
  const real = systemClock()
  const clock = { ...real, monotonic: () => real.monotonic() + later }
  const shared = await sharedOf(postgres(), 'off', clock)
  try {
    const switches = await postgresSwitches(shared)
    await switches.set(9_000_000_000_000)
    assert.equal(switches.offUntil(), 9_000_000_000_000)
    postgres().signal('STOP')
    try {
      later = 6000
      assert.equal(switches.offUntil(), undefined)
    } finally {
      postgres().signal('CONT')
    }
    await until(() => switches.offUntil() === undefined ? undefined : true)
  } finally {
    await shared.close()
  }
})

test('a change whose answer was lost is known for what it was', { skip }, async () => {
  const shared = await sharedOf(postgres(), 'lost')
  try {
    let lose = true
    const again: typeof shared.db.again = async (sql, values) => {
      const first = await shared.db.again(sql, values)
      // It was through, and then the connection broke: it is put again.
      return lose ? { ...await shared.db.again(sql, values), repeated: true } : first
    }
    const store = postgresApprovals({ ...shared, db: { ...shared.db, again } })
    await store.create(approval('one'))
    assert.equal(await store.swap('pending', approval('one', { status: 'approved' })), true)
    assert.equal((await store.get('one'))?.revision, 1)
    assert.equal(await store.swap('pending', approval('one', { status: 'denied' })), false)
    lose = false
    const claims = await postgresOnce({
      ...shared,
      db: {
        ...shared.db,
        async again(sql, values) {
          if (sql.includes('INSERT INTO rampart.once_claims')) await shared.db.again(sql, values)
          return await shared.db.again(sql, values)
        },
      },
    })
    assert.equal(await claims.claim(['k'], 1), true)
    assert.equal(await claims.claim(['k'], 1), false)
  } finally {
    await shared.close()
  }
})
