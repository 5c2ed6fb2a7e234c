import type { AuditEvent } from '../../audit/event.ts'
import { readEvent } from '../../audit/read.ts'
import { type ProblemCode, RampartError } from '../../errors.ts'
import type { Clock } from '../../ports.ts'
import type { Client } from '../client.ts'
import { SseReader } from './sse.ts'

export interface LinkOptions {
  /** Where the server is now: a restarted one may have another address. */
  readonly connect: () => Promise<Client>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Begin behind this event. */
  readonly after?: number | undefined
  readonly query?: string | undefined
  readonly heard: (news: LinkNews) => void
  readonly random?: (() => number) | undefined
}

export type LinkNews =
  | { readonly kind: 'live'; readonly seq: number; readonly mode: string }
  | { readonly kind: 'events'; readonly events: readonly AuditEvent[] }
  | { readonly kind: 'gap'; readonly from: number; readonly to: number }
  /** No longer connected, why, and in how many ms it is tried again. */
  | { readonly kind: 'lost'; readonly why: string; readonly inMs: number }

/** Trying again helps nobody where the server says no. */
const FINAL: readonly ProblemCode[] = [
  'unauthenticated',
  'forbidden',
  'request_invalid',
  'not_found',
  'usage',
]
const FIRST_MS = 500
const LAST_MS = 10_000
/** A heartbeat comes every 15 s: silence for so long is a connection that is gone. */
const SILENCE_MS = 40_000

/**
 * Follow the stream of a server until the signal, over whatever comes between: each event once, from the place
 * that was reached. Rejects where the first connection fails, and where the server refuses.
 */
export async function keepLink(options: LinkOptions): Promise<void> {
  const { clock, signal, heard, random = Math.random } = options
  let last = options.after
  let wasLive = false
  let failures = 0
  while (!signal.aborted) {
    let why = 'the server ended the stream'
    try {
      await followOnce(options, last, (news) => {
        if (news.kind === 'live') {
          wasLive = true
          failures = 0
        }
        heard(news)
      }, (id) => last = id)
    } catch (error) {
      if (signal.aborted) return
      if (!wasLive || (error instanceof RampartError && FINAL.includes(error.code))) throw error
      why = error instanceof Error ? error.message : String(error)
    }
    if (signal.aborted) return
    const longest = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(failures, 10))
    const inMs = Math.round(longest * (0.5 + random() / 2))
    failures += 1
    heard({ kind: 'lost', why, inMs })
    await clock.sleep(inMs, signal).catch(() => {})
  }
}

async function followOnce(
  { connect, clock, signal, query = '' }: LinkOptions,
  after: number | undefined,
  heard: (news: LinkNews) => void,
  reached: (id: number) => void,
): Promise<void> {
  const silent = new AbortController()
  const ended = AbortSignal.any([signal, silent.signal])
  let watch = new AbortController()
  const listen = () => {
    watch.abort()
    watch = new AbortController()
    clock.sleep(SILENCE_MS, AbortSignal.any([signal, watch.signal])).then(
      () => silent.abort(new Error('the server is silent')),
      () => {},
    )
  }
  try {
    listen()
    const client = await connect()
    const headers = after === undefined ? {} : { 'last-event-id': String(after) }
    const pieces = await client.follow(`/v1/events/stream${query}`, headers, ended)
    const reader = new SseReader()
    for await (const piece of pieces) {
      listen()
      const events: AuditEvent[] = []
      for (const { id, event, data } of reader.read(piece)) {
        if (id !== undefined && /^\d{1,15}$/.test(id)) reached(Number(id))
        const news = newsOf(event, data)
        if (news === undefined) continue
        if ('seq' in news && 'hash' in news) events.push(news)
        else heard(news)
      }
      if (events.length > 0) heard({ kind: 'events', events })
    }
  } catch (error) {
    throw silent.signal.aborted ? silent.signal.reason : error
  } finally {
    watch.abort()
  }
}

/** Our own words by their names; everything else is an event of the trail, or nothing that we know. */
function newsOf(event: string, data: string): LinkNews | AuditEvent | undefined {
  if (data === '') return undefined
  if (event === 'lagged' || event === 'end') return undefined
  if (event !== 'hello' && event !== 'gap') return readEvent(data)
  const value = JSON.parse(data) as { seq?: unknown; mode?: unknown; from?: unknown; to?: unknown }
  if (event === 'gap') return { kind: 'gap', from: Number(value.from), to: Number(value.to) }
  return { kind: 'live', seq: Number(value.seq), mode: String(value.mode ?? '') }
}
