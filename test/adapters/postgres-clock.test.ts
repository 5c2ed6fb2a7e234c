import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../src/adapters/clock.ts'
import { sharedClock } from '../../src/adapters/postgres-clock.ts'
import { SKIP_POSTGRES } from '../helpers/postgres.ts'
import { ownPostgres, sharedOf } from './contracts/in-postgres.ts'

const postgres = ownPostgres()
const OFF_MS = 600_000

test('F48 a replica whose clock is ten minutes off goes by that of the database', {
  skip: SKIP_POSTGRES,
}, async () => {
  const real = systemClock()
  const off = (ms: number) => ({ ...real, now: () => real.now() + ms })
  const shared = await Promise.all(
    [0, OFF_MS, -OFF_MS].map((ms) => sharedOf(postgres(), 'clock', off(ms))),
  )
  try {
    const times = shared.map((one, i) => sharedClock(one, off([0, OFF_MS, -OFF_MS][i]!)).now())
    const [row] = await shared[0]!.db.rows(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now',
    )
    // One machine's clock and one database's: apart by as long as asking takes, however long that is here.
    for (const time of times) assert.ok(Math.abs(time - Number(row!['now'])) < 60_000, String(time))
  } finally {
    await Promise.all(shared.map((one) => one.close()))
  }
})
