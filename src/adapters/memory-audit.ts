import { GENESIS, type Head, sealEvent } from '../audit/chain.ts'
import type { AuditEvent } from '../audit/event.ts'
import { matchesFilter } from './audit-filter.ts'
import { prepareDraft } from '../audit/prepare.ts'
import { RampartError } from '../errors.ts'
import type { AuditLog, TrailFeed, TrailNews } from '../ports.ts'
import { sha256 } from './hash.ts'

/** A trail in memory: a real chain, gone with the process. */
export interface MemoryAuditLog extends AuditLog {
  /** The lines as a file would hold them, oldest first. */
  lines(): readonly string[]
  /** Everything recorded, oldest first. */
  events(): readonly AuditEvent[]
  readonly feed: TrailFeed
}

/** The newest `keep` events are kept; the chain goes on over those that are not. */
export function memoryAuditLog(keep = 100_000): MemoryAuditLog {
  const kept: { event: AuditEvent; line: string }[] = []
  let head: Head = GENESIS
  let closed = false
  const listeners = new Set<(news: TrailNews) => void>()
  return {
    async append(drafts) {
      if (closed) throw new RampartError('audit_unavailable', 'The audit trail is closed')
      const sealed = []
      let next = head
      for (const draft of drafts) {
        const one = sealEvent(prepareDraft(draft, { hash: sha256 }), next, sha256)
        sealed.push(one)
        next = one.event
      }
      head = next
      kept.push(...sealed)
      if (kept.length > keep) kept.splice(0, kept.length - keep)
      const lines = sealed.map(({ event, line }) => ({ event, text: line.replace(/\n$/, '') }))
      if (lines.length > 0) { for (const heard of [...listeners]) heard({ lines, lost: [] }) }
      return sealed.map(({ event }) => event)
    },
    async query(filter) {
      const found: AuditEvent[] = []
      const events = kept.map(({ event }) => event)
      for (const event of filter.order === 'asc' ? events : events.reverse()) {
        if (found.length >= filter.limit) break
        if (matchesFilter(event, filter)) found.push(event)
      }
      return found
    },
    head: () => ({ seq: head.seq, hash: head.hash }),
    close: async () => void (closed = true),
    lines: () => kept.map(({ line }) => line),
    events: () => kept.map(({ event }) => event),
    feed: {
      follow(heard) {
        listeners.add(heard)
        return Promise.resolve({
          seq: head.seq,
          caughtUp: () => Promise.resolve(),
          close: async () => void listeners.delete(heard),
        })
      },
    },
  }
}
