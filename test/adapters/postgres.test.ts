import { postgresApprovals } from '../../src/adapters/postgres-approvals.ts'
import { postgresCounter } from '../../src/adapters/postgres-counter.ts'
import { postgresGrants } from '../../src/adapters/postgres-grants.ts'
import { postgresOnce } from '../../src/adapters/postgres-once.ts'
import { postgresHookedCalls, postgresSwitches } from '../../src/adapters/postgres-small.ts'
import { postgresTokens } from '../../src/adapters/postgres-tokens.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SKIP_POSTGRES } from '../helpers/postgres.ts'
import { approval, approvalsContract } from './contracts/approvals.ts'
import { grantsContract } from './contracts/grants.ts'
import { inPostgres, ownPostgres, sharedOf } from './contracts/in-postgres.ts'
import {
  counterContract,
  hookedContract,
  onceContract,
  switchesContract,
  tokensContract,
} from './contracts/stores.ts'

const postgres = ownPostgres()

approvalsContract('PostgreSQL', inPostgres(postgres, postgresApprovals))
tokensContract('PostgreSQL', inPostgres(postgres, postgresTokens))
counterContract('PostgreSQL', inPostgres(postgres, postgresCounter))
onceContract('PostgreSQL', inPostgres(postgres, postgresOnce))
grantsContract('PostgreSQL', inPostgres(postgres, postgresGrants))
hookedContract('PostgreSQL', inPostgres(postgres, postgresHookedCalls))
switchesContract('PostgreSQL', inPostgres(postgres, postgresSwitches))

const skip = SKIP_POSTGRES

test('F48 what one tenant keeps no other sees, under the same names', { skip }, async () => {
  const [a, b] = await Promise.all([sharedOf(postgres(), 'one'), sharedOf(postgres(), 'two')])
  try {
    const [mine, theirs] = [postgresApprovals(a), postgresApprovals(b)]
    await mine.create(approval('same'))
    assert.equal(await theirs.get('same'), undefined)
    assert.equal(await theirs.swap('pending', approval('same', { status: 'denied' })), false)
    await theirs.create(approval('same', { message: 'another one' }))
    assert.equal((await mine.get('same'))?.message, 'May it?')
    const [claims, others] = [await postgresOnce(a), await postgresOnce(b)]
    assert.equal(await claims.claim(['k'], 1), true)
    assert.equal(await others.claim(['k'], 1), true)
    const key = { principal: 'p', session: 's', tool: 'exec' }
    await postgresCounter(a).record(key, 1)
    const counter = postgresCounter(b)
    await counter.ready?.(key)
    assert.equal(counter.count(key, 0), 0)
  } finally {
    await Promise.all([a.close(), b.close()])
  }
})
