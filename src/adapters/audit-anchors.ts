import { setTimeout } from 'node:timers/promises'
import { ANCHOR_EVERY } from '../audit/anchor.ts'
import type { AppendedBatch, TrailObserver } from './audit-observer.ts'
import { AT_ONCE, LATEST_MS } from './audit-anchors-when.ts'
import { type AnchorOptions, AnchorWriter } from './audit-anchors-writer.ts'
import { messageOf } from './database-wal.ts'

/** Longest that an end waits for another process that writes anchors, ms. */
const CLOSE_MS = 1000

/** Under load so much comes together for one write: each costs the disk a flush. */
const APART_MS = 100

/**
 * Anchors what becomes durable, beside the way of answers: each so many events, where a new file begins,
 * at once for what changes what is allowed, at the latest after a while, and at the end. What it cannot
 * write it tries again with the next event.
 */
export class AnchorObserver implements TrailObserver {
  readonly writer: AnchorWriter
  readonly #options: AnchorOptions
  readonly #hurry = new AbortController()
  readonly #stop = new AbortController()
  #told = 0
  #file = ''
  /** The last event that must have an anchor itself. */
  #wanted = 0
  #running: Promise<void> | undefined
  #napping = false
  #failed = false

  constructor(options: AnchorOptions) {
    this.#options = options
    this.writer = new AnchorWriter(options)
  }

  appended({ file, events }: AppendedBatch): void {
    const last = events.at(-1)
    if (last === undefined) return
    this.#told = last.seq
    const isUrgent = (this.#file !== '' && file !== this.#file) ||
      events.some(({ kind }) => AT_ONCE.has(kind))
    this.#file = file
    if (isUrgent) this.#wanted = this.#told
    if (this.#due() > 0) this.#running ??= this.#run()
    this.#nap()
  }

  /** Have an anchor at an event that is durable; rejects where it cannot be written. */
  async anchorTo(seq: number): Promise<void> {
    await this.#running
    if (seq > 0) await this.writer.run({ to: seq, exactly: true })
  }

  async close(): Promise<void> {
    const { clock, log } = this.#options
    this.#hurry.abort(new Error('The trail is closed'))
    // A long history that is being read is left to the next server.
    const patience = clock.sleep(CLOSE_MS, this.#stop.signal).catch(() => {})
    await Promise.race([this.#running, patience])
    this.#stop.abort(new Error('The trail is closed'))
    await this.#running
    try {
      if (this.#told > this.writer.seq) {
        const signal = AbortSignal.timeout(CLOSE_MS)
        await this.writer.run({ to: this.#told, exactly: true, patienceMs: CLOSE_MS, signal })
      }
    } catch (error) {
      log.warn('Cannot anchor the end of the trail', messageOf(error))
    }
    this.writer.close()
  }

  async #run(): Promise<void> {
    const { log } = this.#options
    const { signal } = this.#stop
    const pause = { signal: this.#hurry.signal }
    // The answers of the batch go out first.
    await Promise.resolve()
    for (let from = -1; this.#due() > 0 && this.#due() !== from;) {
      if (from >= 0) await setTimeout(APART_MS, undefined, pause).catch(() => {})
      from = this.#due()
      const exactly = this.#wanted > this.writer.seq
      try {
        const to = exactly ? this.#wanted : this.#told
        await this.writer.run({ to, exactly, signal })
        this.#failed = false
      } catch (error) {
        if (!this.#failed) log.warn('Cannot anchor the trail', messageOf(error))
        this.#failed = true
        break
      }
    }
    this.#running = undefined
  }

  /** The last event without the anchor that it must have. */
  #due(): number {
    const always = this.#told - this.#told % ANCHOR_EVERY
    const last = Math.max(this.#wanted, always)
    return last > this.writer.seq ? last : 0
  }

  #nap(): void {
    if (this.#napping || this.#told <= Math.max(this.#wanted, this.writer.seq)) return
    this.#napping = true
    this.#options.clock.sleep(LATEST_MS, this.#stop.signal).then(() => {
      this.#napping = false
      this.#wanted = this.#told
      this.#running ??= this.#run()
    }, () => {})
  }
}
