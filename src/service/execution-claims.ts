import { claimOf } from './ruled.ts'
import type { Judged } from './judge.ts'
import type { Services } from './services.ts'

/**
 * The services as the call sees them that has claimed what it rests on: a rule for one call is not used up for
 * that very call when it is looked at again.
 */
export function withOwnClaims({ decision }: Judged, services: Services): Services {
  const grants = (decision.grants ?? []).filter(({ once }) => once).map(claimOf)
  const own = new Set([...decision.consumes, ...grants])
  if (own.size === 0) return services
  const { once } = services
  return {
    ...services,
    once: {
      claimed: (key) => !own.has(key) && once.claimed(key),
      async claim(keys, at) {
        const others = keys.filter((key) => !own.has(key))
        return others.length === 0 || await once.claim(others, at)
      },
    },
  }
}
