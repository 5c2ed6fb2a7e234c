import { RampartError } from '../errors.ts'
import type { Services } from './services.ts'

interface Bucket {
  tokens: number
  at: number
}

/** Principals remembered at once; beyond it the fullest buckets are forgotten first. */
const BUCKETS = 10_000

/** Takes one dry run of a principal, or throws `rate_limited` with the time to wait (security.md F28). */
export type TakePreview = (principal: string) => void

/** A token bucket per principal: `previewsPerMinute` on average, `previewBurst` at once. */
export function createQuota(
  { settings, clock }: Pick<Services, 'settings' | 'clock'>,
): TakePreview {
  const { previewBurst: burst, previewsPerMinute } = settings
  const perMs = previewsPerMinute / 60_000
  const buckets = new Map<string, Bucket>()
  return (principal) => {
    const now = clock.monotonic()
    const bucket = buckets.get(principal) ?? { tokens: burst, at: now }
    const tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * perMs)
    // Last in the map is who came last: forgetting the first forgets who was quiet longest.
    buckets.delete(principal)
    buckets.set(principal, { tokens: Math.max(0, tokens - 1), at: now })
    if (buckets.size > BUCKETS) buckets.delete(buckets.keys().next().value!)
    if (tokens >= 1) return
    buckets.set(principal, { tokens, at: now })
    const seconds = Math.max(1, Math.ceil((1 - tokens) / perMs / 1000))
    throw new RampartError('rate_limited', 'Too many dry runs', {
      headers: { 'retry-after': String(seconds) },
    })
  }
}
