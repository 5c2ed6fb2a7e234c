import assert from 'node:assert/strict'
import { chownSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { procTable } from '../../src/adapters/process-table.ts'

/** A `/proc` with these processes: name, parent and when it started. */
function procOf(all: Readonly<Record<number, readonly [string, number, string]>>): string {
  const root = mkdtempSync(join(tmpdir(), 'rampart-proc-'))
  for (const [pid, [name, parent, started]] of Object.entries(all)) {
    mkdirSync(join(root, pid))
    const fields = ['S', parent, ...Array.from({ length: 17 }, () => 0), started, 0]
    writeFileSync(join(root, pid, 'stat'), `${pid} (${name}) ${fields.join(' ')}\n`)
  }
  return root
}

test('a process is known with its parents, whatever it is called', () => {
  const table = procTable(procOf({
    7: ['make', 5, '70'],
    5: ['a) S 1 (b', 3, '50'],
    3: ['sh', 0, '30'],
  }))
  assert.deepEqual(table.chainOf(7), [
    { pid: 7, started: '70' },
    { pid: 5, started: '50' },
    { pid: 3, started: '30' },
  ])
  assert.deepEqual(table.chainOf(7, 2)?.map(({ pid }) => pid), [7, 5])
  assert.deepEqual(table.chainOf(7, 1), [{ pid: 7, started: '70' }])
  assert.equal(table.chainOf(8), undefined)
})

test('a process of another account is known where any account asks', {
  skip: process.getuid?.() !== 0 && 'only root can give a process to somebody',
}, () => {
  const root = procOf({ 7: ['make', 0, '70'] })
  chownSync(join(root, '7'), 61_001, 61_001)
  assert.equal(procTable(root).chainOf(7), undefined)
  assert.deepEqual(procTable(root, 'any').chainOf(7), [{ pid: 7, started: '70' }])
})

test('parents that never end and files that are none are no chain without end', () => {
  const root = procOf({ 7: ['x', 8, '1'], 8: ['y', 7, '1'] })
  assert.equal(procTable(root).chainOf(7)?.length, 64)
  writeFileSync(join(root, '8', 'stat'), 'nonsense')
  assert.deepEqual(procTable(root).chainOf(7), [{ pid: 7, started: '1' }])
  assert.equal(procTable(join(root, 'absent')).chainOf(7), undefined)
})

test('this process has a parent', { skip: process.platform !== 'linux' && 'no /proc' }, () => {
  const chain = procTable().chainOf(process.pid)
  assert.deepEqual(chain?.slice(0, 2).map(({ pid }) => pid), [process.pid, process.ppid])
})
