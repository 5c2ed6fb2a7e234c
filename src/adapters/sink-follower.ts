import { join } from 'node:path'
import { type Cursor, type Mark, moved } from '../audit/cursor.ts'
import { trailLineOf } from '../audit/format/line.ts'
import type { TrailLine } from '../audit/format/said.ts'
import { readEvent } from '../audit/read.ts'
import { trailFile, trailFiles } from './audit-files.ts'
import { trailFileOps } from './audit-gzip.ts'
import { type Line, linesForward, readAt, textOf } from './audit-lines.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { codeOf } from './safe-read.ts'

export interface FollowedLine extends TrailLine {
  /** Where the trail goes on behind it. */
  readonly mark: Mark
}

export interface Step {
  readonly lines: readonly FollowedLine[]
  /** Events that should have come and are not there, by their numbers. */
  readonly lost: readonly { readonly from: number; readonly to: number }[]
  /** The trail is not the one that was read before: some events come once more. */
  readonly again: boolean
}

/** Most of one step. */
const LINES = 200
const CHARACTERS = 1 << 18

/** What an archive is whose bytes do not fit it. */
const BROKEN = 'EBADARCHIVE'

const NOTHING: Step = { lines: [], lost: [], again: false }

/** A file that is being read, and how far. */
interface Reading {
  readonly name: string
  readonly file: OpenFile
  offset: number
}

/**
 * Reads a trail on from a cursor, through rotation, packing, pruning and repair. What it gives comes in the
 * order of the files, each event once as long as the trail is what it was; where it is not, again rather
 * than never.
 */
export class Follower {
  readonly #dir: string
  readonly #ops: FileOps
  #reading: Reading | undefined
  /** The number of the last event that was given; undefined where anything may come first. */
  #last: number | undefined

  constructor(dir: string, ops: FileOps = trailFileOps) {
    this.#dir = dir
    this.#ops = ops
  }

  /** What comes behind the cursor, a little at a time; no lines where there is nothing more now. */
  async read(cursor: Cursor): Promise<Step> {
    const again = this.#reading === undefined && !await this.#resume(cursor)
    let isLast = false
    while (this.#reading !== undefined) {
      const found = await this.#take(this.#reading)
      if (found.lines.length > 0) return { ...found, again }
      // Before a new file begins the one before it may have got its last lines.
      const next = this.#after(this.#reading.name)
      if (next === undefined || isLast) await this.#leave()
      if (next === undefined) break
      if (isLast) await this.#openFrom(next)
      isLast = !isLast
    }
    return again ? { ...NOTHING, again } : NOTHING
  }

  /** Begin anew at a cursor with the next step. */
  async close(): Promise<void> {
    await this.#leave()
  }

  async #leave(): Promise<void> {
    const { file } = this.#reading ?? {}
    this.#reading = undefined
    await file?.close()
  }

  /** Open the file in which it goes on. False where it is not what was read before. */
  async #resume({ marks }: Cursor): Promise<boolean> {
    const mark = marks[0]
    this.#last = mark?.seq
    if (mark === undefined) {
      await this.#openFrom(this.#after(''))
      return true
    }
    if (!await this.#open(mark.file, mark.offset)) {
      await this.#openFrom(this.#after(mark.file))
      return true
    }
    const { file } = this.#reading!
    if (await standsAt(file, mark)) return true
    const known = await lastKnown(file, marks)
    this.#reading!.offset = known?.offset ?? 0
    this.#last = known?.seq
    // Moved within its file, as by a repair: nothing comes twice.
    return known?.hash === mark.hash
  }

  /** Of this file and those behind it the first that can be read. */
  async #openFrom(name: string | undefined): Promise<void> {
    for (let one = name; one !== undefined && !await this.#open(one, 0);) one = this.#after(one)
  }

  /** False for one that is gone or broken: what it held is missed by its numbers. */
  async #open(name: string, offset: number): Promise<boolean> {
    try {
      this.#reading = { name, file: await this.#ops.open(join(this.#dir, name), 'read'), offset }
      return true
    } catch (error) {
      if (['ENOENT', BROKEN].includes(codeOf(error))) return false
      throw error
    }
  }

  /** The file behind one of that name, whether that is there or not. */
  #after(name: string): string | undefined {
    const names = trailFiles(this.#ops.list(this.#dir)).map((file) => file.name)
    const before = trailFile(name)
    if (before === undefined) return names[0]
    return trailFiles([...new Set([...names, name])]).map((file) => file.name)
      .find((_, index, all) => all[index - 1] === name)
  }

  async #take(reading: Reading): Promise<Step> {
    const lines: FollowedLine[] = []
    const lost: { from: number; to: number }[] = []
    let size = 0
    for await (const line of wholeLines(reading.file, reading.offset)) {
      if (lines.length >= LINES || size >= CHARACTERS) break
      reading.offset = line.end
      const one = followed(line, reading.name)
      if (one === undefined) continue
      const { seq } = one.event
      if (this.#last !== undefined && seq > this.#last + 1) {
        lost.push({ from: this.#last + 1, to: seq - 1 })
      }
      this.#last = seq
      size += one.text.length
      lines.push(one)
    }
    return { lines, lost, again: false }
  }
}

/** The lines that are finished, as far as the file can be read. */
async function* wholeLines(file: OpenFile, from: number): AsyncGenerator<Line> {
  try {
    for await (const block of linesForward(file, from)) {
      yield* block.filter(({ terminated }) => terminated)
    }
  } catch (error) {
    if (codeOf(error) !== BROKEN) throw error
  }
}

async function unlessBroken<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (codeOf(error) === BROKEN) return undefined
    throw error
  }
}

function followed(line: Line, file: string): FollowedLine | undefined {
  const text = textOf(line)
  const one = text === undefined ? undefined : trailLineOf(text)
  if (one === undefined) return undefined
  const { seq, hash } = one.event
  return { ...one, mark: { file, start: line.start, offset: line.end, seq, hash } }
}

async function standsAt(file: OpenFile, { start, offset, hash }: Mark): Promise<boolean> {
  const bytes = await unlessBroken(readAt(file, start, offset - start))
  if (bytes === undefined || bytes.length < offset - start || bytes.at(-1) !== 10) return false
  const line = { start, end: offset, bytes: bytes.subarray(0, -1), terminated: true }
  const text = textOf(line)
  return text !== undefined && readEvent(text)?.hash === hash
}

/** The newest of the marks whose event the file still holds, at the place where it holds it. */
async function lastKnown(file: OpenFile, marks: readonly Mark[]): Promise<Mark | undefined> {
  const wanted = new Map(marks.map((mark, index) => [mark.hash, index]))
  let best: { readonly mark: Mark; readonly index: number } | undefined
  for await (const line of wholeLines(file, 0)) {
    const mark = followed(line, '')?.mark
    const index = mark === undefined ? undefined : wanted.get(mark.hash)
    if (index !== undefined && (best === undefined || index < best.index)) {
      best = { mark: mark!, index }
    }
  }
  return best?.mark
}

/** The cursor behind a line that was delivered. */
export function behind(cursor: Cursor, lines: readonly FollowedLine[], at: string): Cursor {
  const delivered = cursor.delivered + lines.length
  return { ...moved(cursor, lines.at(-1)!.mark), at, delivered }
}
