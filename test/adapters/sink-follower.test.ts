import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { packFile } from '../../src/adapters/audit-gzip-pack.ts'
import { heldBySinks } from '../../src/adapters/audit-held.ts'
import { nodeFileOps } from '../../src/adapters/audit-ops.ts'
import { trailFileOps } from '../../src/adapters/audit-gzip.ts'
import { cursorAtEnd, SinkCursors } from '../../src/adapters/sink-cursors.ts'
import { behind, Follower } from '../../src/adapters/sink-follower.ts'
import { type Cursor, cursorText, readCursor, START } from '../../src/audit/cursor.ts'
import { draft, withTrail } from '../helpers/audit.ts'
import { dayName, fillDays } from '../helpers/days.ts'
import { free } from '../helpers/prune.ts'

const upTo = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

interface Followed {
  readonly seqs: readonly number[]
  readonly lost: readonly string[]
  readonly again: boolean
  readonly cursor: Cursor
}

/** All there is behind a cursor, to its end, by a process that was just started. */
async function follow(dir: string, from: Cursor, most = Infinity): Promise<Followed> {
  const follower = new Follower(dir)
  const seqs: number[] = []
  const lost: string[] = []
  let again = false
  let cursor = from
  for (;;) {
    const step = await follower.read(cursor)
    lost.push(...step.lost.map(({ from, to }) => `${from}-${to}`))
    again ||= step.again
    const lines = step.lines.slice(0, most - seqs.length)
    if (lines.length === 0) break
    seqs.push(...lines.map(({ event }) => event.seq))
    cursor = behind(cursor, lines, '2026-11-24T12:00:00.000Z')
    if (seqs.length >= most) break
  }
  await follower.close()
  return { seqs, lost, again, cursor }
}

const pack = (dir: string, day: number) =>
  packFile(dayName(day), { dir, ops: nodeFileOps, lock: free })

test('from any place on, through rotated and packed files, each event once', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 4)
    for (let first = 0; first <= 12; first++) {
      const { cursor } = await follow(trail.dir, START, first)
      if (first === 5) await pack(trail.dir, 1)
      if (first === 9) { for (const day of [0, 2]) await pack(trail.dir, day) }
      const rest = await follow(trail.dir, first === 0 ? START : cursor)
      assert.deepEqual(rest.seqs, upTo(first + 1, 12))
      assert.deepEqual([rest.lost, rest.again], [[], false])
    }
  }))

test('what was pruned before it was read is told by its numbers, and nothing else is missing', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 4)
    const { cursor } = await follow(trail.dir, START, 2)
    for (const day of [0, 1]) rmSync(join(trail.dir, dayName(day)))
    const rest = await follow(trail.dir, cursor)
    assert.deepEqual([rest.seqs, rest.lost, rest.again], [upTo(7, 12), ['3-6'], false])
    // One that has read all of a file misses nothing when that goes.
    const whole = await follow(trail.dir, START, 3)
    rmSync(join(trail.dir, dayName(2)))
    const after = await follow(trail.dir, whole.cursor)
    assert.deepEqual([after.seqs, after.lost], [upTo(10, 12), []])
  }))

test('a broken archive and a damaged line are told as lost; the rest comes', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 4)
    const path = (day: number) => join(trail.dir, dayName(day))
    rmSync(path(1))
    writeFileSync(`${path(1)}.gz`, 'no archive')
    const lines = readFileSync(path(2), 'utf8').split('\n')
    writeFileSync(path(2), [lines[0], 'no event', lines[2], ''].join('\n'))
    const { seqs, lost } = await follow(trail.dir, START)
    assert.deepEqual([seqs, lost], [[1, 2, 3, 7, 9, 10, 11, 12], ['4-6', '8-8']])
  }))

test('a file that was repaired shifts its lines: none comes twice', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 1, 6)
    const path = join(trail.dir, dayName(0))
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, `torn line\n${text}`)
    const { cursor } = await follow(trail.dir, START, 4)
    writeFileSync(path, text)
    const rest = await follow(trail.dir, cursor)
    assert.deepEqual([rest.seqs, rest.again, rest.lost], [[5, 6], false, []])
  }))

test('an end that a power cut took back: what is known is found again, the rest comes once more', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 1, 4)
    let { cursor } = await follow(trail.dir, START, 2)
    cursor = (await follow(trail.dir, cursor)).cursor
    const path = join(trail.dir, dayName(0))
    const lines = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, `${lines.slice(0, 3).join('\n')}\n`)
    const log = await trail.open()
    await log.append([draft({ time: `${dayName(0).slice(0, 10)}T13:00:00.000Z` })])
    await log.close()
    const rest = await follow(trail.dir, cursor)
    assert.deepEqual([rest.seqs.slice(0, 2), rest.again, rest.lost], [[3, 4], true, []])
  }))

test('a line that is on its way is not read before it is whole', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 1, 3)
    const path = join(trail.dir, dayName(0))
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.slice(0, -5))
    const { seqs, cursor } = await follow(trail.dir, START)
    assert.deepEqual(seqs, [1, 2])
    writeFileSync(path, text)
    assert.deepEqual((await follow(trail.dir, cursor)).seqs, [3])
  }))

test('cursors: durable, idle when nobody has their sink, at the beginning when broken', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 1, 3)
    const cursors = new SinkCursors(trail.dir)
    await cursors.keepOnly(['a', 'b'])
    assert.equal(await cursors.load('a'), undefined)
    const end = await cursorAtEnd(trail.dir, trailFileOps)
    assert.equal(end.marks[0]!.seq, 3)
    assert.deepEqual((await follow(trail.dir, end)).seqs, [])
    await cursors.save('a', end)
    await cursors.save('b', (await follow(trail.dir, START, 1)).cursor)
    assert.deepEqual(await cursors.load('a'), end)
    assert.equal(heldBySinks(trail.dir), 2)
    await cursors.keepOnly(['a'])
    assert.equal(heldBySinks(trail.dir), 4)
    await cursors.keepOnly(['a', 'b'])
    assert.equal((await cursors.load('b'))!.marks[0]!.seq, 1)
    writeFileSync(join(trail.dir, '.private', 'sinks', 'b.json'), '{"schema":1}')
    assert.deepEqual(await cursors.load('b'), START)
  }))

test('a cursor is read as it was written, and nothing else is one', () => {
  const mark = { file: 'f', start: 0, offset: 9, seq: 1, hash: 'h' }
  const cursor = { ...START, marks: [mark], delivered: 1, at: '2026-11-24T12:00:00.000Z' }
  assert.deepEqual(readCursor(cursorText(cursor)), cursor)
  const whole = JSON.parse(cursorText(cursor))
  const odd = [{ marks: [{ ...mark, offset: -1 }] }, { marks: 1 }, { at: 5 }, { lost: '1' }, {
    schema: 'x',
  }]
  for (const change of odd) {
    assert.equal(readCursor(JSON.stringify({ ...whole, ...change })), undefined)
  }
  for (const text of ['', 'null', '[]', '{']) assert.equal(readCursor(text), undefined)
})
