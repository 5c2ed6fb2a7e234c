import type { Clock, Ids } from '../ports.ts'

/** Crockford's base 32: no letter that is taken for a digit. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TIME_DIGITS = 10
const RANDOM_DIGITS = 16
/** Of this many five-bit digits at once: a draw costs as much as the whole rest of an id. */
const DRAWN = 1024

/**
 * ULIDs by this clock, strictly increasing in this process: within one millisecond, and when the clock
 * goes back, the random part is counted up.
 */
export function ulids(clock: Clock): Ids {
  const drawn = new Uint8Array(DRAWN)
  let left = 0
  let last = -1
  const random = new Uint8Array(RANDOM_DIGITS)

  function draw(): void {
    for (let at = 0; at < RANDOM_DIGITS; at++) {
      if (left === 0) left = crypto.getRandomValues(drawn).length
      random[at] = drawn[--left]! & 31
    }
  }

  return {
    next() {
      const now = Math.max(0, Math.trunc(clock.now()))
      if (now > last) {
        last = now
        draw()
      } else if (!countUp(random)) {
        last += 1
        draw()
      }
      return timeOf(last) + Array.from(random, (digit) => DIGITS[digit]).join('')
    },
  }
}

/** One more; false where all digits were the highest. */
function countUp(digits: Uint8Array): boolean {
  for (let at = digits.length - 1; at >= 0; at--) {
    if (digits[at]! < 31) {
      digits[at]! += 1
      return true
    }
    digits[at] = 0
  }
  return false
}

function timeOf(ms: number): string {
  let text = ''
  let rest = ms
  for (let at = 0; at < TIME_DIGITS; at++) {
    text = DIGITS[rest % 32]! + text
    rest = Math.floor(rest / 32)
  }
  return text
}
