import assert from 'node:assert/strict'
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { FileFeed } from '../../src/adapters/audit-feed.ts'
import { nodeFileOps } from '../../src/adapters/audit-ops.ts'
import { indexedTrail } from '../../src/adapters/audit-index.ts'
import { systemClock } from '../../src/adapters/clock.ts'
import { memoryAuditLog } from '../../src/adapters/memory.ts'
import { draft, NOON, type Trail, withTrail } from '../helpers/audit.ts'
import { DAY } from '../helpers/days.ts'
import { liveBench, readEvents, watching } from '../helpers/live.ts'
import { startScript } from '../helpers/spawn.ts'
import { type FedTrail, feedContract } from './contracts/feed.ts'

const clock = systemClock()
const seqs = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(index + from))

async function fed(
  trail: Trail,
  work: (trail: FedTrail & { readonly told: string[] }) => Promise<void>,
): Promise<void> {
  const told: string[] = []
  const log = { warn: (message: string) => void told.push(message) }
  const feed = new FileFeed({ dir: trail.dir, clock, log })
  await work({ log: await trail.open({ observers: [feed] }), feed, told })
}

feedContract('memory', async (work) => {
  const log = memoryAuditLog()
  await work({ log, feed: log.feed })
})
feedContract('file', (work) => withTrail((trail) => fed(trail, work)))

test('a feed goes on over a new day, and tells what is lost by its numbers', () =>
  withTrail((trail) =>
    fed(trail, async ({ log, feed }) => {
      const heard: string[] = []
      const following = await feed.follow(({ lines, lost }) => {
        heard.push(...lost.map(({ from, to }) => `lost ${from}-${to}`))
        heard.push(...lines.map(({ event }) => String(event.seq)))
      })
      await log.append([draft()])
      await following.caughtUp()
      trail.clock.advance(DAY)
      const time = new Date(NOON + DAY).toISOString()
      await log.append([draft({ time }), draft({ time })])
      await following.caughtUp()
      appendFileSync(join(trail.dir, '2026-11-25.jsonl'), 'no event\n')
      await log.append([draft({ time })])
      await following.caughtUp()
      assert.deepEqual(heard.filter((word) => /^\d+$/.test(word)).slice(0, 4), seqs(1, 4))
      await following.close()
    })
  ))

test('a trail that cannot be read is told of once, and followed when it can be', () =>
  withTrail(async (trail) => {
    const log = await trail.open()
    await log.append([draft()])
    let broken = false
    const told: string[] = []
    const ops = {
      ...nodeFileOps,
      list: (dir: string) => {
        if (broken) throw Object.assign(new Error('EACCES'), { code: 'EACCES' })
        return nodeFileOps.list(dir)
      },
    }
    const quick = { ...clock, sleep: (_: number, signal?: AbortSignal) => clock.sleep(1, signal) }
    const failed = Promise.withResolvers<void>()
    const feed = new FileFeed({
      dir: trail.dir,
      clock: quick,
      ops,
      log: {
        warn(message) {
          told.push(message)
          failed.resolve()
        },
      },
    })
    const heard: number[] = []
    const following = await feed.follow(({ lines }) => {
      heard.push(...lines.map(({ event }) => event.seq))
    })
    broken = true
    await failed.promise
    broken = false
    await log.append([draft()])
    await following.caughtUp()
    assert.deepEqual(heard, [2])
    assert.equal(told.length, 1)
    await feed.close()
    await following.caughtUp()
  }))

test('another process appends while a stream reads the trail: no gap, nothing twice', () =>
  withTrail((trail) =>
    fed(trail, async ({ log, feed }) => {
      for (let made = 0; made < 250; made++) await log.append([draft()])
      const reader = indexedTrail({ dir: trail.dir })
      const { live } = liveBench({ feed, reader, clock })
      const worker = startScript('./audit-worker.ts', [trail.dir, '150', '2'])
      const stream = await live.open(watching({ after: 0 }))
      const late = await live.open(watching({ after: 100 }))
      const words = await readEvents(stream, 550)
      for (let made = 0; made < 10; made++) await log.append([draft()])
      assert.deepEqual(
        [...words, ...await readEvents(stream, 10)].filter((word) => /^\d+$/.test(word)),
        seqs(1, 560),
      )
      const rest = await readEvents(late, 460)
      assert.deepEqual(rest.filter((word) => /^\d+$/.test(word)), seqs(101, 560))
      assert.equal((await worker.ended).code, 0)
      stream.close()
      late.close()
      reader.close()
    })
  ))

test('a directory that is gone is no trail: nothing is followed', () =>
  withTrail(async ({ dir }) => {
    rmSync(dir, { recursive: true })
    const feed = new FileFeed({ dir, clock, log: { warn() {} } })
    const following = await feed.follow(() => {})
    assert.equal(following.seq, 0)
    await feed.close()
  }))
