import type { AuditEvent } from './event.ts'

/** What one session of an agent did. */
export interface SessionCount {
  readonly agent: string
  readonly session: string
  readonly calls: number
  readonly denied: number
  readonly asked: number
  /** Time of its last call. */
  readonly last: string
}

/** `GET /v1/audit/sessions`: who called last comes first. */
export interface TrailSessions {
  readonly sessions: readonly SessionCount[]
  /** Sessions of before that are not listed. */
  readonly unlisted: number
}

/** Most sessions that are listed. */
export const SESSIONS = 200

/** What is counted of one session, whatever names it. */
export interface Tally {
  calls: number
  denied: number
  asked: number
  /** Where its last call stands in the trail. */
  last: number
}

/** A session by its tally and its last call. */
export function sessionCount(
  { calls, denied, asked }: Tally,
  { agent, session, time }: Pick<AuditEvent, 'agent' | 'session' | 'time'>,
): SessionCount {
  return { agent, session, calls, denied, asked, last: time }
}

/** Counts decisions by session; `K` is its key. */
export class SessionTallies<K> {
  readonly #tallies = new Map<K, Tally>()

  /** So many decisions of one action, the last of them at `last`. */
  add(key: K, action: string, weight: number, last: number): void {
    let tally = this.#tallies.get(key)
    if (tally === undefined) {
      this.#tallies.set(key, tally = { calls: 0, denied: 0, asked: 0, last })
    }
    tally.calls += weight
    if (action === 'deny') tally.denied += weight
    if (action === 'require_approval') tally.asked += weight
    tally.last = Math.max(tally.last, last)
  }

  /** Those that called last, and how many more there are. */
  newest(): { readonly tallies: readonly Tally[]; readonly unlisted: number } {
    const tallies = [...this.#tallies.values()].sort((a, b) => b.last - a.last)
    const unlisted = Math.max(0, tallies.length - SESSIONS)
    return { tallies: tallies.slice(0, SESSIONS), unlisted }
  }
}
