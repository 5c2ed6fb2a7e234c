import assert from 'node:assert/strict'
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gapFile } from '../../src/adapters/gap-file.ts'
import type { Gaps } from '../../src/audit/gaps.ts'

const NOTE = '{"time_ms":1000,"pid":1,"layer":"shim","program":"a"}\n'

function scene() {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-gaps-'))
  const path = join(dir, 'gaps')
  const told: Gaps[] = []
  return { dir, path, told, file: gapFile(path), tell: async (gaps: Gaps) => void told.push(gaps) }
}

test('notes are told once, those of a server that ended meanwhile too', async () => {
  const { dir, path, told, file, tell } = scene()
  await file.drain(tell)
  appendFileSync(path, NOTE)
  await file.drain(tell)
  assert.equal(told.length, 0)
  // The server is killed here: the next one finds what was renamed.
  const next = gapFile(path)
  appendFileSync(path, NOTE + NOTE)
  await next.drain(tell)
  await next.drain(tell)
  await next.drain(tell)
  assert.deepEqual(told.map(({ count }) => count), [1, 2])
  assert.deepEqual(readdirSync(dir), [])
})

test('where others note who cannot make files, there always is one that was opened to them', async () => {
  const { dir, path, told, tell } = scene()
  const shared: string[] = []
  const file = gapFile(path, (at) => void shared.push(at))
  await file.drain(tell)
  const made = lstatSync(path).ino
  await file.drain(tell)
  assert.equal(lstatSync(path).ino, made, 'an empty one stays')
  appendFileSync(path, NOTE)
  await file.drain(tell)
  await file.drain(tell)
  assert.deepEqual([told.length, lstatSync(path).size], [1, 0])
  assert.deepEqual(readdirSync(dir), ['gaps'])
  assert.deepEqual(shared, [path, path, path, path])
})

test('notes that cannot be told stay', async () => {
  const { path, told, file, tell } = scene()
  appendFileSync(path, NOTE)
  await file.drain(tell)
  await assert.rejects(file.drain(() => Promise.reject(new Error('no trail'))))
  await file.drain(tell)
  assert.equal(told.length, 1)
})

test('what is no file of notes is put away', async () => {
  for (
    const make of [
      (path: string) => mkdirSync(join(path, 'x'), { recursive: true }),
      (path: string) => symlinkSync('/dev/zero', path),
      (path: string) => writeFileSync(path, ''),
    ]
  ) {
    const { dir, path, told, file, tell } = scene()
    make(path)
    await file.drain(tell)
    await file.drain(tell)
    assert.deepEqual([told.length, readdirSync(dir)], [0, []])
  }
})

test('more notes than are read are counted by their bytes', async () => {
  const { path, told, file, tell } = scene()
  const line = `${'x'.repeat(511)}\n`
  writeFileSync(path, line.repeat(5000))
  await file.drain(tell)
  await file.drain(tell)
  assert.equal(told[0]?.count, 5000)
})
