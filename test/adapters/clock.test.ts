import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../src/adapters/clock.ts'
import { ulids } from '../../src/adapters/ids.ts'
import { manualClock } from '../../src/adapters/memory.ts'

test('ids increase strictly, within a millisecond and when the clock goes back', () => {
  const clock = manualClock(1_800_000_000_000)
  const ids = ulids(clock)
  const made = Array.from({ length: 5000 }, (_, index) => {
    if (index % 1000 === 999) clock.set(clock.now() - 60_000)
    if (index % 700 === 0) clock.advance(1)
    return ids.next()
  })
  for (const [index, id] of made.entries()) {
    assert.match(id, /^[0-9A-HJKMNP-TV-Z]{26}$/)
    if (index > 0) assert.ok(id > made[index - 1]!, `${id} after ${made[index - 1]}`)
  }
})

test('sleep resolves, and rejects with the reason of its signal', async () => {
  const clock = systemClock()
  // A sleeper keeps no process alive; this one has to see it wake.
  const alive = setInterval(() => {}, 1000)
  await clock.sleep(1)
  clearInterval(alive)
  const controller = new AbortController()
  const sleeping = clock.sleep(60_000, controller.signal)
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(sleeping, (error) => error === reason)
  await assert.rejects(clock.sleep(60_000, controller.signal), (error) => error === reason)
})
