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
import type { AuditEvent } from '../../src/audit/event.ts'
import { RampartError } from '../../src/errors.ts'
import type { AuditLog } from '../../src/ports.ts'
import { draft, faulty, NOON, withTrail } from '../helpers/audit.ts'

const DAY = 86_400_000
const FIRST = '2026-11-24.jsonl'

function at(ms: number): { readonly time: string } {
  return { time: new Date(ms).toISOString() }
}

function failsWith(code: string): (error: unknown) => boolean {
  return (error) => error instanceof RampartError && error.code === code
}

async function assertClean(dir: string, events: number): Promise<void> {
  const verified = await verifyDirectory(dir)
  assert.deepEqual(verified.findings, [])
  assert.equal(verified.events, events)
}

async function newest(log: AuditLog, limit = 1): Promise<readonly AuditEvent[]> {
  return await log.query({ limit })
}

test('semantics 29 each line is the canonical bytes and a line feed, in files that only we can read', async () => {
  await withTrail(async ({ dir, open, files }) => {
    const log = await open()
    const [first, second] = await log.append([draft({ agent: 'ü\ud800' }), draft()])
    assert.equal(first?.seq, 1)
    assert.equal(second?.prev_hash, first?.hash)
    assert.deepEqual(log.head(), { seq: 2, hash: second?.hash })
    const text = files()[FIRST]!
    assert.ok(text.endsWith('}\n'))
    assert.deepEqual(text.split('\n').slice(0, 2).map((line) => JSON.parse(line).seq), [1, 2])
    assert.equal(JSON.parse(text.split('\n')[0]!).agent, 'ü\ufffd')
    assert.equal(statSync(join(dir, FIRST)).mode & 0o777, 0o600)
    assert.equal(statSync(dir).mode & 0o777, 0o700)
    await assertClean(dir, 2)
  })
})

test('concurrent calls share one write and one flush, in order', async () => {
  let flushes = 0
  const ops = faulty((operation) => {
    if (operation === 'datasync') flushes += 1
    return undefined
  })
  await withTrail(async ({ dir, open }) => {
    const log = await open({ ops })
    const calls = Array.from({ length: 500 }, () => log.append([draft(), draft()]))
    const seqs = (await Promise.all(calls)).map((events) => events.map(({ seq }) => seq))
    assert.deepEqual(seqs, Array.from({ length: 500 }, (_, i) => [2 * i + 1, 2 * i + 2]))
    assert.ok(flushes <= 3, `${flushes} flushes`)
    await assertClean(dir, 1000)
  })
})

test('a new day gets a file, which `.N` files follow by number', async () => {
  await withTrail(async ({ dir, open, files }) => {
    const log = await open()
    await Promise.all([log.append([draft()]), log.append([draft(at(NOON + DAY))])])
    assert.deepEqual(Object.keys(files()), [FIRST, '2026-11-25.jsonl'])
    await log.close()
    writeFileSync(join(dir, '2026-11-25.9.jsonl'), '')
    writeFileSync(join(dir, '2026-11-25.10.jsonl'), '')
    const again = await open()
    await again.append([draft(at(NOON + DAY))])
    assert.match(files()['2026-11-25.10.jsonl']!, /"seq":3/)
    await assertClean(dir, 3)
  })
})

test('a clock set back moves time forward, and that is recorded', async () => {
  await withTrail(async ({ dir, open, files }) => {
    const log = await open()
    await log.append([draft(at(NOON + DAY))])
    const [event] = await log.append([draft(at(NOON - DAY))])
    assert.equal(event?.time, at(NOON + DAY).time)
    assert.equal(event?.clock_time, at(NOON - DAY).time)
    const [odd] = await log.append([draft({ time: '+275760-09-13T00:00:00.000Z' })])
    assert.equal(odd?.time, event?.time)
    assert.deepEqual(Object.keys(files()), ['2026-11-25.jsonl'])
    await assertClean(dir, 3)
  })
})

test('semantics 28 a file from a future day is the newest: the chain goes on in it', async () => {
  await withTrail(async ({ dir, open, files }) => {
    const log = await open()
    await log.append([draft()])
    writeFileSync(join(dir, '2031-01-01.jsonl'), '')
    await log.append([draft()])
    assert.match(files()['2031-01-01.jsonl']!, /"seq":2/)
    await assertClean(dir, 2)
  })
})

test('semantics 28 the last line of the newest file is the head, whoever wrote it', async () => {
  await withTrail(async ({ dir, open }) => {
    const [a, b] = [await open(), await open()]
    for (let round = 0; round < 20; round++) {
      await Promise.all([a.append([draft()]), b.append([draft()]), a.append([draft()])])
    }
    await b.append([draft(at(NOON + DAY))])
    await a.append([draft(at(NOON + DAY))])
    await assertClean(dir, 62)
  })
})

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
    assert.deepEqual(events.map(({ kind }) => kind), ['decision', 'recovery', 'recovery'])
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

test('a torn line that cannot be moved gets an end: the trail goes on', async () => {
  await withTrail(async ({ dir, open }) => {
    await (await open()).append([draft()])
    appendFileSync(join(dir, FIRST), '{"half')
    const log = await open({
      ops: faulty((operation) => operation === 'truncate' ? 'EPERM' : undefined),
    })
    await log.append([draft()])
    const verified = await verifyDirectory(dir)
    assert.deepEqual(verified.findings.map(({ line }) => line), [2])
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
      'recovery',
      'decision',
    ])
    assert.deepEqual((await verifyDirectory(dir)).findings, [])
  })
})

test('lines that are no events are passed over and told of', async () => {
  await withTrail(async ({ dir, open }) => {
    await (await open()).append([draft()])
    appendFileSync(join(dir, FIRST), `\n\0\0\0\n{"schema":"other"}\n${'['.repeat(100_000)}\n`)
    const log = await open()
    const [event] = await newest(log)
    assert.deepEqual(event?.request, { file: FIRST, lines: 4 })
    assert.equal(event?.seq, 2)
    assert.deepEqual((await verifyDirectory(dir)).findings.map(({ line }) => line), [2, 3, 4, 5])
  })
})

test('a lost file or a trail cut short leaves a gap that shows', async () => {
  await withTrail(async ({ dir, open }) => {
    const log = await open()
    await log.append([draft(), draft()])
    await log.append([draft(at(NOON + DAY)), draft(at(NOON + DAY))])
    rmSync(join(dir, '2026-11-25.jsonl'))
    const [event] = await log.append([draft(at(NOON + DAY))])
    assert.equal(event?.seq, 6)
    const [, note] = await newest(log, 2)
    assert.equal(note?.decision.message, 'Events 3 to 4 were written and are gone')
    assert.match((await verifyDirectory(dir)).findings[0]!.message, /Events 3 to 4 are missing/)
  })
})

test('a trail directory that is removed while we run is made again', async () => {
  await withTrail(async ({ dir, open }) => {
    const [a, b] = [await open(), await open()]
    await a.append([draft()])
    rmSync(dir, { recursive: true })
    await Promise.all([a.append([draft()]), b.append([draft()]), a.append([draft()])])
    const { findings, events } = await verifyDirectory(dir)
    assert.equal(findings.length, 1)
    assert.equal(events, 4)
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
    assert.deepEqual(findings, [{ file: FIRST, line: 0, message: 'Not a regular file' }])
    assert.ok(files()[FIRST] === 'untouched')
  })
})

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
