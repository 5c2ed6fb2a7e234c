import type { EventKind } from '../audit/event.ts'

/** Longest that an event stays without an anchor, ms (security.md F27). */
export const LATEST_MS = 10_000

/** Events that somebody may want to undo. */
export const AT_ONCE: ReadonlySet<EventKind> = new Set(['approval', 'policy', 'fail_open'])
