import assert from 'node:assert/strict'
import { existsSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { lateAnchors } from '../../src/adapters/audit-anchors-late.ts'
import type { EventDraft } from '../../src/audit/event.ts'
import { type AnchoredTrail, withAnchors } from '../helpers/anchors.ts'
import { draft } from '../helpers/audit.ts'

/** What a hook without a server does: open, append, close. */
async function once(
  { dir, keys, clock, open, told }: AnchoredTrail,
  drafts: readonly EventDraft[] = [draft()],
): Promise<void> {
  const tell = (message: string) => void told.push(message)
  const log = { error: tell, warn: tell, info: tell }
  const trail = await open({ observers: [lateAnchors({ dir, keys, clock, log })] })
  await trail.append(drafts)
  await trail.close()
}

const seqs = (trail: AnchoredTrail): number[] => trail.anchors().map(({ seq }) => seq)

/** The file of anchors was last written so long before the clock's now. */
function aged({ dir, clock }: AnchoredTrail, ms: number): void {
  const at = (clock.now() - ms) / 1000
  utimesSync(join(dir, 'anchors.jsonl'), at, at)
}

test('F27 of processes that answer once the first anchors, then the first that comes 10 s after the last anchor', async () => {
  await withAnchors(async (trail) => {
    await once(trail)
    assert.deepEqual(seqs(trail), [1])
    aged(trail, 0)
    await once(trail)
    aged(trail, 9_999)
    await once(trail)
    assert.deepEqual(seqs(trail), [1])
    aged(trail, 10_000)
    await once(trail)
    assert.deepEqual(seqs(trail), [1, 4])
    const { findings, events } = await trail.verify()
    assert.deepEqual([findings, events, trail.told], [[], 4, []])
  })
})

test('F27 what changes what is allowed and each hundredth event are anchored whenever the last anchor was', async () => {
  await withAnchors(async (trail) => {
    await once(trail)
    for (const kind of ['approval', 'policy', 'fail_open'] as const) {
      aged(trail, 0)
      await once(trail, [draft({ kind })])
    }
    assert.deepEqual(seqs(trail), [1, 2, 3, 4])
    aged(trail, 0)
    await once(trail, Array.from({ length: 95 }, () => draft()))
    assert.deepEqual(seqs(trail), [1, 2, 3, 4])
    aged(trail, 0)
    await once(trail)
    assert.deepEqual(seqs(trail), [1, 2, 3, 4, 100])
    assert.deepEqual((await trail.verify()).findings, [])
  })
})

test('F27 a file of anchors from the future, or one that is gone, has the next event anchored', async () => {
  await withAnchors(async (trail) => {
    await once(trail)
    aged(trail, -86_400_000)
    await once(trail)
    assert.deepEqual(seqs(trail), [1, 2])
  })
  await withAnchors(async (trail) => {
    const opened = await trail.open()
    await opened.append([draft()])
    await opened.close()
    assert.equal(existsSync(join(trail.dir, 'anchors.jsonl')), false)
    await once(trail)
    assert.deepEqual(seqs(trail), [2])
  })
})

test('a process that wrote nothing anchors nothing', async () => {
  await withAnchors(async (trail) => {
    await once(trail, [])
    assert.equal(existsSync(join(trail.dir, 'anchors.jsonl')), false)
  })
})
