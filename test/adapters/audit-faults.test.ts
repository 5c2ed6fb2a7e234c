import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { draft, faulty, withTrail } from '../helpers/audit.ts'

import { assertClean, failsWith, newest } from '../helpers/trail.ts'

for (const code of ['ENOSPC', 'EROFS', 'EIO', 'EDQUOT']) {
  for (const operation of ['write', 'datasync'] as const) {
    test(`${code} on ${operation} refuses all waiting calls, leaves nothing, and ends by itself`, async () => {
      await withTrail(async ({ dir, open, files }) => {
        let broken = false
        const ops = faulty((name) => broken && name === operation ? code : undefined)
        const log = await open({ ops })
        await log.append([draft()])
        const before = files()
        broken = true
        const calls = [log.append([draft()]), log.append([draft()])]
        for (const result of await Promise.allSettled(calls)) {
          assert.equal(result.status, 'rejected')
          assert.ok(failsWith('audit_unavailable')(result.reason), String(result.reason))
        }
        assert.deepEqual(files(), before)
        assert.equal(log.head().seq, 1)
        broken = false
        const [event] = await log.append([draft()])
        assert.equal(event?.seq, 2)
        await assertClean(dir, 2)
      })
    })
  }
}

test('a disk that fills in mid-write leaves nothing half written', async () => {
  await withTrail(async ({ dir, open, files }) => {
    const faults: (string | { short: number })[] = []
    const ops = faulty((name) => name === 'write' ? faults.shift() : undefined)
    const log = await open({ ops })
    await log.append([draft()])
    const before = files()
    faults.push({ short: 300 }, 'ENOSPC')
    await assert.rejects(log.append([draft(), draft()]), failsWith('audit_unavailable'))
    assert.deepEqual(files(), before)
    faults.push({ short: 1 }, { short: 100 }, { short: 0 })
    await assert.rejects(log.append([draft()]), failsWith('audit_unavailable'))
    faults.push({ short: 1 }, { short: 100 })
    await log.append([draft()])
    await assertClean(dir, 2)
  })
})

test('where even cutting back fails, the next append moves the rest aside', async () => {
  await withTrail(async ({ dir, open }) => {
    const faults: (string | { short: number })[] = []
    let stuck = false
    const ops = faulty((name) =>
      name === 'write' ? faults.shift() : name === 'truncate' && stuck ? 'EIO' : undefined
    )
    const log = await open({ ops })
    await log.append([draft()])
    faults.push({ short: 300 }, 'ENOSPC')
    stuck = true
    await assert.rejects(log.append([draft()]), failsWith('audit_unavailable'))
    stuck = false
    await log.append([draft()])
    assert.deepEqual((await newest(log, 3)).map(({ kind }) => kind), [
      'decision',
      'recovery',
      'decision',
    ])
    await assertClean(dir, 3)
  })
})

test('a new file that cannot be made durable is not written to', async () => {
  await withTrail(async ({ dir, open }) => {
    let broken = true
    const ops = faulty((name) => broken && name === 'syncDirectory' ? 'EIO' : undefined)
    const log = await open({ ops })
    await assert.rejects(log.append([draft()]), failsWith('audit_unavailable'))
    broken = false
    await log.append([draft()])
    await assertClean(dir, 1)
  })
})

test('one call that is no JSON is refused alone', async () => {
  await withTrail(async ({ dir, open }) => {
    const log = await open()
    const results = await Promise.allSettled([
      log.append([draft()]),
      log.append([draft(), draft({ decision: { action: 'allow', eval_us: NaN } })]),
      log.append([draft()]),
    ])
    assert.deepEqual(results.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled'])
    await assertClean(dir, 2)
  })
})

test('a queue that is full refuses at once, a closed log too', async () => {
  await withTrail(async ({ dir, open }) => {
    const log = await open({ queueLimit: 3 })
    const fine = log.append([draft(), draft(), draft()])
    await assert.rejects(log.append([draft()]), failsWith('unavailable'))
    await fine
    assert.deepEqual(await log.append([]), [])
    const last = log.append([draft()])
    await log.close()
    assert.equal((await last)[0]?.seq, 4)
    await assert.rejects(log.append([draft()]), failsWith('audit_unavailable'))
    await assertClean(dir, 4)
  })
})

test('another process that holds the trail for too long is no reason to hang', async () => {
  await withTrail(async ({ open }) => {
    const held = Promise.withResolvers<void>()
    const slow = faulty(() => undefined)
    const a = await open({
      ops: {
        ...slow,
        async open(path, how) {
          const file = await slow.open(path, how)
          return { ...file, datasync: async () => await held.promise }
        },
      },
    })
    const b = await open({ lockPatienceMs: 20 })
    const waiting = a.append([draft()])
    await assert.rejects(b.append([draft()]), failsWith('audit_unavailable'))
    held.resolve()
    await waiting
    assert.equal((await b.append([draft()]))[0]?.seq, 2)
  })
})

test('a directory that cannot be is state_unusable', async () => {
  await withTrail(async ({ dir, open }) => {
    writeFileSync(join(dir, 'file'), '')
    await assert.rejects(open({ dir: join(dir, 'file', 'audit') }), failsWith('state_unusable'))
  })
})

test('a write that fails at once, begun while the trail was about to rest, ends and is told', async () => {
  await withTrail(async ({ dir, open }) => {
    let broken = false
    const ops = faulty((name) => broken && name === 'open' ? 'ENOSPC' : undefined)
    const log = await open({ ops, fileBytes: 100 })
    for (let round = 0; round < 3; round++) {
      broken = false
      await log.append([draft()])
      broken = true
      // The lock is still held for whoever calls again within a turn, here one longer than the write was.
      await new Promise((resolve) => setImmediate(resolve))
      for (const from = performance.now(); performance.now() - from < 50;);
      await assert.rejects(log.append([draft()]), failsWith('audit_unavailable'))
    }
    await assertClean(dir, 3)
  })
})
