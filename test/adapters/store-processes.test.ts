import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sqliteApprovals } from '../../src/adapters/approvals.ts'
import { sqliteCounter } from '../../src/adapters/counter.ts'
import { openDatabase } from '../../src/adapters/database.ts'
import { sqliteOnce } from '../../src/adapters/once.ts'
import { startScript } from '../helpers/spawn.ts'
import { approval } from './contracts/approvals.ts'

const RACES = 100
const PROCESSES = 4

test('processes that race for approvals and claims: each is won once, all or none', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-race-'))
  const path = join(dir, 'rampart.db')
  const db = openDatabase(path)
  try {
    const approvals = sqliteApprovals(db)
    for (let index = 0; index < RACES; index++) {
      await approvals.create(approval(`approval-${index}`))
    }
    const workers = Array.from(
      { length: PROCESSES },
      (_, index) => startScript('./store-worker.ts', [path, `worker-${index}`, String(RACES)]),
    )
    for (const { ended } of workers) assert.deepEqual(await ended, { code: 0, err: '' })

    const won = workers.flatMap(({ lines }) => lines)
    assert.equal(new Set(won).size, won.length, 'something was won twice')
    assert.equal(won.filter((line) => line.startsWith('approval-')).length, RACES)
    for (const [index, { lines }] of workers.entries()) {
      for (const line of lines.filter((line) => line.startsWith('approval-'))) {
        assert.equal((await approvals.get(line))?.resolvedBy, `worker-${index}`)
      }
    }

    const once = sqliteOnce(db)
    const claims = won.filter((line) => line.startsWith('claim-')).map((line) =>
      Number(line.slice(6))
    )
    const keys = claims.flatMap((index) => [index, index + 1])
    assert.equal(new Set(keys).size, keys.length, 'two claims hold one key')
    const held = Array.from({ length: RACES + 1 }, (_, index) => index)
      .filter((index) => once.claimed(`key-${index}`))
    assert.deepEqual(held, keys.sort((a, b) => a - b))

    const counted = sqliteCounter(db).count({ principal: 'p', session: 's', tool: 'exec' }, 0)
    assert.equal(counted, RACES * PROCESSES)
  } finally {
    db.close()
    rmSync(dir, { recursive: true, force: true })
  }
})

test('processes that make one state database at the same time all get it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-race-'))
  try {
    const path = join(dir, 'rampart.db')
    const workers = Array.from(
      { length: PROCESSES },
      () => startScript('./store-worker.ts', [path, 'me', '0']),
    )
    for (const { ended } of workers) assert.deepEqual(await ended, { code: 0, err: '' })
    openDatabase(path).close()
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
