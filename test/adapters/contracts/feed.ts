import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrailFeed } from '../../../src/audit/feed.ts'
import type { AuditLog } from '../../../src/ports.ts'
import { draft } from '../../helpers/audit.ts'

export interface FedTrail {
  readonly log: AuditLog
  readonly feed: TrailFeed
}

/** What every feed of a trail promises. */
export function feedContract(
  name: string,
  using: (work: (trail: FedTrail) => Promise<void>) => Promise<void>,
): void {
  test(`${name} feed: tells each event once, in order, from where it began`, () =>
    using(async ({ log, feed }) => {
      await log.append([draft(), draft()])
      const told: number[] = []
      const following = await feed.follow(({ lines }) => {
        told.push(...lines.map(({ event }) => event.seq))
      })
      assert.equal(following.seq, 2)
      await Promise.all(Array.from({ length: 300 }, () => log.append([draft()])))
      await following.caughtUp()
      assert.deepEqual(told, Array.from({ length: 300 }, (_, index) => index + 3))
      await following.close()
    }))

  test(`${name} feed: the text of a line is the event's, without the end of the line`, () =>
    using(async ({ log, feed }) => {
      const texts: string[] = []
      const following = await feed.follow(({ lines }) => {
        texts.push(...lines.map(({ text }) => text))
      })
      assert.equal(following.seq, 0)
      const [event] = await log.append([draft({ agent: 'a\u2028b\r\n' })])
      await following.caughtUp()
      assert.deepEqual(texts.map((text) => JSON.parse(text)), [event])
      assert.ok(!/[\r\n]/.test(texts[0]!))
      await following.close()
    }))

  test(`${name} feed: several follow at once; who has closed hears nothing more`, () =>
    using(async ({ log, feed }) => {
      const [a, b]: [number[], number[]] = [[], []]
      const first = await feed.follow(({ lines }) =>
        void a.push(...lines.map(({ event }) => event.seq))
      )
      const second = await feed.follow(({ lines }) =>
        void b.push(...lines.map(({ event }) => event.seq))
      )
      await log.append([draft()])
      await first.caughtUp()
      await first.close()
      await first.close()
      await log.append([draft()])
      await second.caughtUp()
      await first.caughtUp()
      assert.deepEqual([a, b], [[1], [1, 2]])
      await second.close()
    }))
}
