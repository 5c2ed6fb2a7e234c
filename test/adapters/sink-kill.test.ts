import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { draft, withTrail } from '../helpers/audit.ts'
import { dayName, fillDays } from '../helpers/days.ts'
import { parseSyslog } from '../helpers/formats.ts'
import { openWithSinks, specOf, streamReceiver, until } from '../helpers/sinks.ts'
import { startScript } from '../helpers/spawn.ts'

test('kill -9 while it delivers: nothing is missing, each event comes first in its place', () =>
  withTrail(async (trail) => {
    const seqs: number[] = []
    const receiver = await streamReceiver((messages) => {
      seqs.push(...messages.map((text) => Number(parseSyslog(text).data.get('seq'))))
    })
    const url = `tcp://127.0.0.1:${receiver.port}`
    for (let round = 0; round < 4; round++) {
      const before = seqs.length
      const worker = startScript('./audit-worker.ts', [trail.dir, '1000000', '4', url])
      await until(() => seqs.length > before + 50 * round)
      await worker.printed(20)
      worker.child.kill('SIGKILL')
      await worker.ended
    }
    const last = await openWithSinks(trail, [specOf(url)])
    await until(() => last.sinks.states()[0]!.lag_events === 0)
    const head = last.log.head().seq
    await last.close()
    await receiver.close()
    assert.deepEqual([...new Set(seqs)], Array.from({ length: head }, (_, index) => index + 1))
  }))

test('what was pruned before a receiver came back is told in the trail, on the log and in the state', () =>
  withTrail(async (trail) => {
    await fillDays(trail, 3)
    const events: { seq: number; kind: string; message: string }[] = []
    const receiver = await streamReceiver((messages) => {
      for (const text of messages) {
        const { seq, kind, decision } = JSON.parse(parseSyslog(text).message.slice(1))
        events.push({ seq, kind, message: decision.message })
      }
    })
    const spec = specOf(`tcp://127.0.0.1:${receiver.port}`, { from: 'start' })
    const first = await openWithSinks(trail, [spec])
    await until(() => events.length === 9)
    await first.close()
    const aside = await trail.open()
    for (const index of [0, 1]) {
      trail.clock.advance(86_400_000)
      await aside.append([draft({ time: new Date(trail.clock.now()).toISOString() })])
      assert.equal(aside.head().seq, 10 + index)
    }
    await aside.close()
    for (const day of [2, 3]) rmSync(join(trail.dir, dayName(day)))
    const again = await openWithSinks(trail, [spec])
    await until(() => events.length === 11)
    assert.deepEqual(events.slice(9).map(({ seq, kind }) => [seq, kind]), [[11, 'decision'], [
      12,
      'alert',
    ]])
    assert.match(
      events[10]!.message,
      /^Event 10 was pruned, or cannot be read, before the sink one/,
    )
    assert.equal(again.told.filter((text) => text.startsWith('Event 10 was')).length, 1)
    await until(() => again.sinks.states()[0]!.lag_events === 0)
    assert.equal(again.sinks.states()[0]!.lost, 1)
    await again.close()
    await receiver.close()
  }))
