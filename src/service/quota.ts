import { RampartError } from '../errors.ts'
import { createBuckets } from './buckets.ts'
import type { Services } from './services.ts'

/** Takes one dry run of a principal, or throws `rate_limited` with the time to wait (security.md F28). */
export type TakePreview = (principal: string) => void

/** `previewsPerMinute` on average, `previewBurst` at once, for each principal. */
export function createQuota(
  { settings, clock }: Pick<Services, 'settings' | 'clock'>,
): TakePreview {
  const { previewBurst: burst, previewsPerMinute: perMinute } = settings
  const buckets = createBuckets({ burst, perMinute }, clock)
  return (principal) => {
    const wait = buckets.take(principal)
    if (wait === 0) return
    throw new RampartError('rate_limited', 'Too many dry runs', {
      headers: { 'retry-after': String(Math.max(1, Math.ceil(wait / 1000))) },
    })
  }
}
