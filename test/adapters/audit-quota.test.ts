import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { heldBySinks } from '../../src/adapters/audit-held.ts'
import { type FileOps, nodeFileOps } from '../../src/adapters/audit-ops.ts'
import { keepTrail } from '../../src/adapters/audit-keeper.ts'
import { retain, retentionLock } from '../../src/adapters/audit-quota.ts'
import { verifyDirectory } from '../../src/adapters/audit-verify.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import type { AuditLog } from '../../src/ports.ts'
import { draft, type Trail, withTrail } from '../helpers/audit.ts'
import { DAY, dayName, fillDays } from '../helpers/days.ts'
import { assertWhole, pruneOptions } from '../helpers/prune.ts'

const quiet = { error: () => {}, warn: () => {}, info: () => {} }

function optionsFor(
  trail: Trail,
  audit: AuditLog,
  change: Parameters<typeof pruneOptions>[2] = {},
) {
  return { ...pruneOptions(trail, audit, change), audit }
}

/** Let what waits go on, until a look at the trail says that it is done. */
async function until(done: () => Promise<boolean>, trail: Trail, ms = 25): Promise<void> {
  for (let turn = 0; turn < 100_000; turn++) {
    if (await done()) return
    trail.clock.advance(ms)
    // What takes long waits for a disk or a thread, and turns of this loop are no measure for those.
    await new Promise((resolve) => turn < 1000 ? setImmediate(resolve) : setTimeout(resolve, 1))
  }
  assert.fail('it is never done')
}

function has({ dir }: Trail, name: string): boolean {
  return nodeFileOps.stat(join(dir, name)) !== undefined
}

async function alertsOf(log: AuditLog): Promise<readonly AuditEvent[]> {
  return await log.query({ kind: 'alert', limit: 20 })
}

test('a server prunes and packs by itself, soon after its start, and says so in the trail', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 7)
    const log = await trail.open()
    const keeper = keepTrail(optionsFor(trail, log, { keep: { age: 4.5 * DAY } }), quiet)
    assert.equal((await alertsOf(log)).length, 0)
    await until(async () => has(trail, `${dayName(4)}.gz`), trail)
    await keeper.close()
    assert.deepEqual(Object.keys(trail.files()), [
      `${dayName(2)}.gz`,
      `${dayName(3)}.gz`,
      `${dayName(4)}.gz`,
      dayName(5),
      dayName(6),
      'pruned.jsonl',
    ])
    const alerts = await alertsOf(log)
    assert.equal(alerts.length, 1)
    assert.match(alerts[0]!.decision.message!, /^Pruned events 1 to 6, 2 files/)
    await assertWhole(trail.dir)
  }))

test('it looks again once a day, and when a new file was begun', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 3)
    const log = await trail.open()
    const keeper = keepTrail(optionsFor(trail, log, { keep: { age: 3.5 * DAY } }), quiet)
    await until(async () => has(trail, `${dayName(0)}.gz`), trail)
    trail.clock.advance(DAY)
    await log.append([draft({ time: new Date(trail.clock.now()).toISOString() })])
    await until(async () => has(trail, `${dayName(1)}.gz`), trail)
    assert.equal((await alertsOf(log)).length, 0)
    trail.clock.advance(1.1 * DAY)
    await until(async () => (await alertsOf(log)).length === 1, trail)
    await until(async () => !has(trail, `${dayName(0)}.gz`), trail)
    await keeper.close()
    await assertWhole(trail.dir)
  }))

test('broken old files are kept and told of once; where they are twice over the limit, they go', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 5)
    const { dir } = trail
    const text = readFileSync(join(dir, dayName(0)), 'utf8')
    writeFileSync(join(dir, dayName(0)), text.replace('"allow"', '"deny"'))
    const log = await trail.open()
    const told: string[] = []
    const report = { ...quiet, warn: (message: string) => void told.push(message) }
    const keeper = keepTrail(optionsFor(trail, log, { keep: { age: 2.5 * DAY } }), report)
    await until(async () => (await alertsOf(log)).length > 0, trail)
    trail.clock.advance(DAY * 1.1)
    await until(async () => has(trail, 'pruned.jsonl'), trail)
    await until(async () => (await alertsOf(log)).length === 2, trail)
    await keeper.close()
    assert.equal(told.length, 1)
    assert.match(told[0]!, /broken and were not pruned: .*Next: rampart audit verify/)
    assert.match((await alertsOf(log))[0]!.decision.message!, /they were broken: 1 findings/)
  }))

test('the cursors of sinks hold back what they have not read', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 6)
    const { dir } = trail
    assert.equal(heldBySinks(dir), undefined)
    const place = join(dir, '.private', 'sinks')
    mkdirSync(place)
    assert.equal(heldBySinks(dir), undefined)
    writeFileSync(join(place, 'siem.json'), '{"seq":17}')
    writeFileSync(join(place, 'syslog.json'), '{"seq":5}')
    assert.equal(heldBySinks(dir), 6)
    const log = await trail.open()
    const heldFrom = () => heldBySinks(dir)
    const options = () => optionsFor(trail, log, { keep: { age: 2.5 * DAY }, heldFrom })
    const what = { pack: false, force: false }
    assert.deepEqual((await retain(options(), what)).files.map(({ name }) => name), [dayName(0)])
    writeFileSync(join(place, 'syslog.json'), '{')
    assert.equal(heldBySinks(dir), 1)
    assert.deepEqual((await retain(options(), what)).files, [])
    trail.clock.advance(1.5 * DAY)
    const { files } = await retain(options(), what)
    assert.deepEqual(files.map(({ why }) => why), ['held too long'])
    assert.match((await alertsOf(log))[0]!.decision.message!, /not yet delivered everywhere/)
    await assertWhole(dir)
  }))

test('where another process is at it, this one leaves it alone', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 6)
    const log = await trail.open()
    const other = retentionLock(trail.dir)
    await other.take()
    const keeper = keepTrail(optionsFor(trail, log, { keep: { age: 2.5 * DAY } }), quiet)
    for (let turn = 0; turn < 50; turn++) {
      trail.clock.advance(5000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.equal(trail.files()['pruned.jsonl'], undefined)
    other.give()
    other.close()
    await until(async () => has(trail, 'pruned.jsonl'), trail)
    await keeper.close()
  }))

test('a person who waits comes first: the server stops where it is and begins anew later', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 6)
    const log = await trail.open()
    let started = false
    let taken = false
    const ops: FileOps = {
      ...nodeFileOps,
      open(path, how) {
        if (path.endsWith(dayName(1))) started = true
        return nodeFileOps.open(path, how)
      },
    }
    const keeper = keepTrail(optionsFor(trail, log, { ops, keep: { age: 2.5 * DAY } }), quiet)
    trail.clock.advance(5000)
    await until(async () => started, trail)
    const person = retentionLock(trail.dir)
    const taking = person.take().then(() => void (taken = true))
    await until(async () => taken, trail)
    await taking
    assert.ok(!has(trail, 'pruned.jsonl'))
    person.give()
    person.close()
    await until(async () => has(trail, `${dayName(4)}.gz`) || has(trail, 'pruned.jsonl'), trail)
    await keeper.close()
    await assertWhole(trail.dir)
  }))

test('closing it in the middle of its work leaves a trail that verifies', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 6)
    const log = await trail.open()
    const keeper = keepTrail(optionsFor(trail, log, { keep: { age: 2.5 * DAY } }), quiet)
    trail.clock.advance(5000)
    await new Promise((resolve) => setImmediate(resolve))
    await keeper.close()
    await assertWhole(trail.dir)
    assert.ok(nodeFileOps.stat(join(trail.dir, dayName(5))) !== undefined)
    if (trail.files()['pruned.jsonl'] === undefined) {
      assert.deepEqual((await verifyDirectory(trail.dir)).findings, [])
    }
  }))
