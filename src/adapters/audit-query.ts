import { join } from 'node:path'
import type { AuditEvent } from '../audit/event.ts'
import { matchesFilter, mayMatch } from './audit-filter.ts'
import { readEvent } from '../audit/read.ts'
import type { AuditFilter, EventPage } from '../ports.ts'
import { type TrailFile, trailFiles } from './audit-files.ts'
import { trailFileOps } from './audit-gzip.ts'
import { type Line, linesBackward, linesForward, textOf } from './audit-lines.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { codeOf } from './safe-read.ts'

/** Bytes of a trail file: from a place on, to its end or to a place. */
export interface Stretch {
  readonly name: string
  readonly from: number
  readonly to?: number | undefined
}

/**
 * Read the trail from the end that the filter asks for, by blocks, until `limit` events are found. A
 * line that is no event, or not yet whole, is passed over: telling of it is `verify`'s.
 */
export async function queryTrail(
  dir: string,
  filter: AuditFilter,
  ops: FileOps = trailFileOps,
): Promise<readonly AuditEvent[]> {
  if (filter.limit <= 0) return []
  const scan = new Scan(dir, filter, ops)
  await scan.read(await wholeTrail(dir, filter, ops))
  return scan.found
}

/**
 * Events behind one that was seen, oldest first: read from the end back to it, so that asking often costs what is
 * new. Of more than `most` the oldest are left out.
 */
export async function eventsBehind(
  dir: string,
  seq: number,
  most: number,
  ops: FileOps = trailFileOps,
): Promise<readonly AuditEvent[]> {
  const found: AuditEvent[] = []
  for (const { name } of trailFiles(ops.list(dir)).reverse()) {
    let isReached = false
    await reading(join(dir, name), ops, async (file) => {
      for await (const lines of linesBackward(file, (await file.stat()).size)) {
        for (const line of lines) {
          const text = line.terminated ? textOf(line) : undefined
          const event = text === undefined ? undefined : readEvent(text)
          isReached = event !== undefined && event.seq <= seq || found.length >= most
          if (isReached) return
          if (event !== undefined) found.push(event)
        }
      }
    })
    if (isReached) break
  }
  return found.reverse()
}

/** All files, without those that `after` leaves behind. */
export async function wholeTrail(
  dir: string,
  filter: AuditFilter,
  ops: FileOps,
): Promise<readonly Stretch[]> {
  const files = trailFiles(ops.list(dir))
  const wanted = filter.order === 'asc' ? await skipped(dir, files, filter, ops) : files
  return wanted.map(({ name }) => ({ name, from: 0 }))
}

/** Looks at lines of files until it has found enough, or has looked at enough bytes. */
export class Scan {
  readonly found: AuditEvent[] = []
  readonly #dir: string
  readonly #filter: AuditFilter
  readonly #ops: FileOps
  #budget: number
  #last: number | undefined

  constructor(dir: string, filter: AuditFilter, ops: FileOps, budget = Infinity) {
    this.#dir = dir
    this.#filter = filter
    this.#ops = ops
    this.#budget = budget
  }

  get isDone(): boolean {
    return this.found.length >= this.#filter.limit || this.#last !== undefined
  }

  /** What was found so far; where it ended early, where to go on. */
  page(): EventPage {
    const isFull = this.found.length >= this.#filter.limit
    return { events: this.found, next: isFull ? this.found.at(-1)?.seq : this.#last }
  }

  /** Read stretches that are given oldest first, in the order of the filter. */
  async read(stretches: readonly Stretch[]): Promise<void> {
    const ascending = this.#filter.order === 'asc'
    for (const stretch of ascending ? stretches : [...stretches].reverse()) {
      if (this.isDone) return
      await reading(join(this.#dir, stretch.name), this.#ops, async (file) => {
        const { from, to = (await file.stat()).size } = stretch
        const blocks = ascending ? linesForward(file, from) : linesBackward(file, to)
        for await (const lines of blocks) {
          const within = lines.filter(({ start, end }) => start >= from && end <= to)
          this.#collect(within)
          if (this.isDone || within.length < lines.length) return
        }
      })
    }
  }

  #collect(lines: readonly Line[]): void {
    for (const line of lines) {
      this.#budget -= line.end - line.start
      const text = line.terminated ? textOf(line) : undefined
      if (text !== undefined && mayMatch(text, this.#filter)) this.#take(readEvent(text))
      if (this.found.length >= this.#filter.limit) return
      // Only an event has a number to go on from.
      if (this.#budget <= 0 && text !== undefined) this.#last = readEvent(text)?.seq
      if (this.#last !== undefined) return
    }
  }

  #take(event: AuditEvent | undefined): void {
    if (event !== undefined && matchesFilter(event, this.#filter)) this.found.push(event)
  }
}

/** Without the files that end before `after`: the one behind them starts no later. */
async function skipped(
  dir: string,
  files: readonly TrailFile[],
  { after }: AuditFilter,
  ops: FileOps,
): Promise<readonly TrailFile[]> {
  if (after === undefined) return files
  let low = 0
  let high = files.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const first = await firstSeq(join(dir, files[middle]!.name), ops)
    if (first !== undefined && first <= after + 1) low = middle
    else high = middle - 1
  }
  return files.slice(low)
}

async function firstSeq(path: string, ops: FileOps): Promise<number | undefined> {
  let seq: number | undefined
  await reading(path, ops, async (file) => {
    for await (const lines of linesForward(file)) {
      const text = lines[0] === undefined ? undefined : textOf(lines[0])
      seq = text === undefined ? undefined : readEvent(text)?.seq
      return
    }
  })
  return seq
}

/** A file that went away between listing and opening holds nothing, nor does a broken archive. */
async function reading(
  path: string,
  ops: FileOps,
  work: (file: OpenFile) => Promise<void>,
): Promise<void> {
  let file: OpenFile | undefined
  try {
    file = await ops.open(path, 'read')
    await work(file)
  } catch (error) {
    const hidden = codeOf(error) === 'EBADARCHIVE' ||
      file === undefined && codeOf(error) === 'ENOENT'
    if (!hidden) throw error
  } finally {
    await file?.close()
  }
}
