import { dirname, join } from 'node:path'
import { GENESIS, type Head } from '../audit/chain.ts'
import type { EventDraft } from '../audit/event.ts'
import type { Json } from '../engine/types.ts'
import type { Clock, Ids, Log } from '../ports.ts'
import { evidenceAt, type Expected, type FileEnd, headBehind, NEXT_STEP } from './audit-end.ts'
import { fileName, newestFileIn, type TrailFile, trailFile, trailFiles } from './audit-files.ts'
import type { AnchoredHead } from './audit-last-anchor.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { quarantine, writeAll } from './audit-recover.ts'
import { Batch, noteDraft } from './audit-seal.ts'
import { lineNumberAt, readTail } from './audit-tail.ts'
import { messageOf } from './database-wal.ts'
import { codeOf } from './safe-read.ts'

export interface WriterOptions {
  readonly dir: string
  readonly clock: Clock
  readonly ids: Ids
  readonly ops: FileOps
  readonly log?: Log | undefined
  /** A file gets no larger, unless one batch is. */
  readonly fileBytes: number
  readonly lastAnchor: () => Promise<AnchoredHead | undefined>
}

/** The file that is written to, open, as this process left it. */
interface Place {
  readonly file: TrailFile
  readonly handle: OpenFile
  readonly ino: bigint
  size: number
  /** Its name survives a crash. */
  named: boolean
}

/** Most findings that wait for a disk that takes them. */
const NOTES = 100

const encoder = new TextEncoder()

/** Writes batches to the newest file of a trail. Whoever calls it holds the lock of the directory. */
export class TrailWriter {
  readonly #options: WriterOptions
  readonly #newest: () => TrailFile | undefined
  #place: Place | undefined
  /** Where the next batch goes on. */
  #head: Head = GENESIS
  /** What must be in the trail. */
  #known: Expected | undefined
  #looked = false
  /** The next event starts a file of its own, behind this one. */
  #behind: TrailFile | undefined
  /** What was found and is not yet in the trail. */
  #notes: EventDraft[] = []
  /** The batch that tells them, and how many. */
  #telling: { readonly batch: Batch; readonly count: number } | undefined

  constructor(options: WriterOptions) {
    this.#options = options
    this.#newest = newestFileIn(options.dir, options.ops, () => options.clock.now())
  }

  /** Head of the chain as this process last saw it. */
  get head(): Head {
    return this.#head
  }

  get hasNotes(): boolean {
    return this.#notes.length > 0
  }

  /** A batch behind the head that begins with what was found. */
  begin(): Batch {
    const batch = new Batch(this.#head)
    if (this.#notes.length > 0) batch.add(this.#notes)
    this.#telling = { batch, count: this.#notes.length }
    return batch
  }

  /**
   * Find the end of the chain where it may not be where this process left it; mend a torn line. What no
   * crash explains is noted, and the chain goes on in a new file.
   */
  async catchUp(): Promise<void> {
    const { dir, ops } = this.#options
    if (this.#unchanged(this.#newest())) return
    await this.close()
    this.#behind = undefined
    await this.#lookAtAnchor()
    try {
      const ends: FileEnd[] = []
      for (const file of trailFiles(ops.list(dir)).reverse()) {
        ends.push(ends.length === 0 ? await this.#enter(file) : await this.#endOf(file))
        if (ends.at(-1)?.head !== undefined) break
      }
      await this.#judge(ends)
    } catch (error) {
      // Half of a look is none: the next call looks again.
      await this.close()
      throw error
    }
  }

  /** Append a batch. Durable when this resolves; when it rejects, nothing of it counts. */
  async commit(batch: Batch): Promise<{ readonly file: string }> {
    const bytes = encoder.encode(batch.text)
    const place = this.#fits(batch.day, bytes.length) ??
      await this.#create(batch.day)
    await this.#append(place, bytes)
    this.#head = batch.head
    this.#known = knownFrom(batch.head)
    if (this.#telling?.batch === batch) this.#notes.splice(0, this.#telling.count)
    this.#behind = undefined
    return { file: place.file.name }
  }

  /** Whether somebody changed or removed the open file since it was last written to. */
  hasMoved(): boolean {
    try {
      return this.#place !== undefined && !this.#unchanged(this.#newest())
    } catch {
      return true
    }
  }

  async close(): Promise<void> {
    const handle = this.#place?.handle
    this.#place = undefined
    await handle?.close().catch(() => {})
  }

  #unchanged(file: TrailFile | undefined): boolean {
    const place = this.#place
    if (place === undefined || file?.name !== place.file.name) return false
    const stat = this.#options.ops.stat(join(this.#options.dir, file.name))
    return stat !== undefined && stat.ino === place.ino && stat.size === place.size
  }

  /** An anchor that cannot be read says nothing: `verify` tells of it. */
  async #lookAtAnchor(): Promise<void> {
    if (this.#looked) return
    try {
      const anchor = await this.#options.lastAnchor()
      this.#known ??= anchor && { seq: anchor.seq, hash: anchor.hash, by: 'the last anchor' }
      this.#looked = true
    } catch (error) {
      this.#options.log?.warn('Cannot read the last anchor of the trail', messageOf(error))
    }
  }

  async #judge(ends: readonly FileEnd[]): Promise<void> {
    const { dir, ops, log } = this.#options
    const found = ends.at(-1)?.head
    const evidence = await evidenceAt(ends, this.#known, dir, ops)
    for (const { what, ...about } of evidence) {
      const message = `${about.file}:${about.line}: ${what}. ${NEXT_STEP}`
      if (this.note('alert', { ...about, what }, message)) log?.error(message, about)
    }
    if (evidence.length > 0) {
      this.#behind = ends[0]?.file
      this.#head = headBehind(found, this.#known)
    } else if (found !== undefined) {
      this.#head = found
      this.#known = knownFrom(found)
    }
  }

  /** Open the newest file for appending, and find its end. */
  async #enter(file: TrailFile): Promise<FileEnd> {
    const { dir, ops } = this.#options
    const handle = await ops.open(join(dir, file.name), 'append')
    try {
      const { ino, size } = await handle.stat()
      const tail = await readTail(handle, size)
      const isWhole = tail.whole === size
      const mended = isWhole || await this.#mend(file, handle, { from: tail.whole, to: size })
      if (!mended) this.#behind = file
      // An empty one may stem from who crashed before it made the name durable.
      this.#place = { file, handle, ino, size: mended ? tail.whole : size, named: size > 0 }
      return { file, ...tail }
    } catch (error) {
      await handle.close().catch(() => {})
      throw error
    }
  }

  /** False where the rest of a line has to stay. Rejects where the disk is full: nothing can go on then. */
  async #mend(
    file: TrailFile,
    handle: OpenFile,
    range: { readonly from: number; readonly to: number },
  ): Promise<boolean> {
    const { dir, ids, ops, log } = this.#options
    const line = await lineNumberAt(handle, range.from)
    const name = `${file.name}.torn-${ids.next()}`
    const { error, detail } = await quarantine(handle, range, { dir, name }, ops)
    if (['ENOSPC', 'EDQUOT'].includes(codeOf(error))) throw error
    const became = error === undefined
      ? `it was moved to ${name}`
      : 'it stays, and the trail goes on in a new file. Next: rampart audit repair'
    const message = `${file.name}:${line}: A half-written line was found, ${became}`
    if (this.note('recovery', { file: file.name, line, ...detail }, message)) log?.warn(message)
    return error === undefined
  }

  async #endOf(file: TrailFile): Promise<FileEnd> {
    const handle = await this.#options.ops.open(join(this.#options.dir, file.name), 'read')
    try {
      const { size } = await handle.stat()
      return { file, ...await readTail(handle, size) }
    } finally {
      await handle.close()
    }
  }

  /**
   * Have a finding recorded in front of the next event. False where it waits already: they must not pile
   * up on a full disk.
   */
  note(kind: 'recovery' | 'alert', request: Json, message: string): boolean {
    const same = JSON.stringify(request)
    if (this.#notes.some((note) => JSON.stringify(note.request) === same)) return false
    if (this.#notes.length >= NOTES) return false
    this.#notes.push(noteDraft(kind, request, message, this.#options))
    return true
  }

  /** The open file, where an event of that day and so many bytes belong in it. */
  #fits(day: string, bytes: number): Place | undefined {
    const place = this.#place
    if (place === undefined || place.file.date < day) return undefined
    if (place.size === 0) return place
    const isFree = this.#behind === undefined && place.size + bytes <= this.#options.fileBytes
    return isFree ? place : undefined
  }

  /** A new file, the newest of all: behind one of that day, or of a later one where the clock went back. */
  async #create(day: string): Promise<Place> {
    const { dir, ops } = this.#options
    const newest = this.#place?.file ?? this.#behind
    const date = newest !== undefined && newest.date > day ? newest.date : day
    const first = newest?.date === date ? newest.part + 1 : 0
    for (let part = first;; part++) {
      const name = fileName(date, part)
      try {
        const handle = await ops.open(join(dir, name), 'create')
        await this.close()
        const { ino } = await handle.stat()
        this.#place = { file: trailFile(name)!, handle, ino, size: 0, named: false }
        return this.#place
      } catch (error) {
        // What has that name is no file of ours, or it would be the newest.
        if (codeOf(error) !== 'EEXIST' || part >= first + 100) throw error
      }
    }
  }

  async #append(place: Place, bytes: Uint8Array): Promise<void> {
    const { handle, size } = place
    try {
      if (!place.named) await this.#name(place)
      await writeAll(handle, bytes)
      await handle.datasync()
    } catch (error) {
      // Cut what may stand half written. Where even that fails, the next append moves it away.
      await handle.truncate(size).then(() => handle.datasync()).catch(() => {})
      await this.close()
      throw error
    }
    place.size += bytes.length
  }

  /** Make the name of a new file survive a crash; that of a new trail's directory too, where we may. */
  async #name(place: Place): Promise<void> {
    const { dir, ops } = this.#options
    if (this.#known === undefined) await ops.syncDirectory(dirname(dir)).catch(() => {})
    await ops.syncDirectory(dir)
    place.named = true
  }
}

function knownFrom({ seq, hash }: Head): Expected {
  return { seq, hash, by: 'this process' }
}
