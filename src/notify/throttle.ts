import { type Alert, kindOf } from './alert.ts'
import type { HeldCount } from './notice.ts'

/** What is held back until the next digest. It is kept with the cursor, so no count is lost. */
export interface Held {
  readonly counts: readonly HeldCount[]
  /** The last event that it counts; empty where it counts none. */
  readonly id: string
}

export const NOTHING_HELD: Held = { counts: [], id: '' }

/** Denials and what was let through wait behind nothing but themselves (security.md F30). */
const OWN_BUCKET = new Set<string>(['deny', 'fail_open'])
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Kinds and sessions that are remembered; one that is forgotten is a first one again. */
const REMEMBERED = 10_000
/**
 * Sessions an hour that make a first alert of the same rule: an agent that calls itself anew each time
 * floods nobody. A rule is known to fire by then, and the others are counted.
 */
const SESSIONS = 20

interface Bucket {
  tokens: number
  at: number
}

interface Kind {
  readonly sessions: Set<string>
  since: number
}

/**
 * Which alerts of one destination go out by themselves: the first of each rule and session always, others
 * while there is room, in three buckets. What is left is for the digest.
 */
export class Throttle {
  readonly #perMinute: number
  readonly #kinds = new Map<string, Kind>()
  readonly #buckets = new Map<string, Bucket>()

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Whether an alert goes out alone. `now` are milliseconds that never go back. */
  takes(alert: Alert, now: number): boolean {
    return this.#isFirst(alert, now) ||
      this.#hasRoom(OWN_BUCKET.has(alert.class) ? alert.class : '', now)
  }

  #isFirst(alert: Alert, now: number): boolean {
    const key = kindOf(alert)
    const { session } = alert.event
    const known = this.#kinds.get(key)
    this.#kinds.delete(key)
    const kind = known ?? { sessions: new Set(), since: now }
    this.#kinds.set(key, kind)
    if (this.#kinds.size > REMEMBERED) this.#kinds.delete(this.#kinds.keys().next().value!)
    if (now - kind.since >= HOUR) {
      kind.sessions.clear()
      kind.since = now
    }
    if (kind.sessions.has(session) || kind.sessions.size >= SESSIONS) return false
    kind.sessions.add(session)
    return true
  }

  #hasRoom(name: string, now: number): boolean {
    const bucket = this.#buckets.get(name) ?? { tokens: this.#perMinute, at: now }
    const gained = (now - bucket.at) * this.#perMinute / MINUTE
    bucket.tokens = Math.min(this.#perMinute, bucket.tokens + Math.max(0, gained))
    bucket.at = now
    this.#buckets.set(name, bucket)
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return true
  }
}

/** Different things that a digest tells apart; more are counted as one. */
const TOLD_APART = 50
const LONGEST = 120

/** One more that is held back. */
export function held({ counts }: Held, alert: Alert): Held {
  const { class: type, event, title } = alert
  const what = (event.decision.rule ?? title).slice(0, LONGEST)
  const name = counts.some((one) => one.what === what) || counts.length < TOLD_APART
    ? what
    : 'others'
  const known = counts.find((one) => one.type === type && one.what === name)
  const next = known === undefined
    ? [...counts, { type, what: name, count: 1 }]
    : counts.map((one) => one === known ? { ...one, count: one.count + 1 } : one)
  return { counts: next, id: event.id }
}
