import type { Clock, Ids } from '../ports.ts'

/** Crockford's base 32. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TIME_DIGITS = 10
const RANDOM_DIGITS = 16

/**
 * ULIDs by this clock, strictly increasing in this process: within one millisecond, and when the clock
 * goes back, the random part is counted up.
 *
 * @param draw - five random bits
 */
export function ulids(clock: Clock, draw: () => number = randomBits()): Ids {
  let last = 0
  let time = ''
  const random = new Uint8Array(RANDOM_DIGITS)
  return {
    next() {
      const now = Math.max(1, Math.trunc(clock.now()))
      if (now > last) {
        last = now
        time = timeDigits(now)
        for (let i = 0; i < RANDOM_DIGITS; i++) random[i] = draw()
      } else countUp(random)
      let id = time
      for (let i = 0; i < RANDOM_DIGITS; i++) id += DIGITS[random[i]!]
      return id
    },
  }
}

/** The same number of digits for any time until the year 10889. */
function timeDigits(time: number): string {
  let digits = ''
  for (let rest = time; digits.length < TIME_DIGITS; rest = Math.floor(rest / 32)) {
    digits = DIGITS[rest % 32]! + digits
  }
  return digits
}

function countUp(digits: Uint8Array): void {
  const at = digits.findLastIndex((digit) => digit !== 31)
  if (at < 0) throw new Error('There are no more ids for this millisecond')
  digits[at]! += 1
  digits.fill(0, at + 1)
}

/** Drawn for many at once: a draw costs as much as the whole rest of an id. */
function randomBits(): () => number {
  const drawn = new Uint8Array(1024)
  let left = 0
  return () => {
    if (left === 0) left = crypto.getRandomValues(drawn).length
    return drawn[--left]! & 31
  }
}
