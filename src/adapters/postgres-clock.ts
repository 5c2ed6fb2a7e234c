import type { Clock } from '../ports.ts'
import type { Follower } from './postgres-follow.ts'

/** The clock of the database, so that replicas agree on when anything ends whatever their own say (F48). */
export function sharedClock(
  { follower }: { readonly follower: Pick<Follower, 'now'> },
  clock: Clock,
): Clock {
  return {
    now: () => follower.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  }
}
