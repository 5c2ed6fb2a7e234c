import { setTimeout } from 'node:timers/promises'
import { ANCHOR_EVERY } from '../audit/anchor.ts'
import type { EventKind } from '../audit/event.ts'
import type { AppendedBatch, TrailObserver } from './audit-observer.ts'
import { type AnchorOptions, AnchorWriter } from './audit-anchors-writer.ts'
import { messageOf } from './database-wal.ts'

/** Longest that an event stays without an anchor, ms (security.md F27). */
const LATEST_MS = 10_000
/** Longest that an end waits for another process that writes anchors, ms. */
const CLOSE_MS = 1000

/** Under load so much comes together for one write: each costs the disk a flush. */
const APART_MS = 50

/** Events that somebody may want to undo. */
const AT_ONCE: ReadonlySet<EventKind> = new Set(['approval', 'policy', 'fail_open'])

export interface AnchorObserver extends TrailObserver {
  /** Have an anchor at the last event that was told; rejects where it cannot be written. */
  anchorNow(): Promise<void>
  readonly writer: AnchorWriter
}

/**
 * Anchors what becomes durable, beside the way of answers: each so many events, where a new file begins,
 * at once for what changes what is allowed, at the latest after a while, and at the end. What it cannot
 * write it tries again with the next event.
 */
export function anchorObserver(options: AnchorOptions): AnchorObserver {
  const writer = new AnchorWriter(options)
  const { clock, log } = options
  const stop = new AbortController()
  let told = 0
  let file = ''
  /** The last event that must have an anchor itself. */
  let wanted = 0
  let running: Promise<void> | undefined
  let napping = false
  let failed = false

  async function run(): Promise<void> {
    // The answers of the batch go out first.
    await Promise.resolve()
    for (let from = -1; due() > 0 && due() !== from;) {
      if (from >= 0) {
        await setTimeout(APART_MS, undefined, { ref: false, signal: stop.signal }).catch(() => {})
      }
      from = due()
      const exactly = wanted > writer.seq
      try {
        await writer.run({ to: exactly ? wanted : told, exactly, signal: stop.signal })
        failed = false
      } catch (error) {
        if (!failed) log.warn('Cannot anchor the trail', messageOf(error))
        failed = true
        break
      }
    }
    running = undefined
  }

  /** The last event without the anchor that it must have. */
  function due(): number {
    const always = told - told % ANCHOR_EVERY
    const last = Math.max(wanted, always)
    return last > writer.seq ? last : 0
  }

  function nap(): void {
    if (napping || told <= Math.max(wanted, writer.seq)) return
    napping = true
    clock.sleep(LATEST_MS, stop.signal).then(() => {
      napping = false
      wanted = told
      running ??= run()
    }, () => {})
  }

  function appended({ file: current, events }: AppendedBatch): void {
    const last = events.at(-1)
    if (last === undefined) return
    told = last.seq
    const isUrgent = (file !== '' && current !== file) ||
      events.some(({ kind }) => AT_ONCE.has(kind))
    file = current
    if (isUrgent) wanted = told
    if (due() > 0) running ??= run()
    nap()
  }

  return {
    writer,
    appended,
    async anchorNow() {
      await running
      if (told > 0) await writer.run({ to: told, exactly: true })
    },
    async close() {
      // A long history that is being read is left to the next server.
      const patience = clock.sleep(CLOSE_MS, stop.signal).catch(() => {})
      await Promise.race([running, patience])
      stop.abort(new Error('The trail is closed'))
      await running
      try {
        if (told > writer.seq) {
          await writer.run({
            to: told,
            exactly: true,
            patienceMs: CLOSE_MS,
            signal: AbortSignal.timeout(CLOSE_MS),
          })
        }
      } catch (error) {
        log.warn('Cannot anchor the end of the trail', messageOf(error))
      }
      writer.close()
    },
  }
}
