import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ulids } from '../../src/adapters/ids.ts'

const at = (times: readonly number[]) => {
  let asked = 0
  return ulids({
    now: () => times[Math.min(asked++, times.length - 1)]!,
    monotonic: () => 0,
    sleep: async () => {},
  })
}
/** The time of an id, read as the specification of ULIDs has it. */
const timeOf = (id: string): number =>
  [...id.slice(0, 10)].reduce(
    (sum, digit) => sum * 32 + '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(digit),
    0,
  )

test('an id begins with its time and is of 26 digits of base 32', () => {
  for (const time of [1, 1_795_521_600_000, 2 ** 48 - 1]) {
    const id = at([time]).next()
    assert.match(id, /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
    assert.equal(timeOf(id), time)
  }
  assert.equal(at([1_469_918_176_385]).next().slice(0, 10), '01ARYZ6S41')
})

test('ids of one process increase, within a millisecond and when the clock goes back', () => {
  const clock = [5, 5, 5, 4, 0, 6, 6, -1, Number.MAX_SAFE_INTEGER % 2 ** 40]
  const ids = at(clock)
  const made = clock.map(() => ids.next())
  assert.deepEqual(made.toSorted(), made)
  assert.equal(new Set(made).size, made.length)
  const many = at([7])
  const thousands = Array.from({ length: 5000 }, () => many.next())
  assert.deepEqual(thousands.toSorted(), thousands)
  assert.equal(new Set(thousands).size, 5000)
})

test('two makers of ids do not make the same', () => {
  const made = Array.from({ length: 200 }, () => at([9]).next())
  assert.equal(new Set(made).size, 200)
})
