import { setImmediate } from 'node:timers/promises'
import { type Cursor, START } from '../audit/cursor.ts'
import type { Device } from '../audit/format/said.ts'
import type { Clock, Log, SinkState } from '../ports.ts'
import { messageOf } from './database-wal.ts'
import type { SinkCursors } from './sink-cursors.ts'
import { DeliveryError } from './delivery-error.ts'
import { type Deliver, placeOf, type SinkSpec } from './sink-deliver.ts'
import { behind, type FollowedLine, type Follower, type Step } from './sink-follower.ts'

export interface RunnerOptions {
  readonly spec: SinkSpec
  readonly cursor: Cursor
  readonly cursors: SinkCursors
  readonly follower: Follower
  readonly deliver: Deliver
  readonly device: () => Promise<Device>
  readonly clock: Clock
  readonly log: Log
  /** Of the trail, for what other processes append and for the lag. */
  readonly head: () => number
  /** Told of what this sink will never deliver. */
  readonly onLoss: (message: string, sink: string) => void
  readonly random?: (() => number) | undefined
}

/** Events that come together go together. */
const SETTLE_MS = 50
/** Other processes append too, and tell nobody. */
const LOOK_MS = 1000
/** A cursor on the disk is at most so old: what came since comes again after a kill. */
const SAVE_MS = 1000
const FIRST_MS = 1000
const LAST_MS = 60_000
/** Longest that a receiver's own wish is heeded. */
const LATEST_MS = 300_000
const TIMEOUT_MS = 30_000
const CLOSE_MS = 2000

/** One sink: follows the trail, delivers in order, remembers how far it came, and tries until it is taken. */
export class SinkRunner {
  readonly #options: RunnerOptions
  #cursor: Cursor
  #savedAt = -Infinity
  readonly #openedAt: number
  #isSaved = true
  #failures = 0
  #row = 0
  #error: string | undefined
  #news = Promise.withResolvers<void>()
  readonly #closing = new AbortController()
  readonly #stop = new AbortController()
  #running: Promise<void> | undefined

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#cursor = options.cursor
    this.#openedAt = options.clock.now()
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** There may be more. */
  wake(): void {
    this.#news.resolve()
  }

  /** Deliver what is left, for a moment; the rest waits for the next server. */
  async close(): Promise<void> {
    const late = setTimeout(() => this.#stop.abort(new Error('no time is left')), CLOSE_MS)
    this.#closing.abort(new Error('the trail is closed'))
    this.wake()
    await this.#running
    clearTimeout(late)
    await this.#save().catch(() => {})
    await this.#options.follower.close()
  }

  state(): SinkState {
    const { spec, head, clock } = this.#options
    const { marks, at, delivered, lost, rejected } = this.#cursor
    const seq = marks[0]?.seq ?? 0
    const lag = Math.max(0, head() - seq)
    const since = at === null ? this.#openedAt : Date.parse(at)
    return {
      name: spec.name,
      type: spec.type,
      to: placeOf(spec),
      state: this.#row === 0 ? 'ok' : 'failing',
      seq,
      lag_events: lag,
      lag_seconds: lag === 0 ? 0 : Math.max(0, Math.floor((clock.now() - since) / 1000)),
      delivered,
      failures: this.#failures,
      lost,
      rejected,
      last_delivered_at: at,
      last_error: this.#error ?? null,
    }
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        const step = await this.#options.follower.read(this.#cursor)
        this.#tell(step)
        if (step.lines.length > 0) {
          if (!await this.#hand(step.lines)) return
          await this.#saveIfDue()
          // Answers come first.
          await setImmediate()
        } else {
          if (this.#closing.signal.aborted) return
          await this.#rest()
        }
      } catch (error) {
        // The trail itself cannot be read, or the cursor not be written.
        await this.#options.follower.close().catch(() => {})
        this.#fail(messageOf(error))
        if (!await this.#pause(undefined)) return
      }
    }
  }

  /** Until there is news; a cursor that is not on the disk yet is put there meanwhile. */
  async #rest(): Promise<void> {
    const { clock } = this.#options
    const { signal } = this.#closing
    const due = this.#savedAt + SAVE_MS - clock.monotonic()
    const wait = this.#isSaved ? LOOK_MS : Math.max(1, Math.min(LOOK_MS, due))
    const bell = new AbortController()
    const ended = AbortSignal.any([signal, bell.signal])
    await Promise.race([this.#news.promise, clock.sleep(wait, ended).catch(() => {})])
    bell.abort()
    this.#news = Promise.withResolvers()
    await this.#saveIfDue()
    if (!signal.aborted) await clock.sleep(SETTLE_MS, signal).catch(() => {})
  }

  /** Deliver lines in order, in halves where they are too much at once. False when there is no more time. */
  async #hand(lines: readonly FollowedLine[]): Promise<boolean> {
    const todo = [lines]
    while (todo.length > 0) {
      const part = todo.shift()!
      try {
        const { rejected } = await this.#deliver(part)
        if (rejected > 0) this.#reject(rejected, part, 'the receiver refused them')
        this.#done(part)
      } catch (error) {
        const { isTooLarge, retryAfterMs } = error as Partial<DeliveryError>
        if (isTooLarge === true && part.length > 1) {
          const half = part.length >> 1
          todo.unshift(part.slice(0, half), part.slice(half))
          continue
        }
        if (isTooLarge === true) {
          this.#reject(1, part, 'it is too large for the receiver')
          this.#done(part)
          continue
        }
        todo.unshift(part)
        this.#fail(messageOf(error))
        if (!await this.#pause(retryAfterMs)) return false
      }
    }
    return true
  }

  async #deliver(lines: readonly FollowedLine[]): ReturnType<Deliver> {
    const { deliver, device } = this.#options
    const late = new AbortController()
    const timer = setTimeout(
      () => late.abort(new DeliveryError('no answer in time')),
      TIMEOUT_MS,
    )
    try {
      const signal = AbortSignal.any([late.signal, this.#stop.signal])
      return await deliver(lines, await device(), signal)
    } finally {
      clearTimeout(timer)
    }
  }

  #done(lines: readonly FollowedLine[]): void {
    const at = new Date(this.#options.clock.now()).toISOString()
    this.#cursor = behind(this.#cursor, lines, at)
    this.#isSaved = false
    if (this.#row > 0) {
      const { spec, log } = this.#options
      log.info(`The sink ${spec.name} takes events again`)
    }
    this.#row = 0
    this.#error = undefined
  }

  #fail(message: string): void {
    const { spec, log } = this.#options
    if (this.#row === 0) log.warn(`Cannot deliver events to the sink ${spec.name}`, message)
    this.#failures += 1
    this.#row += 1
    this.#error = message.slice(0, 200)
  }

  /** Wait until it is time to try again. False where there is no more time. */
  async #pause(retryAfterMs: number | undefined): Promise<boolean> {
    const { clock, random = Math.random } = this.#options
    const longest = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(this.#row - 1, 10))
    const own = longest * (0.5 + random() / 2)
    const pause = Math.max(own, Math.min(retryAfterMs ?? 0, LATEST_MS))
    await this.#saveIfDue().catch(() => {})
    if (this.#closing.signal.aborted) return false
    // Who closes has no patience, but one more attempt is made.
    await clock.sleep(pause, this.#closing.signal).catch(() => {})
    return !this.#stop.signal.aborted
  }

  #reject(count: number, lines: readonly FollowedLine[], why: string): void {
    const { spec, onLoss } = this.#options
    this.#cursor = { ...this.#cursor, rejected: this.#cursor.rejected + count }
    const [from, to] = [lines[0]!.event.seq, lines.at(-1)!.event.seq]
    const which = from === to ? `event ${from}` : `${count} of events ${from} to ${to}`
    onLoss(`The sink ${spec.name} did not get ${which}: ${why}`, spec.name)
  }

  #tell({ lost, again }: Step): void {
    const { spec, log, onLoss } = this.#options
    if (again) {
      const message =
        `The trail is not what the sink ${spec.name} read before: some events are sent again`
      log.warn(message)
    }
    for (const { from, to } of lost) {
      const count = to - from + 1
      this.#cursor = { ...this.#cursor, lost: this.#cursor.lost + count }
      this.#isSaved = false
      const which = count === 1 ? `Event ${from} was` : `Events ${from} to ${to} were`
      const message = `${which} pruned, or cannot be read, before the sink ${spec.name} got it`
      onLoss(message, spec.name)
    }
  }

  async #saveIfDue(): Promise<void> {
    if (this.#options.clock.monotonic() - this.#savedAt >= SAVE_MS) await this.#save()
  }

  async #save(): Promise<void> {
    if (this.#isSaved) return
    const { cursors, spec, clock } = this.#options
    await cursors.save(spec.name, this.#cursor)
    this.#isSaved = true
    this.#savedAt = clock.monotonic()
  }
}

/** Where a sink goes on; one that is new begins where it was told to. */
export async function cursorOf(
  { name, from }: SinkSpec,
  cursors: SinkCursors,
  atEnd: () => Promise<Cursor>,
): Promise<Cursor> {
  const known = await cursors.load(name)
  if (known !== undefined) return known
  const first = from === 'start' ? START : await atEnd()
  await cursors.save(name, first)
  return first
}
