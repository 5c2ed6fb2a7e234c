import { monotonicFactory } from 'ulid'
import type { Clock, Ids } from '../ports.ts'

/**
 * ULIDs by this clock, strictly increasing in this process: within one millisecond, and when the clock
 * goes back, the random part is counted up.
 */
export function ulids(clock: Clock): Ids {
  const next = monotonicFactory(randomNumbers())
  return { next: () => next(Math.max(1, Math.trunc(clock.now()))) }
}

/** Numbers from 0 to 1, drawn by many at once: a draw costs as much as the whole rest of an id. */
function randomNumbers(): () => number {
  const drawn = new Uint32Array(256)
  let left = 0
  return () => {
    if (left === 0) left = crypto.getRandomValues(drawn).length
    return drawn[--left]! / 2 ** 32
  }
}
