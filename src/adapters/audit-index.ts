import { existsSync } from 'node:fs'
import { RampartError } from '../errors.ts'
import type { AuditFilter, EventPage, Log, TrailReader } from '../ports.ts'
import { trailFileOps } from './audit-gzip.ts'
import type { IndexBuilder } from './audit-index-builder.ts'
import { type IndexFile, indexPath, isBroken, openIndexFile } from './audit-index-file.ts'
import { type Place, placeOf } from './audit-index-place.ts'
import { eventsAt, pageOf, TEXT_BYTES, WrongIndex } from './audit-index-read.ts'
import { sessionsOf } from './audit-index-sessions.ts'
import { statsOf } from './audit-index-stats.ts'
import type { FileOps } from './audit-ops.ts'
import { Scan, wholeTrail } from './audit-query.ts'
import { messageOf } from './database-wal.ts'

export interface IndexedTrailOptions {
  readonly dir: string
  readonly ops?: FileOps | undefined
  readonly log?: Pick<Log, 'warn'> | undefined
  /** Who brings the index up to date; without one it is read as it is. */
  readonly builder?: IndexBuilder | undefined
  /** Steps that statistics wait for, at most; then there are none yet. */
  readonly steps?: number | undefined
}

export interface IndexedTrail extends TrailReader {
  close(): void
}

/** Some ten seconds. */
const STEPS = 64

/**
 * A trail that is read by way of its index where there is one, and without where there is none: the answers are
 * the same. An index that is broken, or that leads astray, is removed; its builder makes the next.
 */
export function indexedTrail(options: IndexedTrailOptions): IndexedTrail {
  const { dir, ops = trailFileOps, log, builder, steps = STEPS } = options
  const source = { dir, ops }
  const opened = new Opened(dir, log)

  async function byIndex<T>(
    work: (index: IndexFile, place: Place) => Promise<T>,
  ): Promise<T | undefined> {
    // Once more where it was changed under the reader's hands.
    for (let attempt = 0; attempt < 2; attempt++) {
      const index = opened.get()
      if (index === undefined) return undefined
      try {
        return await work(index, await placeOf(dir, index, ops))
      } catch (error) {
        opened.failed(error)
      }
    }
    return undefined
  }

  /** Once the index is whole: what it lacks would be counted by nobody. */
  async function counting<T>(count: (index: IndexFile, place: Place) => Promise<T>): Promise<T> {
    for (let step = 0; builder !== undefined && step < steps; step++) {
      if (await builder.step()) break
    }
    const counted = await byIndex(async (index, place) =>
      isWhole(place) ? { of: await count(index, place) } : undefined
    )
    if (counted !== undefined) return counted.of
    throw new RampartError('unavailable', 'The index of the trail is being made: ask again')
  }

  return {
    async page(filter) {
      if (filter.limit <= 0) return { events: [], next: undefined }
      return await byIndex((index, place) => pageOf(source, index, place, filter)) ??
        await withoutIndex(source, filter)
    },
    stats: (span) => counting((index, place) => statsOf(index, place, span)),
    sessions: (span) =>
      counting((index, place) =>
        sessionsOf(index, place, span, (rows) => eventsAt(source, index, place, rows))
      ),
    close: () => opened.close(),
  }
}

/** The newest file grows while it is looked at. */
function isWhole({ tail, stale }: Place): boolean {
  return tail.length <= 1 && stale.length === 0
}

/** The files alone. */
export async function withoutIndex(
  { dir, ops }: { readonly dir: string; readonly ops: FileOps },
  filter: AuditFilter,
): Promise<EventPage> {
  const scan = new Scan(dir, filter, ops, filter.text === undefined ? Infinity : TEXT_BYTES)
  await scan.read(await wholeTrail(dir, filter, ops))
  return scan.page()
}

/** The index while it is open; opened anew where it was replaced. */
class Opened {
  readonly #path: string
  readonly #log: Pick<Log, 'warn'> | undefined
  #index: IndexFile | undefined

  constructor(dir: string, log: Pick<Log, 'warn'> | undefined) {
    this.#path = indexPath(dir)
    this.#log = log
  }

  get(): IndexFile | undefined {
    if (this.#index !== undefined && !this.#index.isCurrent()) this.close()
    if (this.#index !== undefined) return this.#index
    if (!existsSync(this.#path)) return undefined
    try {
      this.#index = openIndexFile(this.#path)
    } catch {
      // Whoever makes it tells why it cannot be.
    }
    return this.#index
  }

  failed(error: unknown): void {
    if (error instanceof WrongIndex || isBroken(error)) {
      this.#log?.warn(`The index ${this.#path} is made anew: ${messageOf(error)}`)
      this.#index?.discard()
      this.#index = undefined
    } else this.close()
  }

  close(): void {
    this.#index?.close()
    this.#index = undefined
  }
}
