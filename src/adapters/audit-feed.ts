import { setImmediate } from 'node:timers/promises'
import { type Cursor, moved } from '../audit/cursor.ts'
import type { Clock, Following, Log, TrailFeed, TrailNews } from '../ports.ts'
import { trailFileOps } from './audit-gzip.ts'
import type { TrailObserver } from './audit-observer.ts'
import type { FileOps } from './audit-ops.ts'
import { messageOf } from './database-wal.ts'
import { cursorAtEnd } from './sink-cursors.ts'
import { Follower } from './sink-follower.ts'

export interface FeedOptions {
  /** Of the trail. */
  readonly dir: string
  readonly clock: Clock
  readonly log: Pick<Log, 'warn'>
  readonly ops?: FileOps | undefined
}

/** Least time between two looks, ms: what comes together is told together. */
const PACE_MS = 20
/** Other processes append too, and tell nobody. */
const LOOK_MS = 250
/** After a trail that cannot be read. */
const RETRY_MS = 1000

/** The files of a trail as they grow. They are read only while somebody follows. */
export class FileFeed implements TrailFeed, TrailObserver {
  readonly #options: FeedOptions
  readonly #loops = new Set<Loop>()

  constructor(options: FeedOptions) {
    this.#options = options
  }

  appended(): void {
    for (const loop of this.#loops) loop.wake()
  }

  async follow(heard: (news: TrailNews) => void): Promise<Following> {
    const { dir, ops = trailFileOps } = this.#options
    const cursor = await cursorAtEnd(dir, ops)
    const loop = new Loop(cursor, new Follower(dir, ops), this.#options, heard)
    this.#loops.add(loop)
    loop.start()
    return {
      seq: cursor.marks[0]?.seq ?? 0,
      caughtUp: () => loop.caughtUp(),
      close: async () => {
        this.#loops.delete(loop)
        await loop.close()
      },
    }
  }

  async close(): Promise<void> {
    const loops = [...this.#loops]
    this.#loops.clear()
    await Promise.all(loops.map((loop) => loop.close()))
  }
}

class Loop {
  #cursor: Cursor
  readonly #follower: Follower
  readonly #options: FeedOptions
  readonly #heard: (news: TrailNews) => void
  readonly #closing = new AbortController()
  #news = Promise.withResolvers<void>()
  #waiting: (() => void)[] = []
  #isFailing = false
  #running: Promise<void> | undefined

  constructor(
    cursor: Cursor,
    follower: Follower,
    options: FeedOptions,
    heard: (news: TrailNews) => void,
  ) {
    this.#cursor = cursor
    this.#follower = follower
    this.#options = options
    this.#heard = heard
  }

  start(): void {
    this.#running ??= this.#run()
  }

  wake(): void {
    this.#news.resolve()
  }

  caughtUp(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.wake()
    })
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('nobody follows'))
    this.wake()
    await this.#running
  }

  async #run(): Promise<void> {
    // Nobody is told before whoever follows knows where it begins.
    await setImmediate()
    while (!this.#closing.signal.aborted) {
      try {
        await this.#look()
        this.#isFailing = false
      } catch (error) {
        await this.#failed(error)
      }
    }
    await this.#follower.close().catch(() => {})
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  async #look(): Promise<void> {
    // Whoever asks while the files are read waits for the next look.
    const asked = this.#waiting.length
    const { lines, lost } = await this.#follower.read(this.#cursor)
    if (this.#closing.signal.aborted) return
    if (lines.length > 0) {
      this.#cursor = moved(this.#cursor, lines.at(-1)!.mark)
      this.#heard({ lines, lost })
      // Answers come first.
      await setImmediate()
      return
    }
    for (const resolve of this.#waiting.splice(0, asked)) resolve()
    if (this.#waiting.length === 0) await this.#rest()
  }

  async #rest(): Promise<void> {
    const { clock } = this.#options
    const { signal } = this.#closing
    await clock.sleep(PACE_MS, signal).catch(() => {})
    const bell = new AbortController()
    const ended = AbortSignal.any([signal, bell.signal])
    await Promise.race([this.#news.promise, clock.sleep(LOOK_MS, ended).catch(() => {})])
    bell.abort()
    this.#news = Promise.withResolvers()
  }

  async #failed(error: unknown): Promise<void> {
    const { log, clock, dir } = this.#options
    if (!this.#isFailing) log.warn(`Cannot follow the trail in ${dir}`, messageOf(error))
    this.#isFailing = true
    await this.#follower.close().catch(() => {})
    await clock.sleep(RETRY_MS, this.#closing.signal).catch(() => {})
  }
}
