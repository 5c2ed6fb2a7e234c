import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { trailFiles } from '../../src/adapters/audit-files.ts'
import { nodeFileOps } from '../../src/adapters/audit-ops.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import { draft, faulty, NOON, withTrail } from '../helpers/audit.ts'
import { assertClean, at, DAY } from '../helpers/trail.ts'

function eventsIn(dir: string): AuditEvent[] {
  return trailFiles(nodeFileOps.list(dir)).flatMap(({ name }) =>
    readFileSync(join(dir, name), 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line))
  )
}

test('a full file is followed by the next part, two writers and ten parts long', async () => {
  await withTrail(async ({ dir, open, files }) => {
    const logs = [await open({ fileBytes: 2000 }), await open({ fileBytes: 2000 })]
    for (let round = 0; round < 12; round++) {
      for (const log of logs) await log.append([draft()])
      await Promise.all(logs.map((log) => log.append([draft()])))
    }
    const sizes = Object.values(files()).map((text) => text.length)
    assert.ok(sizes.length > 10, `${sizes.length} files`)
    assert.ok(sizes.every((size) => size > 0 && size <= 2000), String(sizes))
    await assertClean(dir, 48)
    assert.deepEqual(
      eventsIn(dir).map(({ seq }) => seq),
      Array.from({ length: 48 }, (_, i) => i + 1),
    )
  })
})

test('what is larger than a file may be has one of its own', async () => {
  await withTrail(async ({ dir, open, files }) => {
    const log = await open({ fileBytes: 2000 })
    await log.append([draft()])
    await log.append(Array.from({ length: 10 }, () => draft()))
    await log.append([draft()])
    assert.equal(Object.keys(files()).length, 3)
    await assertClean(dir, 12)
  })
})

test('each new name is durable before anything is written under it', async () => {
  const done: string[] = []
  const ops = faulty((operation, path) => {
    if (['write', 'syncDirectory'].includes(operation)) done.push(`${operation} ${path.slice(-18)}`)
    return undefined
  })
  await withTrail(async ({ dir, open }) => {
    const log = await open({ ops, fileBytes: 1000 })
    await log.append([draft()])
    const steps = done.map((step) => step.split(' ')[0])
    assert.deepEqual(steps, ['syncDirectory', 'syncDirectory', 'write'])
    for (let count = 0; count < 5; count++) await log.append([draft()])
    const names = new Set(done.filter((step) => step.startsWith('write')))
    assert.equal(names.size, trailFiles(nodeFileOps.list(dir)).length)
    for (const step of names) assert.match(done[done.indexOf(step) - 1]!, /^syncDirectory/)
  })
})

test('an empty file that a crash left is named durably before it is written to', async () => {
  let broken = true
  let syncs = 0
  const ops = faulty((operation) => {
    if (operation !== 'syncDirectory') return undefined
    syncs += 1
    return broken ? 'EIO' : undefined
  })
  await withTrail(async ({ dir, open, files }) => {
    const log = await open({ ops })
    await assert.rejects(log.append([draft()]))
    broken = false
    syncs = 0
    await log.append([draft()])
    // The file's directory, and the one that the trail itself is new in.
    assert.equal(syncs, 2)
    assert.equal(Object.keys(files()).length, 1)
    await assertClean(dir, 1)
  })
})

test('a clock that jumps ahead and back over midnight, with a restart between: one chain, no time back', async () => {
  await withTrail(async ({ dir, clock, open, files }) => {
    const jumps = [0, DAY, -DAY, 400 * DAY, -400 * DAY, -20 * 365 * DAY, 60_000]
    for (const jump of jumps) {
      clock.set(NOON + jump)
      const log = await open()
      await log.append([draft(at(clock.now()))])
      await log.append([draft(at(clock.now())), draft(at(clock.now()))])
      await log.close()
    }
    await assertClean(dir, 21)
    const events = eventsIn(dir)
    const times = events.map(({ time }) => time)
    assert.deepEqual(times, [...times].sort())
    // What the clock said is kept where it had gone back.
    assert.equal(events.filter(({ clock_time }) => clock_time !== undefined).length, 12)
    assert.equal(events.at(-1)?.clock_time, at(NOON + 60_000).time)
    assert.deepEqual(Object.keys(files()).length, 3)
  })
})
