import assert from 'node:assert/strict'
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { verifyDirectory } from '../../src/adapters/audit-verify.ts'
import { draft, faulty, withTrail } from '../helpers/audit.ts'

import { assertClean, failsWith, FIRST, newest } from '../helpers/trail.ts'

test('a torn line is moved aside at the start, and a recovery event says so', async () => {
  await withTrail(async ({ dir, open, files }) => {
    const log = await open()
    await log.append([draft(), draft()])
    await log.close()
    truncateSync(join(dir, FIRST), statSync(join(dir, FIRST)).size - 40)
    const torn = files()[FIRST]!.split('\n')[1]!
    const again = await open()
    const [event] = await newest(again)
    assert.equal(event?.kind, 'recovery')
    const request = event?.request as { torn_bytes: number; kept_as: string }
    assert.equal(request.torn_bytes, torn.length)
    assert.equal(files()[request.kept_as], torn)
    assert.equal(statSync(join(dir, request.kept_as)).mode & 0o777, 0o600)
    await again.append([draft()])
    await assertClean(dir, 3)
  })
})

test('a line whole but for its line feed is moved aside too', async () => {
  await withTrail(async ({ dir, open }) => {
    const log = await open()
    await log.append([draft()])
    truncateSync(join(dir, FIRST), statSync(join(dir, FIRST)).size - 1)
    await log.append([draft()])
    const events = await newest(log, 9)
    assert.deepEqual(events.map(({ kind }) => kind), ['decision', 'alert', 'recovery'])
    // The event was this process's own, so that it is gone is a gap in the chain as well.
    const { findings } = await verifyDirectory(dir)
    assert.deepEqual(findings.map(({ message }) => message), [
      'Events 1 to 1 are missing before this one',
    ])
  })
})

test('a torn line that another process left is moved aside within the lock', async () => {
  await withTrail(async ({ dir, open, files }) => {
    const log = await open()
    await log.append([draft()])
    appendFileSync(join(dir, FIRST), '{"half')
    await log.append([draft()])
    assert.ok(
      Object.entries(files()).some(([name, text]) => name.includes('.torn-') && text === '{"half'),
    )
    await assertClean(dir, 3)
  })
})

test('a torn line that cannot be moved stays: the trail goes on in a new file', async () => {
  await withTrail(async ({ dir, open, files }) => {
    await (await open()).append([draft()])
    appendFileSync(join(dir, FIRST), '{"half')
    const log = await open({
      ops: faulty((operation) => operation === 'truncate' ? 'EPERM' : undefined),
    })
    await log.append([draft()])
    assert.deepEqual(Object.keys(files()), ['2026-11-24.1.jsonl', FIRST])
    const verified = await verifyDirectory(dir)
    assert.deepEqual(verified.findings.map(({ file, line }) => `${file}:${line}`), [
      `${FIRST}:2`,
      `${FIRST}:2`,
    ])
    assert.equal(verified.events, 3)
  })
})

test('a full disk that tears a line does not fill with copies of it', async () => {
  await withTrail(async ({ dir, open, files }) => {
    await (await open()).append([draft()])
    appendFileSync(join(dir, FIRST), '{"half')
    let full = true
    const ops = faulty((operation) => full && operation === 'write' ? 'ENOSPC' : undefined)
    const log = await open({ ops })
    for (let count = 0; count < 5; count++) {
      await assert.rejects(log.append([draft()]), failsWith('audit_unavailable'))
    }
    assert.deepEqual(Object.keys(files()), [FIRST])
    full = false
    await log.append([draft()])
    assert.deepEqual((await newest(log, 9)).map(({ kind }) => kind), [
      'decision',
      'recovery',
      'decision',
    ])
    assert.deepEqual((await verifyDirectory(dir)).findings, [])
  })
})

test('a trail directory that is removed while we run is made again', async () => {
  await withTrail(async ({ dir, open }) => {
    const [a, b] = [await open(), await open()]
    await a.append([draft()])
    rmSync(dir, { recursive: true })
    await a.append([draft()])
    await Promise.all([a.append([draft()]), b.append([draft()]), a.append([draft()])])
    const { findings, events } = await verifyDirectory(dir)
    assert.deepEqual(findings.map(({ message }) => message), [
      'Events 1 to 1 are missing before this one',
    ])
    assert.equal(events, 5)
  })
})

test('what has the name of a file but is none is not followed', async () => {
  await withTrail(async ({ dir, open, files }) => {
    writeFileSync(join(dir, 'elsewhere'), 'untouched')
    symlinkSync(join(dir, 'elsewhere'), join(dir, FIRST))
    mkdirSync(join(dir, '2026-11-24.1.jsonl'))
    const log = await open()
    await log.append([draft()])
    assert.equal(readFileSync(join(dir, 'elsewhere'), 'utf8'), 'untouched')
    assert.match(readFileSync(join(dir, '2026-11-24.2.jsonl'), 'utf8'), /"seq":1/)
    rmSync(join(dir, '2026-11-24.1.jsonl'), { recursive: true })
    const { findings } = await verifyDirectory(dir)
    assert.deepEqual(findings, [
      { kind: 'file', file: FIRST, line: 0, message: 'Not a regular file' },
    ])
    assert.ok(files()[FIRST] === 'untouched')
  })
})
