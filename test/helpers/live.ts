import { type MemoryAuditLog, memoryAuditLog, memoryReader } from '../../src/adapters/memory.ts'
import { createLive, type Live } from '../../src/service/live.ts'
import type { LiveRequest, LiveStream } from '../../src/service/live-client.ts'
import type { LiveItem } from '../../src/service/live-item.ts'
import type { Services } from '../../src/service/services.ts'
import { draft } from './audit.ts'
import { bench, type FakeClock } from './service.ts'

export interface LiveBench {
  readonly log: MemoryAuditLog
  readonly clock: FakeClock
  readonly services: Services
  readonly live: Live
  /** Streams that are told of what comes. */
  readonly following: () => number
  readonly logged: readonly string[]
  /** Whether what was appended is told of later, when this ends. */
  hold(hold: boolean): void
  append(count: number, change?: Parameters<typeof draft>[0]): Promise<void>
}

/** The streams of a server whose trail is in memory. */
export function liveBench(change: Partial<Services> = {}, keep?: number): LiveBench {
  const one = bench('version: "1"\ndefault_action: allow\npolicies: []\n')
  const log = memoryAuditLog(keep)
  let following = 0
  let isHeld = false
  const held: (() => void)[] = []
  const tellHeld = () => {
    for (const tell of held.splice(0)) tell()
  }
  const services: Services = {
    ...one.services,
    audit: log,
    reader: memoryReader(log.events),
    feed: {
      async follow(heard) {
        const begun = await log.feed.follow((news) => {
          held.push(() => heard(news))
          if (!isHeld) tellHeld()
        })
        following += 1
        return {
          ...begun,
          async caughtUp() {
            tellHeld()
          },
          async close() {
            following -= 1
            await begun.close()
          },
        }
      },
    },
    ...change,
  }
  return {
    log,
    clock: one.clock,
    services,
    live: createLive(services),
    following: () => following,
    hold(hold) {
      isHeld = hold
      if (!hold) tellHeld()
    },
    logged: one.logged,
    async append(count, change) {
      for (let made = 0; made < count; made++) await log.append([draft(change)])
    },
  }
}

export function watching(change: Partial<LiveRequest> = {}): LiveRequest {
  return {
    principal: 'admin',
    filter: { approvalsOnly: false },
    isAllowed: () => Promise.resolve(true),
    ...change,
  }
}

/** The next batch as one word an item. */
export async function nextOf(stream: LiveStream): Promise<string[] | undefined> {
  return (await stream.next())?.map(wordOf)
}

export function wordOf(item: LiveItem): string {
  switch (item.kind) {
    case 'event':
      return String(item.line.event.seq)
    case 'hello':
      return `hello ${item.from}/${item.seq}`
    case 'beat':
      return `beat ${item.seq}`
    case 'end':
      return `end ${item.reason}`
    default:
      return `${item.kind} ${item.from}-${item.to}`
  }
}

/** Everything until there are so many events, in words. */
export async function readEvents(stream: LiveStream, count: number): Promise<string[]> {
  const words: string[] = []
  while (words.filter((word) => /^\d+$/.test(word)).length < count) {
    const next = await nextOf(stream)
    if (next === undefined) break
    words.push(...next)
  }
  return words
}
