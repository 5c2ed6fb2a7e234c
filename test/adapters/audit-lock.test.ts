import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Lock, openLock } from '../../src/adapters/audit-lock.ts'

async function withLocks(
  work: (open: (patience?: number) => Lock) => Promise<void>,
): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'rampart-lock-'))
  const locks: Lock[] = []
  try {
    await work((patience) => {
      const lock = openLock(place, patience)
      locks.push(lock)
      return lock
    })
  } finally {
    for (const lock of locks) lock.close()
    rmSync(place, { recursive: true, force: true })
  }
}

/** Take it, be there over some turns of the event loop, and give it back. */
async function visit(
  lock: Lock,
  inside: { count: number; most: number; order: number[] },
  me: number,
) {
  await lock.take()
  inside.count += 1
  inside.most = Math.max(inside.most, inside.count)
  inside.order.push(me)
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
  inside.count -= 1
  lock.give()
}

test('who asks one lock in one process is let in one after another, in order', () =>
  withLocks(async (open) => {
    const lock = open()
    const inside = { count: 0, most: 0, order: [] as number[] }
    await Promise.all(Array.from({ length: 20 }, (_, me) => visit(lock, inside, me)))
    assert.equal(inside.most, 1)
    assert.deepEqual(inside.order, Array.from({ length: 20 }, (_, me) => me))
  }))

test('two locks of one place, asked by many, hold one at a time', () =>
  withLocks(async (open) => {
    const locks = [open(), open()]
    const inside = { count: 0, most: 0, order: [] as number[] }
    await Promise.all(Array.from({ length: 20 }, (_, me) => visit(locks[me % 2]!, inside, me)))
    assert.equal(inside.most, 1)
    assert.equal(inside.order.length, 20)
  }))

test('who loses patience is refused, and nobody behind is let in beside the holder', () =>
  withLocks(async (open) => {
    const lock = open(20)
    await lock.take()
    assert.equal(lock.isWanted(), false)
    const late = lock.take()
    assert.equal(lock.isWanted(), true)
    await assert.rejects(late, { code: 'audit_unavailable' })
    await assert.rejects(open(20).take(), { code: 'audit_unavailable' })
    assert.equal(lock.isWanted(), false)
    lock.give()
    await lock.take()
    lock.give()
  }))
