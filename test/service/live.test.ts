import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrailFeed, TrailNews } from '../../src/audit/feed.ts'
import { trailLine } from '../helpers/formats.ts'
import { liveBench, nextOf, readEvents, watching } from '../helpers/live.ts'
import { idle } from '../helpers/service.ts'

const failsWith = (code: string) => (error: unknown) => (error as { code?: string }).code === code
const upTo = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index))

test('a stream says hello with its place, then what comes; what came before only when asked for', async () => {
  const { live, append } = liveBench()
  await append(3)
  const now = await live.open(watching())
  const all = await live.open(watching({ after: 0 }))
  const some = await live.open(watching({ after: 2 }))
  await append(2)
  assert.deepEqual(await readEvents(now, 2), ['hello 3/3', '4', '5'])
  assert.deepEqual(await readEvents(all, 5), ['hello 0/3', ...upTo(1, 5)])
  assert.deepEqual(await readEvents(some, 3), ['hello 2/3', ...upTo(3, 5)])
})

test('a place behind the end of the trail is its end: another trail may have been restored', async () => {
  const { live, append } = liveBench()
  await append(3)
  const stream = await live.open(watching({ after: 1000 }))
  await append(1)
  assert.deepEqual(await readEvents(stream, 1), ['hello 3/3', '4'])
})

test('events that the trail no longer holds are told of by their numbers', async () => {
  const { live, append } = liveBench({}, 5)
  await append(20)
  const stream = await live.open(watching({ after: 7 }))
  assert.deepEqual(await readEvents(stream, 5), ['hello 7/20', 'gap 8-15', ...upTo(16, 20)])
})

test('only what is asked for, from the trail and live; the beat says how far the stream has come', async () => {
  const { live, append, clock } = liveBench()
  await append(2, { agent: 'b' })
  await append(1, { agent: 'b', session: 't', decision: { action: 'deny', eval_us: 0 } })
  const filter = { agent: 'b', session: 't', action: 'deny', approvalsOnly: false }
  const stream = await live.open(watching({ after: 0, filter }))
  assert.deepEqual(await readEvents(stream, 1), ['hello 0/3', '3'])
  await append(2, { agent: 'b', session: 't' })
  await append(1, { agent: 'b', session: 't', decision: { action: 'deny', eval_us: 0 } })
  await append(1)
  assert.deepEqual(await readEvents(stream, 1), ['6'])
  const beat = nextOf(stream)
  await clock.advance(15_000)
  assert.deepEqual(await beat, ['beat 7'])
})

test('whoever may only approve sees approvals, and the calls that asked for them', async () => {
  const { live, append } = liveBench()
  const asks = { action: 'require_approval', eval_us: 0 }
  await append(1)
  await append(1, { decision: asks, links: ['approval-1'] })
  await append(1, { decision: asks })
  await append(1, { kind: 'approval', decision: { action: 'approved', eval_us: 0 } })
  await append(1, { kind: 'token' })
  const filter = { approvalsOnly: true }
  const replayed = await live.open(watching({ after: 0, filter }))
  assert.deepEqual(await readEvents(replayed, 2), ['hello 0/5', '2', '4'])
  const now = await live.open(watching({ filter }))
  await append(1)
  await append(1, { kind: 'approval', decision: { action: 'used', eval_us: 0 } })
  assert.deepEqual(await readEvents(now, 1), ['hello 5/5', '7'])
})

test('a heartbeat every 15 s, to those who read', async () => {
  const { live, clock } = liveBench()
  const stream = await live.open(watching())
  assert.deepEqual(await nextOf(stream), ['hello 0/0'])
  const beats: (string[] | undefined)[] = []
  const reading = (async () => {
    for (let count = 0; count < 3; count++) beats.push(await nextOf(stream))
  })()
  await clock.advance(14_999)
  assert.deepEqual(beats, [])
  await clock.advance(1)
  assert.deepEqual(beats, [['beat 0']])
  await clock.advance(30_000)
  await reading
  assert.equal(beats.length, 3)
})

test('a slow reader is told what it has not got, and is cut: 1,000 events or 4 MiB wait for it', async () => {
  const { live, append, following } = liveBench()
  const stream = await live.open(watching())
  await append(1000)
  assert.equal(following(), 1)
  await append(1)
  assert.equal(following(), 0)
  await append(9)
  assert.deepEqual(await nextOf(stream), ['lagged 1-1001'])
  assert.equal(await stream.next(), undefined)
  let tell: (news: TrailNews) => void = () => {}
  const feed: TrailFeed = {
    follow(heard) {
      tell = heard
      return Promise.resolve({ seq: 0, caughtUp: () => Promise.resolve(), close: async () => {} })
    },
  }
  const big = await liveBench({ feed }).live.open(watching())
  await nextOf(big)
  for (let seq = 1; seq <= 70; seq++) {
    const line = trailLine({}, seq)
    tell({ lines: [{ ...line, text: 'x'.repeat(60_000) }], lost: [] })
  }
  assert.deepEqual(await nextOf(big), ['lagged 1-70'])
})

test('what was read is not told as lost', async () => {
  const { live, append } = liveBench()
  const stream = await live.open(watching())
  await append(300)
  assert.deepEqual(await readEvents(stream, 200), ['hello 0/0', ...upTo(1, 200)])
  await append(901)
  assert.deepEqual(await nextOf(stream), ['lagged 201-1201'])
})

test('one who stops in the middle of the trail is given up after a minute; one who has all is not', async () => {
  const { live, append, clock } = liveBench()
  await append(500)
  const gone = await live.open(watching({ after: 0 }))
  const quiet = await live.open(watching())
  assert.deepEqual(await nextOf(quiet), ['hello 500/500'])
  assert.deepEqual(await readEvents(gone, 200), ['hello 0/500', ...upTo(1, 200)])
  await clock.advance(59_000)
  assert.deepEqual(await nextOf(gone), upTo(201, 400))
  await clock.advance(62_000)
  assert.deepEqual(await nextOf(gone), ['lagged 401-500'])
  await append(1)
  assert.deepEqual(await nextOf(quiet), ['501'])
})

test('a credential that ends ends its streams: at once when tokens change, else with the beat', async () => {
  for (const how of ['token', 'beat', 'error']) {
    const { live, append, clock } = liveBench()
    let allowed = true
    const isAllowed = () =>
      how === 'error' && !allowed ? Promise.reject(new Error('no store')) : Promise.resolve(allowed)
    const stream = await live.open(watching({ isAllowed }))
    const other = await live.open(watching())
    await nextOf(stream)
    await append(1, { kind: 'token' })
    assert.deepEqual(await nextOf(stream), ['1'])
    allowed = false
    if (how === 'token') {
      await append(1, { kind: 'token' })
      await idle()
      assert.deepEqual(await readEvents(stream, 1), ['2'])
    } else await clock.advance(15_000)
    assert.deepEqual(await nextOf(stream), ['end credential'])
    assert.equal(await stream.next(), undefined)
    await append(1)
    assert.equal((await readEvents(other, 2)).includes('1'), true)
  }
})

test('so many streams of one credential, and in all; whoever leaves makes room', async () => {
  const { live, following } = liveBench()
  const own = []
  for (let count = 0; count < 256; count++) own.push(await live.open(watching()))
  await assert.rejects(live.open(watching()), failsWith('rate_limited'))
  const others = []
  for (let count = 0; count < 256; count++) {
    others.push(await live.open(watching({ principal: `token:${count}` })))
  }
  await assert.rejects(live.open(watching({ principal: 'token:x' })), failsWith('rate_limited'))
  own[0]!.close()
  own[0]!.close()
  await live.open(watching())
  await assert.rejects(live.open(watching()), failsWith('rate_limited'))
  assert.equal(following(), 1)
  assert.equal(others.length, 256)
})

test('nobody watches, nothing is followed; the next one begins anew', async () => {
  const { live, append, following } = liveBench()
  const first = await live.open(watching())
  assert.equal(following(), 1)
  first.close()
  await idle()
  assert.equal(following(), 0)
  await append(2)
  const second = await live.open(watching())
  await append(1)
  assert.deepEqual(await readEvents(second, 1), ['hello 2/2', '3'])
  assert.equal(await first.next(), undefined)
})

test('a server that stops ends its streams, after what they wait for, and takes no more', async () => {
  const { live, append, following } = liveBench()
  const stream = await live.open(watching())
  const held = await live.open(watching())
  await nextOf(held)
  const waiting = nextOf(held)
  await append(1)
  await waiting
  const last = nextOf(held)
  live.drain()
  assert.deepEqual(await last, ['end shutdown'])
  assert.deepEqual(await readEvents(stream, 2), ['hello 0/0', '1', 'end shutdown'])
  await idle()
  assert.equal(following(), 0)
  await assert.rejects(live.open(watching()), failsWith('unavailable'))
})

test('a trail that cannot be followed or replayed fails the stream and leaves nothing behind', async () => {
  const { live: none } = liveBench({ feed: undefined })
  await assert.rejects(none.open(watching()), failsWith('unavailable'))
  let fails = true
  const good = liveBench()
  const { live } = liveBench({
    feed: {
      follow: (heard) => fails ? Promise.reject(new Error('EACCES')) : good.log.feed.follow(heard),
    },
  })
  await assert.rejects(live.open(watching()), /EACCES/)
  fails = false
  const stream = await live.open(watching())
  assert.deepEqual(await nextOf(stream), ['hello 0/0'])
  const broken = liveBench({
    reader: {
      page: () => Promise.reject(new Error('EIO')),
      stats: () => Promise.reject(),
      sessions: () => Promise.reject(),
    },
  })
  await broken.append(1)
  const replay = await broken.live.open(watching({ after: 0 }))
  assert.deepEqual(await nextOf(replay), ['hello 0/1'])
  await assert.rejects(replay.next(), /EIO/)
  await idle()
  assert.equal(broken.following(), 0)
})
