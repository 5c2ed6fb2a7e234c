import assert from 'node:assert/strict'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { trailFileOps } from '../../src/adapters/audit-gzip.ts'
import { packFile } from '../../src/adapters/audit-gzip-pack.ts'
import { nodeFileOps } from '../../src/adapters/audit-ops.ts'
import { indexedTrail } from '../../src/adapters/audit-index.ts'
import { keepIndex } from '../../src/adapters/audit-index-builder.ts'
import { indexPath, openIndexFile } from '../../src/adapters/audit-index-file.ts'
import { indexStep } from '../../src/adapters/audit-index-job.ts'
import { placeOf } from '../../src/adapters/audit-index-place.ts'
import { memoryAuditLog, memoryReader } from '../../src/adapters/memory.ts'
import type { AuditEvent, EventDraft } from '../../src/audit/event.ts'
import type { AuditFilter, TrailReader } from '../../src/ports.ts'
import { draft, type Trail, withTrail } from '../helpers/audit.ts'
import { mixed, readerContract, type Reading } from './contracts/reader.ts'

readerContract('memory', async (drafts, work) => {
  const log = memoryAuditLog()
  await work(memoryReader(() => log.events()), await log.append(drafts))
})

/** Some files, the index made when so much of the trail was written. */
const indexed = (share: number): Reading => async (drafts, work) => {
  await withTrail(async (trail) => {
    const log = await trail.open({ fileBytes: 40_000 })
    const events: AuditEvent[] = []
    const made = Math.floor(drafts.length * share)
    for (const [i, one] of drafts.entries()) {
      if (i === made && made > 0) await whole(trail.dir)
      events.push(...await log.append([one]))
    }
    if (made === drafts.length) await whole(trail.dir)
    const builder = { step: () => indexStep(trail.dir), close: () => Promise.resolve() }
    const reader = indexedTrail({ dir: trail.dir })
    const counting = indexedTrail({ dir: trail.dir, builder })
    try {
      const { stats, sessions } = counting
      await work({ page: (filter) => reader.page(filter), stats, sessions }, events)
    } finally {
      reader.close()
      counting.close()
    }
  })
}

readerContract('an index of the whole trail', indexed(1))
readerContract('an index of half the trail', indexed(0.55))
readerContract('no index', indexed(0))

async function whole(dir: string): Promise<void> {
  for (let steps = 0; !await indexStep(dir); steps++) assert.ok(steps < 1000)
}

async function written(trail: Trail, drafts: readonly EventDraft[]): Promise<AuditEvent[]> {
  const log = await trail.open({ fileBytes: 30_000 })
  const events: AuditEvent[] = []
  for (const one of drafts) events.push(...await log.append([one]))
  await log.close()
  return events
}

async function seqs(reader: TrailReader, filter: Partial<AuditFilter> = {}): Promise<number[]> {
  return (await reader.page({ limit: 1000, order: 'asc', ...filter })).events.map(({ seq }) => seq)
}

async function covered(dir: string): Promise<number> {
  const index = openIndexFile(indexPath(dir))
  try {
    return (await placeOf(dir, index, trailFileOps)).next - 1
  } finally {
    index.close()
  }
}

const NO_LOCK = { take: () => Promise.resolve(), give() {} }

/** What may have become of an index, and of the trail under it. */
const MISHAPS: Readonly<Record<string, (dir: string) => Promise<void> | void>> = {
  'removed': (dir) => rmSync(indexPath(dir)),
  'emptied': (dir) => writeFileSync(indexPath(dir), ''),
  'no database': (dir) => writeFileSync(indexPath(dir), 'x'.repeat(8192)),
  'its middle overwritten': (dir) => {
    const bytes = readFileSync(indexPath(dir))
    bytes.fill(0xee, 8192, 60_000)
    writeFileSync(indexPath(dir), bytes)
  },
  'of another version': (dir) => execute(dir, 'PRAGMA user_version = 999'),
  'with a trigger': (dir) =>
    execute(
      dir,
      'CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events WHERE n = 1; END',
    ),
  'with a view of ours': (dir) =>
    execute(dir, 'DROP TABLE hours; CREATE VIEW hours AS SELECT 1 AS file'),
  'rows lead elsewhere': (dir) => execute(dir, 'UPDATE events SET start = start + 7'),
  'rows lead to other events': (dir) =>
    execute(
      dir,
      'UPDATE events SET start = (SELECT start FROM events e WHERE e.n = 1), bytes = 500, file = 1',
    ),
  'a pruned file': (dir) => rmSync(join(dir, files(dir)[0]!)),
  'a lost file amid the others': (dir) => rmSync(join(dir, files(dir)[1]!)),
  'a closed file was changed in place': (dir) => {
    const path = join(dir, files(dir)[1]!)
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('agent-1', 'agent-9'))
  },
  'a closed file is shorter': (dir) => {
    const path = join(dir, files(dir)[1]!)
    const lines = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, [...lines.slice(0, 3), ''].join('\n'))
  },
  'two files changed places': (dir) => {
    const [a, b] = [join(dir, files(dir)[0]!), join(dir, files(dir)[1]!)]
    renameSync(a, `${a}.x`)
    renameSync(b, a)
    renameSync(`${a}.x`, b)
  },
  'the newest file was cut': (dir) => {
    const path = join(dir, files(dir).at(-1)!)
    const lines = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, [...lines.slice(0, 2), ''].join('\n'))
  },
  'the newest file was cut and has grown again': (dir) => {
    const path = join(dir, files(dir).at(-1)!)
    const lines = readFileSync(path, 'utf8').split('\n').filter((line) => line !== '')
    writeFileSync(path, [...lines.slice(0, 2), ...lines, ...lines, ''].join('\n'))
  },
  'old files were packed': async (dir) => {
    for (const name of files(dir).slice(0, 2)) {
      await packFile(name, { dir, ops: nodeFileOps, lock: NO_LOCK })
    }
  },
}

function execute(dir: string, sql: string): void {
  const db = new DatabaseSync(indexPath(dir))
  try {
    db.exec(sql)
  } finally {
    db.close()
  }
}

function files(dir: string): string[] {
  const part = (name: string) => Number(/\.(\d+)\.jsonl$/.exec(name)?.[1] ?? 0)
  return readdirSync(dir).filter((name) => /^\d{4}-.*\.jsonl$/.test(name))
    .sort((a, b) => part(a) - part(b))
}

for (const [name, mishap] of Object.entries(MISHAPS)) {
  test(`an index: ${name}: answers are those of the files, and it is made anew`, async () => {
    await withTrail(async (trail) => {
      await written(trail, mixed(300))
      await whole(trail.dir)
      assert.equal(await covered(trail.dir), 300)
      await mishap(trail.dir)
      const reader = indexedTrail({ dir: trail.dir })
      try {
        const filters = [{}, { agent: 'agent-1' }, { agent: 'agent-9' }, { session: 's2' }, {
          action: 'deny',
          order: 'desc',
        }] as const
        const plain = await Promise.all(filters.map((filter) => unindexed(trail.dir, filter)))
        for (const [i, filter] of filters.entries()) {
          assert.deepEqual(await seqs(reader, filter), plain[i], JSON.stringify(filter))
        }
        await whole(trail.dir)
        const lines = (await unindexed(trail.dir, {})).length
        for (const [i, filter] of filters.entries()) {
          assert.deepEqual(await seqs(reader, filter), plain[i], JSON.stringify(filter))
        }
        assert.equal((await reader.stats({})).events, lines)
      } finally {
        reader.close()
      }
    })
  })
}

async function unindexed(dir: string, filter: Partial<AuditFilter>): Promise<number[]> {
  const { withoutIndex } = await import('../../src/adapters/audit-index.ts')
  const asked = { limit: 1000, order: 'asc' as const, ...filter }
  const { events } = await withoutIndex({ dir, ops: trailFileOps }, asked)
  return events.map(({ seq }) => seq)
}

test('an index behind a link is not opened, and the trail is read without', async () => {
  await withTrail(async (trail) => {
    await written(trail, [draft(), draft()])
    const elsewhere = join(trail.dir, 'elsewhere')
    writeFileSync(elsewhere, 'mine')
    symlinkSync(elsewhere, indexPath(trail.dir))
    await assert.rejects(indexStep(trail.dir), /symbolic link/)
    const reader = indexedTrail({ dir: trail.dir })
    assert.deepEqual(await seqs(reader), [1, 2])
    await assert.rejects(reader.stats({}), /being made/)
    assert.equal(readFileSync(elsewhere, 'utf8'), 'mine')
  })
})

test('several that bring one index up to date do each line once', async () => {
  await withTrail(async (trail) => {
    await written(trail, mixed(300))
    await Promise.all([whole(trail.dir), whole(trail.dir), whole(trail.dir)])
    assert.equal(await covered(trail.dir), 300)
    const reader = indexedTrail({ dir: trail.dir })
    assert.equal((await reader.stats({})).events, 300)
    reader.close()
  })
})

test('what is behind an event is read from the end, over several files', async () => {
  await withTrail(async (trail) => {
    await written(trail, mixed(120))
    assert.ok(files(trail.dir).length > 1)
    const { eventsBehind } = await import('../../src/adapters/audit-query.ts')
    const behind = async (seq: number, most = 1000) =>
      (await eventsBehind(trail.dir, seq, most)).map((event) => event.seq)
    assert.deepEqual(await behind(117), [118, 119, 120])
    assert.deepEqual(await behind(0), Array.from({ length: 120 }, (_, i) => i + 1))
    assert.deepEqual(await behind(120), [])
    assert.deepEqual(await behind(10, 2), [119, 120])
  })
})

test('pages of a text stop after so many bytes and say where to go on', async () => {
  await withTrail(async (trail) => {
    await written(trail, mixed(50))
    const { Scan, wholeTrail } = await import('../../src/adapters/audit-query.ts')
    const filter = { limit: 10, text: 'nowhere' }
    const scan = new Scan(trail.dir, filter, trailFileOps, 5000)
    await scan.read(await wholeTrail(trail.dir, filter, trailFileOps))
    const { events, next } = scan.page()
    assert.deepEqual(events, [])
    assert.ok(next !== undefined && next > 1 && next < 50)
  })
})

test('a server keeps the index up to date in a thread, whoever wrote the trail', async () => {
  await withTrail(async (trail) => {
    const told: string[] = []
    const log = { error() {}, info() {}, warn: (message: string) => void told.push(message) }
    const looks: (() => void)[] = []
    const clock = {
      ...trail.clock,
      sleep: (_ms: number, signal?: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          looks.push(resolve)
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
        }),
    }
    // A turn of our loop is no measure for the thread's: this gives a slow machine minutes.
    const look = () => {
      looks.shift()?.()
      return new Promise((resolve) => setTimeout(resolve, 1))
    }
    const builder = keepIndex({ dir: trail.dir, clock, log })
    try {
      for (const [count, events] of [[1, 40], [2, 80]] as const) {
        await written(trail, mixed(40))
        for (let turn = 0; await covered(trail.dir) < events; turn++) {
          assert.ok(turn < 100_000, `round ${count}`)
          await look()
        }
      }
      // What is in the way is told once, and the server goes on.
      rmSync(indexPath(trail.dir))
      mkdirSync(indexPath(trail.dir))
      await written(trail, [draft()])
      for (let turn = 0; told.length === 0; turn++) {
        assert.ok(turn < 100_000)
        await look()
      }
      assert.match(told[0]!, /index\.db cannot be made, the trail is read without: .*regular file/)
    } finally {
      await builder.close()
    }
  })
})
