import type { Via } from '../audit/event.ts'
import { recordLater } from './record.ts'
import type { Services } from './services.ts'

/** The first failure is told at once, the rest of a minute in one event. */
const WINDOW_MS = 60_000

export interface AuthFailures {
  /** One failed authentication. */
  add(via: Via, detail: string): Promise<void>
  /** Tell of those that are not told yet. */
  flush(): Promise<void>
}

/** Failed authentications, aggregated: a flood of them cannot fill the disk (security.md F28). */
export function createAuthFailures(services: Services): AuthFailures {
  let untold = 0
  let last: { via: Via; detail: string } | undefined
  let toldAt = -Infinity

  async function tell(): Promise<void> {
    if (untold === 0 || last === undefined) return
    const failures = untold
    untold = 0
    toldAt = services.clock.monotonic()
    await recordLater({
      kind: 'auth_failure',
      request: { failures, last: last.detail.slice(0, 256) },
      decision: { action: 'deny', eval_us: 0 },
      principal: 'unknown',
      via: last.via,
    }, services)
  }

  return {
    async add(via, detail) {
      untold += 1
      last = { via, detail }
      if (services.clock.monotonic() - toldAt >= WINDOW_MS) await tell()
    },
    flush: tell,
  }
}
