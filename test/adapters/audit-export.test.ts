import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { trailReader } from '../../src/adapters/audit-export.ts'
import { packFile } from '../../src/adapters/audit-gzip-pack.ts'
import { nodeFileOps } from '../../src/adapters/audit-ops.ts'
import type { Selection } from '../../src/audit/format/select.ts'
import type { TrailBatch } from '../../src/ports.ts'
import { draft, type Trail, withTrail } from '../helpers/audit.ts'
import { dayName, fillDays } from '../helpers/days.ts'
import { DEVICE } from '../helpers/formats.ts'
import { free } from '../helpers/prune.ts'

interface Read {
  readonly seqs: readonly number[]
  readonly text: string
  readonly passed: number
  readonly unreadable: readonly string[]
}

async function read(dir: string, selection: Selection = {}): Promise<Read> {
  const batches: TrailBatch[] = []
  const reader = trailReader(dir, () => Promise.resolve(DEVICE))
  for await (const batch of reader.lines(selection)) batches.push(batch)
  const lines = batches.flatMap((batch) => batch.lines)
  return {
    seqs: lines.map(({ event }) => event.seq),
    text: lines.map(({ text }) => `${text}\n`).join(''),
    passed: batches.reduce((sum, { passed }) => sum + passed, 0),
    unreadable: batches.flatMap(({ unreadable }) => unreadable ?? []),
  }
}

const upTo = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

async function pack({ dir }: Trail, ...days: readonly number[]): Promise<void> {
  for (const day of days) {
    assert.equal(await packFile(dayName(day), { dir, ops: nodeFileOps, lock: free }), 'packed')
  }
}

test('all events in their order, byte for byte, from packed files as from plain ones', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 5)
    const before = Object.values(trail.files()).join('')
    assert.equal((await read(trail.dir)).text, before)
    await pack(trail, 0, 1, 3)
    const { text, seqs, passed, unreadable } = await read(trail.dir)
    assert.equal(text, before)
    assert.deepEqual([seqs, passed, unreadable], [upTo(1, 15), 0, []])
  }))

test('since and until bound it by time, and files beyond them are left alone', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 6)
    await pack(trail, 0, 1)
    const noon = (day: number) => `${dayName(day).slice(0, 10)}T12:00:00.000Z`
    // Broken archives that nobody has to open.
    writeFileSync(join(trail.dir, `${dayName(0)}.gz`), 'no archive')
    const rows: readonly (readonly [Selection, readonly number[]])[] = [
      [{ since: noon(2) }, upTo(7, 18)],
      [{ since: noon(2), until: noon(4) }, upTo(7, 12)],
      [{ since: `${dayName(3).slice(0, 10)}T12:00:00.001Z` }, upTo(13, 18)],
      [{ since: noon(9) }, []],
    ]
    for (const [selection, seqs] of rows) {
      const got = await read(trail.dir, selection)
      assert.deepEqual([got.seqs, got.unreadable], [seqs, []], JSON.stringify(selection))
    }
    assert.deepEqual((await read(trail.dir, { until: noon(2) })).unreadable, [`${dayName(0)}`])
  }))

test('filters ask for whole values, whatever else a line holds', () =>
  withTrail(async (trail) => {
    const log = await trail.open()
    await log.append([
      draft({ agent: 'claude', run_id: 'r1' }),
      draft({ agent: 'claude-code', request: { params: { command: '"claude"' } } }),
      draft({
        session: 's2',
        tool: 'fetch',
        decision: { action: 'deny', policy: 'p', eval_us: 1 },
      }),
      draft({ kind: 'start', agent: 'ünï\ud800', decision: { action: 'start', eval_us: 0 } }),
    ])
    await log.close()
    const rows: readonly (readonly [Selection, readonly number[]])[] = [
      [{ agent: 'claude' }, [1]],
      [{ agent: 'claude', run: 'r1' }, [1]],
      [{ agent: 'claude', tool: 'fetch' }, []],
      [{ session: 's2' }, [3]],
      [{ decision: 'deny', policy: 'p' }, [3]],
      [{ kind: 'start' }, [4]],
      [{ agent: 'ünï\ufffd' }, [4]],
      [{ kind: 'decision' }, [1, 2, 3]],
    ]
    for (const [selection, seqs] of rows) {
      assert.deepEqual((await read(trail.dir, selection)).seqs, seqs, JSON.stringify(selection))
    }
  }))

test('what is no event is counted; a line on its way is not, in an old file it is', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 2)
    const path = (day: number) => join(trail.dir, dayName(day))
    appendFileSync(path(0), 'no event\n{"schema":"rampart.audit.v2"}\n\xff\n')
    appendFileSync(path(0), readFileSync(path(0), 'utf8').split('\n')[0]!.slice(0, 80))
    appendFileSync(path(1), '{"agent":"half')
    const { seqs, passed } = await read(trail.dir)
    assert.deepEqual([seqs, passed], [upTo(1, 6), 4])
  }))

test('an archive that is broken is named, and the rest is read', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 3)
    rmSync(join(trail.dir, dayName(1)))
    writeFileSync(join(trail.dir, `${dayName(1)}.gz`), 'no archive')
    const { seqs, unreadable } = await read(trail.dir)
    assert.deepEqual([seqs, unreadable], [[1, 2, 3, 7, 8, 9], [dayName(1)]])
  }))

test('what is appended while it is read does not keep it going', () =>
  withTrail(async (trail) => {
    const log = await trail.open()
    await log.append(Array.from({ length: 300 }, () => draft()))
    const reader = trailReader(trail.dir, () => Promise.resolve(DEVICE))
    let events = 0
    for await (const { lines } of reader.lines({})) {
      events += lines.length
      await log.append(Array.from({ length: 300 }, () => draft()))
    }
    assert.equal(events, 300)
  }))
