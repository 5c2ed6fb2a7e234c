import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { verifyDirectory } from '../../src/adapters/audit-verify.ts'
import { trailFiles } from '../../src/adapters/audit-files.ts'
import { nodeFileOps } from '../../src/adapters/audit-ops.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import { withTrail } from '../helpers/audit.ts'
import { startScript } from '../helpers/spawn.ts'

const WORKER = './audit-worker.ts'

function eventsIn(dir: string): AuditEvent[] {
  return trailFiles(nodeFileOps.list(dir)).flatMap(({ name }) =>
    readFileSync(join(dir, name), 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line))
  )
}

test('semantics 28 several processes append to one chain', async () => {
  await withTrail(async ({ dir }) => {
    const workers = Array.from({ length: 4 }, () => startScript(WORKER, [dir, '40', '5']))
    for (const { ended } of workers) assert.deepEqual(await ended, { code: 0, err: '' })
    const acknowledged = workers.flatMap(({ lines }) => lines)
    assert.equal(acknowledged.length, 800)
    const { findings, events } = await verifyDirectory(dir)
    assert.deepEqual(findings, [])
    assert.equal(events, 800)
    const trail = new Set(eventsIn(dir).map(({ id }) => id))
    assert.deepEqual(acknowledged.filter((id) => !trail.has(id)), [])
  })
})

test('kill -9 in mid-append: every acknowledged event is in the trail, and the chain verifies', async () => {
  await withTrail(async ({ dir }) => {
    const acknowledged: string[] = []
    for (let round = 0; round < 6; round++) {
      const workers = Array.from({ length: 2 }, () => startScript(WORKER, [dir, '1000000', '16']))
      await Promise.all(workers.map(({ printed }) => printed(30 + 17 * round)))
      for (const { child } of workers) child.kill('SIGKILL')
      for (const { ended, lines } of workers) {
        await ended
        acknowledged.push(...lines)
      }
    }
    // The next one to open it mends what the last one left.
    const last = startScript(WORKER, [dir, '1', '1'])
    assert.deepEqual(await last.ended, { code: 0, err: '' })
    const { findings } = await verifyDirectory(dir)
    assert.deepEqual(findings, [])
    const trail = new Set(eventsIn(dir).map(({ id }) => id))
    assert.deepEqual([...acknowledged, ...last.lines].filter((id) => !trail.has(id)), [])
    assert.ok(acknowledged.length > 500)
  })
})
