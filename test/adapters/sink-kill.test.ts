import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withTrail } from '../helpers/audit.ts'
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
