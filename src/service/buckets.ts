import type { Clock } from '../ports.ts'

/** So many at once, and so many a minute after that. */
export interface Rate {
  readonly burst: number
  readonly perMinute: number
}

/** A token bucket for each of many names (security.md F28, F30). */
export interface Buckets {
  /** Take one: 0, or the milliseconds until there is one; then none is taken. */
  take(name: string): number
  /** Take one that is gone already, below none where it must be: it is waited for as well. */
  owe(name: string): void
  /** The same without taking. */
  wait(name: string): number
}

/** Names remembered at once; who came longest ago is forgotten first. */
const MOST = 10_000

export function createBuckets(
  { burst, perMinute }: Rate,
  clock: Pick<Clock, 'monotonic'>,
): Buckets {
  const perMs = perMinute / 60_000
  const buckets = new Map<string, { readonly tokens: number; readonly at: number }>()

  function filled(name: string): number {
    const bucket = buckets.get(name)
    if (bucket === undefined) return burst
    return Math.min(burst, bucket.tokens + (clock.monotonic() - bucket.at) * perMs)
  }
  function keep(name: string, tokens: number): void {
    buckets.delete(name)
    buckets.set(name, { tokens, at: clock.monotonic() })
    if (buckets.size > MOST) buckets.delete(buckets.keys().next().value!)
  }
  const until = (tokens: number) => tokens >= 1 ? 0 : (1 - tokens) / perMs

  return {
    wait: (name) => until(filled(name)),
    take(name) {
      const tokens = filled(name)
      keep(name, tokens >= 1 ? tokens - 1 : tokens)
      return until(tokens)
    },
    owe: (name) => keep(name, filled(name) - 1),
  }
}
