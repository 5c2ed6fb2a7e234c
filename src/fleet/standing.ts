/** How a node stands, worst first. */
export const STANDINGS = ['revoked', 'forked', 'lost', 'late', 'ok'] as const
export type Standing = (typeof STANDINGS)[number]

/** How often a node tells of itself. */
export const BEAT_MS = 30_000
/** Two beats may go astray. */
const LATE_MS = 3 * BEAT_MS
const LOST_MS = 60 * 60_000

/**
 * `late` after three beats that did not come, `lost` after an hour; what cannot be mended by waiting comes
 * before both.
 */
export function standingOf(
  node: {
    readonly enrolledAt: number
    readonly seenAt?: number | undefined
    readonly revokedAt?: number | undefined
    readonly fork?: unknown
  },
  now: number,
): Standing {
  if (node.revokedAt !== undefined) return 'revoked'
  if (node.fork !== undefined) return 'forked'
  const silent = now - (node.seenAt ?? node.enrolledAt)
  return silent > LOST_MS ? 'lost' : silent > LATE_MS ? 'late' : 'ok'
}
