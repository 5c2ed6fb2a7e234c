import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { liveBench, readEvents, watching } from '../helpers/live.ts'

/**
 * Events are appended before and after each page of the replay is read, and between what the reader takes; those
 * who watch hear of them at once, or late.
 */
const plan = fc.record({
  before: fc.nat(450),
  after: fc.nat(500),
  during: fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.boolean()), { maxLength: 6 }),
  agent: fc.boolean(),
})

test('from the trail to what comes: no gap, nothing twice, in order, whatever is appended meanwhile', () =>
  fc.assert(
    fc.asyncProperty(plan, async ({ before, after, during, agent }) => {
      const steps = during.values()
      const one = liveBench()
      const append = async (count: number) => {
        for (let made = 0; made < count; made++) {
          await one.append(1, { agent: one.log.head().seq % 3 === 0 ? 'b' : 'a' })
        }
      }
      const { page } = one.services.reader
      Object.assign(one.services.reader, {
        async page(filter: Parameters<typeof page>[0]) {
          const [first, second, hold] = steps.next().value ?? [0, 0, false]
          one.hold(hold)
          await append(first)
          const found = await page(filter)
          await append(second)
          // Once it has joined those who are told.
          setImmediate(() => one.hold(false))
          return found
        },
      })
      await append(before)
      const filter = { approvalsOnly: false, ...(agent ? { agent: 'b' } : {}) }
      const stream = await one.live.open(watching({ after, filter }))
      const begun = Math.min(after, one.log.head().seq)
      const wanted = () =>
        one.log.events().filter((event) => event.seq > begun && (!agent || event.agent === 'b'))
          .map(({ seq }) => String(seq))
      const got: string[] = []
      const read = async (count: number) => {
        while (got.length < count) {
          got.push(...(await readEvents(stream, 1)).filter((word) => /^\d+$/.test(word)))
        }
      }
      await read(Math.min(100, wanted().length))
      await append(5)
      one.hold(false)
      while (got.length < wanted().length) await read(wanted().length)
      assert.deepEqual(got, wanted())
    }),
    { numRuns: 60 },
  ))
