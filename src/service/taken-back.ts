import { type Buckets, createBuckets } from './buckets.ts'
import type { Services } from './services.ts'

/** Questions that a principal may take back: a person interrupts an agent a few times a minute at most. */
const RATE = { burst: 20, perMinute: 4 }

const kept = new WeakMap<object, Buckets>()

/**
 * Questions taken back, by principal. Each was shown to people and is no longer among those that are
 * limited (`PENDING`): without this an agent could ask and take back without end.
 */
export function takenBack({ approvals, clock }: Pick<Services, 'approvals' | 'clock'>): Buckets {
  const known = kept.get(approvals)
  if (known !== undefined) return known
  const made = createBuckets(RATE, clock)
  kept.set(approvals, made)
  return made
}
