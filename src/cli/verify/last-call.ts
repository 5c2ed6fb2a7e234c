import { existsSync } from 'node:fs'
import { indexedTrail } from '../../adapters/audit-index.ts'
import { VERIFY_SESSION } from '../../setup/canaries.ts'
import type { Host } from '../../setup/hosts.ts'

/** Pages that are looked through for a call that is not ours. */
const PAGES = 20

/**
 * When a host last asked about a call of its own, in ms; undefined where it never did, as far as the trail goes
 * back. Whoever may write to the socket can make such an event (security.md F46): it is a sign; with a text that
 * nobody could have known before, it is as good as a proof.
 */
export async function lastRealCall(
  dir: string,
  { name }: Host,
  text?: string,
): Promise<number | undefined> {
  if (!existsSync(dir)) return undefined
  const reader = indexedTrail({ dir })
  try {
    let after: number | undefined
    for (let page = 0; page < PAGES; page++) {
      const word = text === undefined ? {} : { text }
      const filter = { limit: 50, agent: name, kind: 'decision' as const, ...word }
      const { events, next } = await reader.page(
        after === undefined ? filter : { ...filter, after },
      )
      const real = events.find(({ session }) => session !== VERIFY_SESSION)
      if (real !== undefined) return Date.parse(real.time)
      if (next === undefined) return undefined
      after = next
    }
    return undefined
  } finally {
    reader.close()
  }
}

/** `3 min ago`: as exact as anybody needs it. */
export function agoText(then: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - then) / 1000))
  if (seconds < 90) return `${seconds} s ago`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return `${minutes} min ago`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`
}
