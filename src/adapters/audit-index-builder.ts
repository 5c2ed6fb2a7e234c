import { join } from 'node:path'
import type { Clock, Log } from '../ports.ts'
import { newestFileIn } from './audit-files.ts'
import { trailFileOps } from './audit-gzip.ts'
import { openPool, type Pool } from './audit-verify-pool.ts'
import { messageOf } from './database-wal.ts'
import { sealOf } from './audit-index-place.ts'

/** Brings an index up to its trail, beside the way of answers. */
export interface IndexBuilder {
  /** A step towards the end of the trail; resolves with whether it is there. Rejects where there can be no index. */
  step(): Promise<boolean>
  close(): Promise<void>
}

export interface BuilderOptions {
  readonly dir: string
  readonly clock: Clock
  readonly log: Log
  /** What runs as a thread when the program is a single file. */
  readonly entry?: string | undefined
}

/** The first look comes when a server has started, and so often is looked again. */
const LOOK_MS = 1000
/** Between two steps of a long way calls have the disk and the processors for as long as a step takes. */
const PAUSE_MS = 150
/** After a failure: a disk that is full, or an index that cannot be, stays so for a while. */
const RETRY_MS = 30_000
/** A thread that had nothing to do for so many looks ends. */
const IDLE_LOOKS = 30
/** After so many a step is made all the same: old files may have been packed or pruned. */
const BLIND_LOOKS = 300

/**
 * Keep the index of a trail up to date as long as a server runs. Other processes write the trail too, so its
 * files are looked at, not what this one has written. It never throws; what is in its way is told once.
 */
export function keepIndex(options: BuilderOptions): IndexBuilder {
  const ending = new AbortController()
  const builder = new Builder(options, (ms) => options.clock.sleep(ms, ending.signal))
  // It ends by the signal alone.
  const running = builder.run().catch(() => {})
  return {
    step: () => builder.step(),
    async close() {
      ending.abort()
      await running
      await builder.close()
    },
  }
}

class Builder {
  readonly #options: BuilderOptions
  readonly #nap: (ms: number) => Promise<void>
  #pool: Pool | undefined
  #last: Promise<unknown> = Promise.resolve()
  #told = new Set<string>()

  constructor(options: BuilderOptions, nap: (ms: number) => Promise<void>) {
    this.#options = options
    this.#nap = nap
  }

  async run(): Promise<void> {
    const { dir, clock } = this.#options
    const newest = newestFileIn(dir, trailFileOps, () => clock.now())
    let seen: string | undefined
    for (let idle = 0;;) {
      await this.#nap(LOOK_MS)
      const name = this.#tell(newest)?.name
      const looks = name && `${name} ${this.#tell(() => sealOf(dir, name, trailFileOps))}`
      if (looks === seen) {
        idle += 1
        if (idle === IDLE_LOOKS) await this.#rest()
        if (idle < BLIND_LOOKS) continue
      }
      idle = 0
      if (await this.#catchUp()) seen = looks
      else await this.#nap(RETRY_MS)
    }
  }

  /** One at a time. */
  step(): Promise<boolean> {
    this.#pool ??= openPool(1, this.#options.entry)
    const pool = this.#pool
    const step = this.#last.then(() => pool.run({ kind: 'index', dir: this.#options.dir }))
    this.#last = step.catch(() => {})
    return step
  }

  async close(): Promise<void> {
    // A thread that ended amid a transaction would leave its lock to this process.
    await this.#last
    await this.#rest()
  }

  async #rest(): Promise<void> {
    const pool = this.#pool
    this.#pool = undefined
    await pool?.close()
  }

  async #catchUp(): Promise<boolean> {
    try {
      while (!await this.step()) await this.#nap(PAUSE_MS)
      return true
    } catch (error) {
      this.#warn(error)
      return false
    }
  }

  #tell<T>(look: () => T): T | undefined {
    try {
      return look()
    } catch (error) {
      this.#warn(error)
      return undefined
    }
  }

  #warn(error: unknown): void {
    if ((error as Error)?.name === 'AbortError') throw error
    const message = messageOf(error)
    if (this.#told.has(message) || this.#told.size > 100) return
    this.#told.add(message)
    const path = join(this.#options.dir, '.private', 'index.db')
    this.#options.log.warn(
      `The index ${path} cannot be made, the trail is read without: ${message}`,
    )
  }
}
