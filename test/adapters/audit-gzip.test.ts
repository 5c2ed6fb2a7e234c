import assert from 'node:assert/strict'
import { readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { packMember, readTable, tableMember } from '../../src/adapters/audit-gzip-format.ts'
import { packFile } from '../../src/adapters/audit-gzip-pack.ts'
import { openArchive } from '../../src/adapters/audit-gzip-read.ts'
import { trailFileOps } from '../../src/adapters/audit-gzip.ts'
import { type FileOps, nodeFileOps, type OpenFile } from '../../src/adapters/audit-ops.ts'
import { verifyDirectory } from '../../src/adapters/audit-verify.ts'
import { draft, withTrail } from '../helpers/audit.ts'
import { dayName, dyingAt, fillDays } from '../helpers/days.ts'
import { assertClean } from '../helpers/trail.ts'

const free = { take: () => Promise.resolve(), give: () => {} }
const FIRST = dayName(0)

function inMemory(bytes: Uint8Array): OpenFile {
  return {
    stat: () => Promise.resolve({ size: bytes.length, ino: 1n, changed: 1n }),
    read(into, position) {
      const piece = bytes.subarray(position, position + into.length)
      into.set(piece)
      return Promise.resolve(piece.length)
    },
    write: () => Promise.reject(new Error('read only')),
    datasync: () => Promise.resolve(),
    truncate: () => Promise.reject(new Error('read only')),
    close: () => Promise.resolve(),
  }
}

async function archiveOf(pieces: readonly Uint8Array[]): Promise<Uint8Array> {
  const packed = await Promise.all(pieces.map(packMember))
  const members = packed.map((bytes, i) => ({ packed: bytes.length, plain: pieces[i]!.length }))
  return Buffer.concat([...packed, tableMember(members)])
}

const broken = { code: 'EBADARCHIVE' }

test('law: any range of an archive is that range of what was packed, and gunzip reads the whole', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 90 }), { maxLength: 8 }),
      fc.nat(800),
      fc.nat(300),
      async (pieces, position, length) => {
        const plain = Buffer.concat(pieces)
        const bytes = await archiveOf(pieces)
        assert.ok(gunzipSync(bytes).equals(plain))
        const file = await openArchive(inMemory(bytes))
        assert.equal((await file.stat()).size, plain.length)
        const into = new Uint8Array(length)
        const read = await file.read(into, position)
        assert.ok(plain.subarray(position, position + length).equals(into.subarray(0, read)))
      },
    ),
    { numRuns: 60 },
  ))

test('a table that lies, a member that was changed and a bomb are refused', async () => {
  const pieces = [new Uint8Array(5000).fill(65), new Uint8Array(100).fill(66)]
  const good = await archiveOf(pieces)
  const [one, two] = await Promise.all(pieces.map(packMember))
  const members = [{ packed: one!.length, plain: 5000 }, { packed: two!.length, plain: 100 }]
  const read = async (bytes: Uint8Array) => {
    const file = await openArchive(inMemory(bytes))
    await file.read(new Uint8Array(6000), 0)
  }
  await read(good)
  for (const plain of [4999, 5001, 1, 0]) {
    const lying = [{ ...members[0]!, plain }, members[1]!]
    await assert.rejects(read(Buffer.concat([one!, two!, tableMember(lying)])), broken)
  }
  const sizes = [{ ...members[0]!, packed: one!.length - 1 }, members[1]!]
  await assert.rejects(read(Buffer.concat([one!, two!, tableMember(sizes)])), broken)
  const huge = [{ ...members[0]!, plain: 0xffff_ffff }, members[1]!]
  await assert.rejects(read(Buffer.concat([one!, two!, tableMember(huge)])), broken)
  for (const at of [12, 20, one!.length - 5, one!.length + 12, good.length - 30]) {
    const changed = Buffer.from(good)
    changed[at] = changed[at]! ^ 1
    await assert.rejects(read(changed), broken, `byte ${at}`)
  }
  for (const size of [0, 9, 20, good.length - 1]) {
    await assert.rejects(read(good.subarray(0, size)), broken, `${size} bytes`)
  }
  await assert.rejects(readTable(inMemory(gzipSync('x')), gzipSync('x').length), broken)
})

test('a packed file is read by every reader as if it were not, and verifies', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 3, 4)
    const { dir } = trail
    const before = readFileSync(join(dir, FIRST))
    assert.equal(await packFile(FIRST, { dir, ops: nodeFileOps, lock: free }), 'packed')
    assert.deepEqual(Object.keys(trail.files()), [`${FIRST}.gz`, dayName(1), dayName(2)])
    assert.ok(gunzipSync(readFileSync(join(dir, `${FIRST}.gz`))).equals(before))
    await assertClean(dir, 12)
    const log = await trail.open()
    const events = await log.query({ limit: 50, order: 'asc' })
    assert.deepEqual(events.map(({ seq }) => seq), Array.from({ length: 12 }, (_, i) => i + 1))
    assert.deepEqual(
      (await log.query({ limit: 2, order: 'asc', after: 1 })).map(({ seq }) => seq),
      [
        2,
        3,
      ],
    )
    assert.equal((await log.query({ limit: 50 })).length, 12)
    await assert.rejects(trailFileOps.open(join(dir, FIRST), 'create'), { code: 'EEXIST' })
  }))

test('many members: lines stay whole, and reading backwards crosses them', () =>
  withTrail(async (trail) => {
    const { dir } = trail
    await fillDays(trail, 1, 700, () => ({
      request: { params: { text: Array.from({ length: 60 }, () => 'x'.repeat(100)).join(' ') } },
    }))
    await packFile(FIRST, { dir, ops: nodeFileOps, lock: free })
    const file = await nodeFileOps.open(join(dir, `${FIRST}.gz`), 'read')
    const { size } = await file.stat()
    const members = await readTable(file, size)
    await file.close()
    assert.ok(members.length >= 2, `${members.length} members`)
    const bytes = readFileSync(join(dir, `${FIRST}.gz`))
    let at = 0
    for (const { packed } of members) {
      const plain = gunzipSync(bytes.subarray(at, at + packed))
      assert.equal(plain.at(-1), 10)
      at += packed
    }
    await assertClean(dir, 700)
  }))

test('a process that dies at any step of packing loses nothing, and the next one finishes', async () => {
  let steps = 0
  for (let nth = 1, alive = false; !alive; nth++) {
    await withTrail(async (trail) => {
      const { dir } = trail
      await fillDays(trail, 2)
      const before = readFileSync(join(dir, FIRST))
      const { ops, died } = dyingAt(nth)
      const options = (use: FileOps) => ({ dir, ops: use, lock: free })
      const first = await packFile(FIRST, options(ops)).catch(() => undefined)
      alive = !died()
      assert.equal(first, alive ? 'packed' : undefined)
      await assertClean(dir, 6)
      const there = nodeFileOps.stat(join(dir, FIRST)) !== undefined
      if (there) assert.equal(await packFile(FIRST, options(nodeFileOps)), 'packed')
      assert.deepEqual(Object.keys(trail.files()), [`${FIRST}.gz`, dayName(1)])
      assert.ok(gunzipSync(readFileSync(join(dir, `${FIRST}.gz`))).equals(before))
      steps = nth
    })
  }
  assert.ok(steps > 6, `${steps} steps`)
})

test('where both are there and differ, nothing is touched and the plain one counts', () =>
  withTrail(async (trail) => {
    const { dir } = trail
    await fillDays(trail, 2)
    const planted = gzipSync('{"seq":1}\n')
    writeFileSync(join(dir, `${FIRST}.gz`), planted)
    assert.equal(await packFile(FIRST, { dir, ops: nodeFileOps, lock: free }), 'differs')
    assert.ok(readFileSync(join(dir, `${FIRST}.gz`)).equals(planted))
    const { findings, events } = await verifyDirectory(dir)
    assert.deepEqual(findings.map(({ file, kind }) => [file, kind]), [[`${FIRST}.gz`, 'archive']])
    assert.equal(events, 6)
  }))

test('an archive that was changed is a finding, wherever it was, and the rest is still read', async () => {
  for (const place of [0.1, 0.5, 0.99]) {
    await withTrail(async (trail) => {
      const { dir } = trail
      await fillDays(trail, 3)
      await packFile(FIRST, { dir, ops: nodeFileOps, lock: free })
      const path = join(dir, `${FIRST}.gz`)
      const bytes = readFileSync(path)
      const at = Math.floor(bytes.length * place)
      bytes[at] = bytes[at]! ^ 1
      writeFileSync(path, bytes)
      const { findings, events } = await verifyDirectory(dir)
      assert.deepEqual(findings.map(({ file, kind }) => [file, kind]), [
        [`${FIRST}.gz`, 'archive'],
        [dayName(1), 'gap'],
      ])
      assert.equal(events, 6)
      const log = await trail.open()
      assert.equal((await log.query({ limit: 50 })).length, 6)
      await log.append([draft({ time: new Date(trail.clock.now()).toISOString() })])
    })
  }
})

test('a link in the place of an archive is a finding', () =>
  withTrail(async (trail) => {
    const { dir } = trail
    await fillDays(trail, 2)
    await packFile(FIRST, { dir, ops: nodeFileOps, lock: free })
    renameSync(join(dir, `${FIRST}.gz`), join(dir, 'elsewhere'))
    symlinkSync('elsewhere', join(dir, `${FIRST}.gz`))
    const { findings } = await verifyDirectory(dir)
    assert.deepEqual(findings.map(({ kind }) => kind), ['file', 'gap'])
  }))

test('a file that does not end with a line is not packed', () =>
  withTrail(async (trail) => {
    const { dir } = trail
    await fillDays(trail, 2)
    writeFileSync(join(dir, FIRST), '{"half', { flag: 'a' })
    assert.equal(await packFile(FIRST, { dir, ops: nodeFileOps, lock: free }), 'torn')
    assert.deepEqual(Object.keys(trail.files()), [FIRST, dayName(1)])
  }))

test('where the newest file was lost, the writer unpacks the one before it and goes on', () =>
  withTrail(async (trail) => {
    const { dir } = trail
    await fillDays(trail, 2)
    await packFile(FIRST, { dir, ops: nodeFileOps, lock: free })
    await nodeFileOps.remove(join(dir, dayName(1)))
    const log = await trail.open()
    const [event] = await log.append([draft({ time: new Date(trail.clock.now()).toISOString() })])
    assert.equal(event?.seq, 4)
    assert.deepEqual(Object.keys(trail.files()), [FIRST, dayName(1)])
    await assertClean(dir, 4)
  }))
