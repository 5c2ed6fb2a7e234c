import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withAnchors } from '../helpers/anchors.ts'
import { draft } from '../helpers/audit.ts'

const many = (count: number) => Array.from({ length: count }, () => draft())

test('a key is handed over while other anchors are being written', async () => {
  await withAnchors(async ({ openAnchored, verify }) => {
    const { log, anchors: observer } = await openAnchored()
    const appended = log.append(many(150))
    await Promise.all([
      appended,
      observer.writer.rotate(async () => {
        await appended
        await log.append(many(100))
        return log.head().seq
      }),
    ])
    await log.append(many(1))
    await log.close()
    const { findings, anchors } = await verify()
    assert.deepEqual(findings, [])
    assert.equal(anchors.key_ids.length, 2)
  })
})
