import { monotonicFactory } from 'ulid'
import type { Clock, Ids } from '../ports.ts'

/**
 * ULIDs by this clock, strictly increasing in this process: within one millisecond, and when the clock
 * goes back, the random part is counted up.
 */
export function ulids(clock: Clock): Ids {
  const next = monotonicFactory(() => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32)
  return { next: () => next(Math.max(0, Math.trunc(clock.now()))) }
}
