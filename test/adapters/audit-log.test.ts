import assert from 'node:assert/strict'
import { appendFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TrailObserver } from '../../src/adapters/audit-observer.ts'
import { draft, faulty, NOON, withTrail } from '../helpers/audit.ts'

import { assertClean, at, DAY, FIRST } from '../helpers/trail.ts'

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

test('observers hear of what is durable, in order, with the notes of the trail itself', async () => {
  await withTrail(async ({ dir, open, files }) => {
    const heard: string[] = []
    const observer: TrailObserver = {
      appended: ({ file, events }) => {
        heard.push(...events.map(({ seq, kind }) => `${file} ${seq} ${kind}`))
      },
      close: () => Promise.resolve(void heard.push('close')),
    }
    const log = await open()
    await log.append([draft()])
    await log.close()
    appendFileSync(join(dir, FIRST), '{"torn')
    const again = await open({ observers: [observer] })
    await Promise.all([again.append([draft()]), again.append([draft(at(NOON + DAY))])])
    await again.close()
    assert.deepEqual(heard, [
      `${FIRST} 2 recovery`,
      `${FIRST} 3 decision`,
      '2026-11-25.jsonl 4 decision',
      'close',
    ])
    assert.equal(Object.keys(files()).filter((name) => name.endsWith('.jsonl')).length, 2)
  })
})

test('a process that always has work lets another one have its turn', async () => {
  await withTrail(async ({ dir, open }) => {
    const [busy, other] = [await open(), await open()]
    let done = false
    let made = 0
    async function call(): Promise<void> {
      while (!done) {
        await busy.append([draft()])
        made += 1
      }
    }
    const calls = Array.from({ length: 64 }, call)
    for (let turn = 0; turn < 10; turn++) await other.append([draft()])
    done = true
    await Promise.all(calls)
    await assertClean(dir, made + 10)
  })
})
