import assert from 'node:assert/strict'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { packFile } from '../../src/adapters/audit-gzip-pack.ts'
import { nodeFileOps } from '../../src/adapters/audit-ops.ts'
import { planPrune, pruneTrail } from '../../src/adapters/audit-prune.ts'
import { readStubs } from '../../src/adapters/audit-stubs.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import { draft, type Trail, withTrail } from '../helpers/audit.ts'
import { DAY, dayName, dyingAt, fillDays } from '../helpers/days.ts'
import { assertWhole, check, free, pruneOptions } from '../helpers/prune.ts'

const keepTwo = { age: 2.5 * DAY }

/** Six days of three events, pruned to the newest three. */
async function pruned(trail: Trail): Promise<readonly string[]> {
  await fillDays(trail, 6)
  const log = await trail.open()
  const { files } = await pruneTrail(pruneOptions(trail, log, { keep: keepTwo }))
  await log.close()
  return files.map(({ name }) => name)
}

async function alerts(trail: Trail): Promise<readonly AuditEvent[]> {
  const log = await trail.open()
  const events = await log.query({ kind: 'alert', limit: 10 })
  await log.close()
  return events
}

test('whole old files go, the rest verifies, and the root over all events is what it was', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 6)
    const { dir } = trail
    const before = await assertWhole(dir)
    const log = await trail.open()
    const options = pruneOptions(trail, log, { keep: keepTwo, keepText: '60h' })
    const { files, stub } = await pruneTrail(options)
    assert.deepEqual(files.map(({ name, why }) => [name, why]), [
      [dayName(0), 'age'],
      [dayName(1), 'age'],
      [dayName(2), 'age'],
    ])
    assert.deepEqual([stub?.first.seq, stub?.last.seq, stub?.tree.size], [1, 9, 9])
    const names = Object.keys(trail.files())
    assert.deepEqual(names, [dayName(3), dayName(4), dayName(5), 'pruned.jsonl'])
    const after = await assertWhole(dir)
    assert.equal(after.head.seq, 19)
    const [event] = await log.query({ kind: 'alert', limit: 5 })
    assert.equal(event?.seq, 19)
    assert.equal(event.principal, 'uid:7')
    assert.match(event.decision.message!, /^Pruned events 1 to 9, 3 files, to keep 60h$/)
    // Without the event that tells of it, the tree is the one it was.
    const last = readFileSync(join(dir, dayName(5)), 'utf8').trimEnd().split('\n').slice(0, -1)
    writeFileSync(join(dir, dayName(5)), `${last.join('\n')}\n`)
    assert.deepEqual(await check(dir), before)
  }))

test('prune after prune: each stub follows the one before it', () =>
  withTrail(async (trail) => {
    await pruned(trail)
    for (let round = 0; round < 3; round++) {
      trail.clock.advance(DAY)
      const log = await trail.open()
      await log.append([draft({ time: new Date(trail.clock.now()).toISOString() })])
      const { files } = await pruneTrail(pruneOptions(trail, log, { keep: keepTwo }))
      assert.equal(files.length, 1)
      await log.close()
      await assertWhole(trail.dir)
    }
    const stubs = await readStubs(trail.dir, nodeFileOps)
    assert.deepEqual(stubs.map(({ first, last }) => [first.seq, last.seq]), [
      [1, 9],
      [10, 12],
      [13, 15],
      [16, 19],
    ])
    assert.equal((await pruneTrail(pruneOptions(trail, await trail.open()))).files.length, 0)
  }))

test('a limit of size counts packed files as what they take, oldest first; the newest stays', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 4)
    const { dir } = trail
    await packFile(dayName(1), { dir, ops: nodeFileOps, lock: free })
    const log = await trail.open()
    const size = (name: string) => nodeFileOps.stat(join(dir, name))!.size
    const plan = async (bytes: number) =>
      (await planPrune(pruneOptions(trail, log, { keep: { bytes } }))).map(({ name }) => name)
    const last = size(dayName(3))
    const [, packed, two] = [0, size(`${dayName(1)}.gz`), size(dayName(2))]
    assert.ok(packed < two)
    const all = last + two + packed + size(dayName(0))
    assert.deepEqual(await plan(all), [])
    assert.deepEqual(await plan(all - 1), [dayName(0)])
    assert.deepEqual(await plan(last + two + packed), [dayName(0)])
    assert.deepEqual(await plan(last + two + packed - 1), [dayName(0), dayName(1)])
    assert.deepEqual(await plan(1), [dayName(0), dayName(1), dayName(2)])
    await pruneTrail(pruneOptions(trail, log, { keep: { bytes: 1 } }))
    assert.deepEqual(Object.keys(trail.files()), [dayName(3), 'pruned.jsonl'])
    await assertWhole(dir)
  }))

test('what somebody still has to read stays, until it is twice over the limit', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 8, 1)
    const log = await trail.open()
    const days = Array.from({ length: 8 }, (_, day) => dayName(day))
    const plan = async (heldFrom: number | undefined, keep: { age?: number; bytes?: number }) =>
      (await planPrune(pruneOptions(trail, log, { keep, heldFrom: () => heldFrom })))
        .map(({ name, why }) => `${days.indexOf(name)} ${why}`)
    assert.deepEqual(await plan(undefined, { age: 3.5 * DAY }), [
      '0 age',
      '1 age',
      '2 age',
      '3 age',
    ])
    assert.deepEqual(await plan(3, { age: 3.5 * DAY }), ['0 age', '1 age'])
    assert.deepEqual(await plan(1, { age: 3.5 * DAY }), [])
    assert.deepEqual(await plan(1, { age: 2.5 * DAY }), ['0 held too long', '1 held too long'])
    const one = nodeFileOps.stat(join(trail.dir, dayName(0)))!.size
    assert.deepEqual(await plan(1, { bytes: 4.5 * one }), [])
    assert.deepEqual(await plan(1, { bytes: 3.5 * one }), ['0 held too long'])
  }))

test('a process that dies at any step of a prune: the rest verifies, and the next one finishes', async () => {
  let steps = 0
  for (let nth = 1, alive = false; !alive; nth++) {
    await withTrail(async (trail) => {
      await fillDays(trail, 5)
      const { dir } = trail
      const { ops, died } = dyingAt(nth)
      const log = await trail.open()
      const fatal = {
        ...log,
        append: (drafts: Parameters<typeof log.append>[0]) =>
          died() ? Promise.reject(new Error('dead')) : log.append(drafts),
      }
      const keep = { keep: keepTwo }
      await pruneTrail(pruneOptions(trail, fatal, { ...keep, ops })).catch(() => undefined)
      alive = !died()
      await assertWhole(dir)
      const { finished, files } = await pruneTrail(pruneOptions(trail, log, keep))
      assert.ok(finished.length + files.length <= 2)
      assert.deepEqual(Object.keys(trail.files()), [
        dayName(2),
        dayName(3),
        dayName(4),
        'pruned.jsonl',
      ])
      await assertWhole(dir)
      assert.equal((await log.query({ kind: 'alert', limit: 9 })).length, 1)
      assert.equal((await readStubs(dir, nodeFileOps)).length, 1)
      steps = nth
    })
  }
  assert.ok(steps >= 7, `${steps} steps`)
})

test('one that dies between stub and event: the next one tells of it before it removes anything', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 5)
    const log = await trail.open()
    const mute = { ...log, append: () => Promise.reject(new Error('dead')) }
    await assert.rejects(pruneTrail(pruneOptions(trail, mute, { keep: keepTwo })), /dead/)
    assert.equal(Object.keys(trail.files()).length, 6)
    await assertWhole(trail.dir)
    await assert.rejects(pruneTrail(pruneOptions(trail, mute, { keep: keepTwo })), /dead/)
    assert.equal(Object.keys(trail.files()).length, 6)
    const { finished } = await pruneTrail(pruneOptions(trail, log, { keep: keepTwo }))
    assert.deepEqual(finished, [dayName(0), dayName(1)])
    assert.equal((await alerts(trail)).length, 1)
  }))

test('broken files are not pruned; with force the stub and the event say that they were', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 5)
    const { dir } = trail
    const text = readFileSync(join(dir, dayName(1)), 'utf8')
    writeFileSync(join(dir, dayName(1)), text.replace('"allow"', '"deny"'))
    const log = await trail.open()
    const options = { keep: keepTwo }
    const refused = await pruneTrail(pruneOptions(trail, log, options))
    assert.equal(refused.stub, undefined)
    assert.match(refused.findings[0]!, new RegExp(`^${dayName(1)}:1: The hash does not fit`))
    assert.ok(existsSync(join(dir, dayName(0))) && !existsSync(join(dir, 'pruned.jsonl')))
    const { stub } = await pruneTrail(pruneOptions(trail, log, { ...options, force: true }))
    assert.equal(stub?.findings, 1)
    assert.match((await alerts(trail))[0]!.decision.message!, /they were broken: 1 findings/)
    const { findings } = await check(dir)
    assert.deepEqual(findings, [
      'pruned.jsonl:1: Events 1 to 6 were broken when they were pruned: 1 findings',
    ])
  }))

test('files that are gone without a stub are a finding, before a prune and after it', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 6)
    await nodeFileOps.remove(join(trail.dir, dayName(0)))
    assert.match((await check(trail.dir)).findings[0]!, /Events 1 to 3 are missing/)
    const log = await trail.open()
    const { stub } = await pruneTrail(pruneOptions(trail, log, { keep: keepTwo, force: true }))
    assert.equal(stub?.findings, 1)
    const { findings } = await check(trail.dir)
    assert.ok(
      findings.some((text) => text.includes('broken when they were pruned')),
      String(findings),
    )
  }))

type Tamper = (lines: string[], dir: string) => readonly string[]

const TAMPERED: readonly (readonly [what: string, tamper: Tamper, RegExp])[] = [
  ['the stub is away', () => [], /Events 1 to 9 are missing/],
  [
    'another number of the last event',
    edit(/"seq":9,/, '"seq":8,'),
    /signature|not one of its root/,
  ],
  [
    'another hash at the cut',
    edit(/("last":\{"hash":"sha256:)./, '$1f', '$1e'),
    /signature of the stub/,
  ],
  ['another root', edit(/("root":"sha256:)./, '$1f', '$1e'), /not one of its root|signature/],
  ['findings that are hidden', edit(/"findings":0/, '"findings":1'), /signature of the stub/],
  ['another signature', edit(/("signature":")../, '$1AA', '$1BB'), /signature of the stub/],
  ['another key', edit(/"key_id":"......../, '"key_id":"deadbeef'), /a key that is not known/],
  ['a member more', edit(/^\{/, '{"a":1,'), /no stub of a prune/],
  ['a blank', edit(/,/, ', '), /not in canonical form/],
  ['the stub twice', ([line]) => [line!, line!], /does not follow/],
  ['no JSON', () => ['{'], /no stub of a prune/],
]

/** `or` where what is random stands there already. */
function edit(from: RegExp, to: string, or = to): Tamper {
  return (lines) =>
    lines.map((line) => {
      const edited = line.replace(from, to)
      const changed = edited === line ? line.replace(from, or) : edited
      assert.notEqual(changed, line)
      return changed
    })
}

for (const [what, tamper, finding] of TAMPERED) {
  test(`a stub is not believed: ${what}`, () =>
    withTrail(async (trail) => {
      await pruned(trail)
      const path = join(trail.dir, 'pruned.jsonl')
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
      writeFileSync(path, tamper(lines, trail.dir).map((line) => `${line}\n`).join(''))
      const { findings } = await check(trail.dir)
      assert.ok(findings.some((text) => finding.test(text)), String(findings))
    }))
}

test('a file that comes back under the name of a pruned one is not passed over', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 6)
    const { dir } = trail
    const [same, other] = [readFileSync(join(dir, dayName(0))), readFileSync(join(dir, dayName(1)))]
    const log = await trail.open()
    await pruneTrail(pruneOptions(trail, log, { keep: keepTwo }))
    writeFileSync(join(dir, dayName(0)), same)
    await assertWhole(dir)
    writeFileSync(join(dir, dayName(0)), other)
    assert.ok((await check(dir)).findings.length > 0)
    const { finished } = await pruneTrail(pruneOptions(trail, log, { keep: keepTwo }))
    assert.deepEqual(finished, [])
    renameSync(join(dir, dayName(0)), join(dir, 'aside'))
    await assertWhole(dir)
  }))

test('on a stub that is none nothing is built', () =>
  withTrail(async (trail) => {
    await pruned(trail)
    writeFileSync(join(trail.dir, 'pruned.jsonl'), '{}\n', { flag: 'a' })
    const log = await trail.open()
    await assert.rejects(
      pruneTrail(pruneOptions(trail, log, { keep: { bytes: 1 } })),
      /pruned\.jsonl:2: The line is no stub of a prune/,
    )
    assert.ok(existsSync(join(trail.dir, dayName(3))))
  }))
