import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openLock } from '../../src/adapters/audit-lock.ts'
import type { FileOps, OpenFile } from '../../src/adapters/audit-ops.ts'
import { type Repair, repairTrail } from '../../src/adapters/audit-repair.ts'
import { ulids } from '../../src/adapters/ids.ts'
import { draft, faulty, NOON, type Plan, type Trail, withTrail } from '../helpers/audit.ts'
import { assertClean, at, DAY, FIRST } from '../helpers/trail.ts'

const OPERATIONS: readonly (keyof OpenFile | keyof FileOps)[] = [
  'open',
  'write',
  'datasync',
  'rename',
  'remove',
  'syncDirectory',
  'tighten',
]
const GARBAGE = ['first garbage', '\0\0', '{"torn":']
/** More calls than a repair makes of any operation. */
const MOST = 20

async function repair({ dir, clock }: Trail, plan: Plan): Promise<readonly Repair[]> {
  const lock = openLock(join(dir, '.private'))
  try {
    return await repairTrail({ dir, ops: faulty(plan), ids: ulids(clock), lock })
  } finally {
    lock.close()
  }
}

for (const operation of OPERATIONS) {
  test(`a repair whose nth ${operation} fails, for every n: no byte is lost, and the next one ends it`, async () => {
    for (let nth = 1; nth <= MOST; nth++) {
      let calls = 0
      await withTrail(async (trail) => {
        const { dir, open } = trail
        const log = await open()
        await log.append([draft(), draft()])
        await log.append([draft(at(NOON + DAY))])
        await log.close()
        const [a, b] = readFileSync(join(dir, FIRST), 'utf8').split('\n')
        const text = [GARBAGE[0], a, GARBAGE[1], b, GARBAGE[2]].join('\n')
        writeFileSync(join(dir, FIRST), text, { mode: 0o600 })
        await repair(trail, (called) => called === operation && ++calls === nth ? 'EIO' : undefined)
        const left = (await repair(trail, () => undefined)).filter(({ done }) => !done)
        assert.deepEqual(left, [], `n = ${nth}`)
        assert.deepEqual(await repair(trail, () => undefined), [])
        assert.equal(readFileSync(join(dir, FIRST), 'utf8'), `${a}\n${b}\n`)
        const kept = readdirSync(dir).filter((name) => name.includes('.garbage-'))
          .map((name) => readFileSync(join(dir, name), 'utf8'))
        assert.ok(kept.includes(GARBAGE.join('\n')), `n = ${nth}: ${kept.join('|')}`)
        await assertClean(dir, 3)
      })
      if (calls < nth) return
    }
    assert.fail(`${operation} is called more than ${MOST} times`)
  })
}
