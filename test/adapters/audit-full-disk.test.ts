import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openAuditLog } from '../../src/adapters/audit-log.ts'
import { systemClock } from '../../src/adapters/clock.ts'
import { ulids } from '../../src/adapters/ids.ts'
import { verifyDirectory } from '../../src/adapters/audit-verify.ts'
import type { AuditLog } from '../../src/ports.ts'
import { draft } from '../helpers/audit.ts'
import { failsWith } from '../helpers/trail.ts'

interface Disk {
  readonly dir: string
  open(reserveBytes?: number): Promise<AuditLog>
  remount(how: 'ro' | 'rw'): void
}

/** A real, small disk of its own, or why there can be none. */
async function withDisk(work: (disk: Disk) => Promise<void>): Promise<string | undefined> {
  const mounted = mkdtempSync(join(tmpdir(), 'rampart-disk-'))
  const logs: AuditLog[] = []
  function mount(...args: string[]): string | undefined {
    const { status, stderr, error } = spawnSync('mount', args, { encoding: 'utf8' })
    return status === 0 ? undefined : `mount: ${error?.message ?? stderr.trim()}`
  }
  try {
    const failed = mount('-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', mounted)
    if (failed !== undefined) return failed
    const dir = join(mounted, 'audit')
    mkdirSync(dir)
    const clock = systemClock()
    const ids = ulids(clock)
    await work({
      dir,
      remount: (how) => assert.equal(mount('-o', `remount,${how}`, mounted), undefined),
      async open(reserveBytes) {
        const log = await openAuditLog({ dir, clock, ids, reserveBytes })
        logs.push(log)
        return log
      },
    })
    return undefined
  } finally {
    for (const log of logs) await log.close()
    spawnSync('umount', ['-l', mounted])
    rmSync(mounted, { recursive: true, force: true })
  }
}

function big(): ReturnType<typeof draft> {
  return draft({ request: { text: 'x'.repeat(3000) } })
}

/** Append until the disk is full; how many went through. */
async function fill(log: AuditLog): Promise<number> {
  for (let count = 0;; count++) {
    try {
      await log.append([big()])
    } catch (error) {
      assert.ok(failsWith('audit_unavailable')(error), String(error))
      return count
    }
    assert.ok(count < 1000)
  }
}

test('a real disk that is full refuses, opens, and goes on where there is room again', async (context) => {
  const impossible = await withDisk(async ({ dir, open }) => {
    const filler = join(dir, '..', 'filler')
    writeFileSync(filler, new Uint8Array(100 << 10))
    const log = await open()
    const acknowledged = await fill(log)
    await log.close()
    // A start on the full disk is a start; its calls are refused.
    const again = await open()
    await assert.rejects(again.append([big()]), failsWith('audit_unavailable'))
    rmSync(filler)
    await again.append([big()])
    const { findings, events } = await verifyDirectory(dir)
    assert.deepEqual(findings, [])
    assert.equal(events, acknowledged + 1)
  })
  if (impossible !== undefined) context.skip(impossible)
})

test('a disk so full that not even the lock has room opens too', async (context) => {
  const impossible = await withDisk(async ({ dir, open }) => {
    const filler = join(dir, '..', 'filler')
    assert.throws(() => writeFileSync(filler, new Uint8Array(1 << 20)), { code: 'ENOSPC' })
    const log = await open()
    await assert.rejects(log.append([draft()]), failsWith('audit_unavailable'))
    rmSync(filler)
    await log.append([draft()])
    assert.equal((await verifyDirectory(dir)).events, 1)
  })
  if (impossible !== undefined) context.skip(impossible)
})

test('a directory that becomes read-only refuses, opens, and goes on once it can be written', async (context) => {
  const impossible = await withDisk(async ({ dir, open, remount }) => {
    const log = await open()
    await log.append([draft()])
    await log.close()
    remount('ro')
    const again = await open()
    await assert.rejects(again.append([draft()]), failsWith('audit_unavailable'))
    assert.equal((await again.query({ limit: 9 })).length, 1)
    remount('rw')
    await again.append([draft()])
    const { findings, events } = await verifyDirectory(dir)
    assert.deepEqual(findings, [])
    assert.equal(events, 2)
  })
  if (impossible !== undefined) context.skip(impossible)
})
