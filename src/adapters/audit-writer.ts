import { join } from 'node:path'
import { GENESIS, type Head } from '../audit/chain.ts'
import type { EventDraft } from '../audit/event.ts'
import type { Json } from '../engine/types.ts'
import type { Clock, Ids } from '../ports.ts'
import type { AppendedBatch } from './audit-observer.ts'
import { fileName, newestFileIn, type TrailFile, trailFile, trailFiles } from './audit-files.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { lossBetween, quarantine, readTail, writeAll } from './audit-recover.ts'
import { recoveryDraft, sealAll, type Written } from './audit-seal.ts'
import { codeOf } from './safe-read.ts'

export interface WriterOptions {
  readonly dir: string
  readonly clock: Clock
  readonly ids: Ids
  readonly ops: FileOps
}

/** The file that is written to, open, as this process left it. */
interface Place {
  readonly file: TrailFile
  readonly handle: OpenFile
  readonly ino: bigint
  size: number
  /** The last line has no end and could not be moved away: start with a line feed. */
  torn: boolean
}

/** Most findings that wait for a disk that takes them. */
const NOTES = 100

/** Writes batches to the newest file of a trail. Whoever calls it holds the lock of the directory. */
export class TrailWriter {
  readonly #options: WriterOptions
  readonly #newest: () => TrailFile | undefined
  #place: Place | undefined
  #head: Head = GENESIS
  /** What was found and is not yet in the trail. */
  #notes: EventDraft[] = []
  #appended: AppendedBatch | undefined

  constructor(options: WriterOptions) {
    this.#options = options
    this.#newest = newestFileIn(options.dir, options.ops, () => options.clock.now())
  }

  /** Head of the chain as this process last saw it. */
  get head(): Head {
    return this.#head
  }

  /**
   * Append calls in order, after what others appended and what was found. Durable when this resolves;
   * when it rejects, nothing of it counts.
   */
  async write(calls: readonly (readonly EventDraft[])[]): Promise<readonly Written[]> {
    await this.#catchUp()
    const sealed = sealAll([this.#notes, ...calls], this.#head)
    if (sealed.text !== '') {
      const place = await this.#placeFor(sealed.day)
      await this.#append(place, new TextEncoder().encode((place.torn ? '\n' : '') + sealed.text))
      this.#head = sealed.head
      this.#notes = []
      const events = sealed.results.flatMap((result) => result instanceof Error ? [] : result)
      this.#appended = { file: place.file.name, events }
    }
    return sealed.results.slice(1)
  }

  /** What the last write appended, told once. */
  takeAppended(): AppendedBatch | undefined {
    const appended = this.#appended
    this.#appended = undefined
    return appended
  }

  async close(): Promise<void> {
    const handle = this.#place?.handle
    this.#place = undefined
    await handle?.close().catch(() => {})
  }

  /** Find the end of the chain where it may not be where this process left it; mend a torn line. */
  async #catchUp(): Promise<void> {
    const { dir, ops } = this.#options
    if (this.#unchanged(this.#newest())) return
    await this.close()
    let found: Head | undefined
    for (const file of trailFiles(ops.list(dir)).reverse()) {
      found = this.#place === undefined ? await this.#enter(file) : await this.#lastOf(file)
      if (found !== undefined) break
    }
    const loss = lossBetween(this.#head, found)
    // What this process wrote is the truth: the gap shows in the chain, whoever made it.
    if (loss !== undefined) this.note({ end: found?.seq ?? 0, known: this.#head.seq }, loss)
    else if (found !== undefined) this.#head = found
  }

  #unchanged(file: TrailFile | undefined): boolean {
    const place = this.#place
    if (place === undefined || file?.name !== place.file.name) return false
    const stat = this.#options.ops.stat(join(this.#options.dir, file.name))
    return stat !== undefined && stat.ino === place.ino && stat.size === place.size
  }

  /** Open the newest file for appending; its last event. */
  async #enter(file: TrailFile): Promise<Head | undefined> {
    const { dir, ops } = this.#options
    const handle = await ops.open(join(dir, file.name), 'append')
    try {
      const { ino, size } = await handle.stat()
      const { head, whole, foreign } = await readTail(handle, size)
      const torn = whole < size && !await this.#mend(file, handle, { from: whole, to: size })
      if (foreign > 0) {
        this.note(
          { file: file.name, lines: foreign },
          'The trail ends in lines that are no events',
        )
      }
      this.#place = { file, handle, ino, size: torn ? size : whole, torn }
      return head
    } catch (error) {
      await handle.close().catch(() => {})
      throw error
    }
  }

  async #mend(
    file: TrailFile,
    handle: OpenFile,
    range: { readonly from: number; readonly to: number },
  ): Promise<boolean> {
    const { dir, ids, ops } = this.#options
    const name = `${file.name}.torn-${ids.next()}`
    const { mended, detail } = await quarantine(handle, range, { dir, name }, ops)
    this.note({ file: file.name, ...detail }, 'A half-written line was found')
    return mended
  }

  async #lastOf(file: TrailFile): Promise<Head | undefined> {
    const handle = await this.#options.ops.open(join(this.#options.dir, file.name), 'read')
    try {
      const { size } = await handle.stat()
      return (await readTail(handle, size)).head
    } finally {
      await handle.close()
    }
  }

  /** Have a finding recorded in front of the next event. Once each: they must not pile up on a full disk. */
  note(request: Json, message: string): void {
    const same = JSON.stringify(request)
    if (this.#notes.some((note) => JSON.stringify(note.request) === same)) return
    if (this.#notes.length < NOTES) {
      this.#notes.push(recoveryDraft(request, message, this.#options))
    }
  }

  /** The file for an event of that day: the newest one unless its day is over. */
  async #placeFor(date: string): Promise<Place> {
    const { dir, ops } = this.#options
    if (this.#place !== undefined && this.#place.file.date >= date) return this.#place
    for (let part = 0;; part++) {
      const name = fileName(date, part)
      try {
        const handle = await ops.open(join(dir, name), 'create')
        await this.close()
        const { ino } = await handle.stat()
        this.#place = { file: trailFile(name)!, handle, ino, size: 0, torn: false }
        await ops.syncDirectory(dir)
        return this.#place
      } catch (error) {
        // What has that name is no file of ours, or it would be the newest.
        if (codeOf(error) !== 'EEXIST' || part >= 100) throw error
      }
    }
  }

  async #append(place: Place, bytes: Uint8Array): Promise<void> {
    const { handle, size } = place
    try {
      await writeAll(handle, bytes)
      await handle.datasync()
    } catch (error) {
      // Cut what may stand half written. Where even that fails, the next append moves it away.
      await handle.truncate(size).then(() => handle.datasync()).catch(() => {})
      await this.close()
      throw error
    }
    place.size += bytes.length
    place.torn = false
  }
}
