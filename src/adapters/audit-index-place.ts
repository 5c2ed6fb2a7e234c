import { join } from 'node:path'
import { readEvent } from '../audit/read.ts'
import { trailFiles } from './audit-files.ts'
import { PACKED } from './audit-gzip.ts'
import type { IndexFile } from './audit-index-file.ts'
import { LONGEST_LINE, readAt } from './audit-lines.ts'
import type { FileOps } from './audit-ops.ts'

/** A file as the index knows it. */
export interface FileRow {
  readonly id: number
  readonly name: string
  /** The number of its first row. */
  readonly first: number
  /** So far it was read. */
  readonly bytes: number
  /** The last event that was read: where it starts, and its hash. */
  readonly lastStart: number
  readonly lastHash: string
  /** What the file looked like once nothing more was written to it; empty before. */
  readonly seal: string
  /** Its size then, unpacked. */
  readonly size: number
}

/** Bytes of a trail file from a place on. */
export interface Span {
  readonly name: string
  readonly from: number
}

/** How an index stands to the files of its trail. */
export interface Place {
  readonly generation: number
  /** Files that are as they were when they were read; rows of these alone count. */
  readonly good: readonly FileRow[]
  /** The number of the row behind the last one that counts. */
  readonly next: number
  /** Files that were pruned. */
  readonly gone: readonly FileRow[]
  /** The first that is not what was read, with all behind it. */
  readonly stale: readonly FileRow[]
  /** Packed meanwhile, with what they look like now. */
  readonly packed: readonly { readonly row: FileRow; readonly seal: string }[]
  /** What no row is about: from the end of the index to the end of the trail, oldest first. */
  readonly tail: readonly Span[]
  /** Whether `seq` and `time` only rise from row to row. */
  readonly seqRises: boolean
  readonly timeRises: boolean
}

/** What a trail file looks like from outside: a change of it shows. Undefined when it is not there. */
export function sealOf(dir: string, name: string, ops: FileOps): string | undefined {
  const plain = ops.stat(join(dir, name))
  const stat = plain ?? ops.stat(join(dir, name + PACKED))
  if (stat === undefined) return undefined
  return `${plain === undefined ? 'packed' : 'plain'} ${stat.size} ${stat.changed}`
}

/**
 * Compare an index with the trail. Files are compared by size and time of change, the one that grows by the last
 * event that was read of it: an index of another trail, or of one that was changed, does not pass.
 */
export async function placeOf(dir: string, index: IndexFile, ops: FileOps): Promise<Place> {
  const names = trailFiles(ops.list(dir)).map(({ name }) => name)
  const state = stateOf(index)
  const all = filesOf(index)
  const from = all.findIndex(({ name }) => names.includes(name))
  const gone = all.slice(0, from < 0 ? all.length : from)
  const rows = all.slice(gone.length)
  const packed: { row: FileRow; seal: string }[] = []
  let count = 0
  while (count < rows.length) {
    const row = rows[count]!
    if (row.name !== names[count]) break
    const fit = await fitOf(dir, row, count === rows.length - 1, ops)
    if (fit === undefined) break
    if (fit !== row.seal) packed.push({ row, seal: fit })
    count += 1
  }
  const good = rows.slice(0, count)
  const last = good.at(-1)
  const rest = names.slice(last === undefined ? 0 : names.indexOf(last.name) + 1)
  return {
    ...state,
    good,
    gone,
    stale: rows.slice(count),
    packed,
    next: rows[count]?.first ?? state.next,
    tail: [
      ...(last === undefined ? [] : [{ name: last.name, from: last.bytes }]),
      ...rest.map((name) => ({ name, from: 0 })),
    ],
  }
}

/** The seal that a file is good by, undefined when it is not what was read. */
async function fitOf(
  dir: string,
  row: FileRow,
  isLast: boolean,
  ops: FileOps,
): Promise<string | undefined> {
  const seal = sealOf(dir, row.name, ops)
  if (seal === undefined) return undefined
  if (row.seal !== '' && seal === row.seal) return row.seal
  if (row.seal !== '') {
    const packed = row.seal.startsWith('plain') && seal.startsWith('packed')
    return packed && await sizeOf(dir, row.name, ops) === row.size ? seal : undefined
  }
  // It grew, or was finished and packed since: what was read of it still ends where it did.
  return isLast && await endsAlike(dir, row, ops) ? '' : undefined
}

async function sizeOf(dir: string, name: string, ops: FileOps): Promise<number | undefined> {
  const file = await ops.open(join(dir, name), 'read').catch(() => undefined)
  try {
    return (await file?.stat())?.size
  } finally {
    await file?.close()
  }
}

async function endsAlike(dir: string, row: FileRow, ops: FileOps): Promise<boolean> {
  const file = await ops.open(join(dir, row.name), 'read').catch(() => undefined)
  if (file === undefined) return false
  try {
    if ((await file.stat()).size < row.bytes) return false
    if (row.lastHash === '') return true
    const length = Math.min(row.bytes - row.lastStart, LONGEST_LINE)
    const line = new TextDecoder().decode(await readAt(file, row.lastStart, length))
    const end = line.indexOf('\n')
    return end >= 0 && readEvent(line.slice(0, end))?.hash === row.lastHash
  } catch {
    return false
  } finally {
    await file.close()
  }
}

export function stateOf(
  index: IndexFile,
): Pick<Place, 'generation' | 'next' | 'seqRises' | 'timeRises'> {
  const row = index.sql('SELECT * FROM state').get()!
  return {
    generation: Number(row['generation']),
    next: Number(row['next']),
    seqRises: row['seq_rises'] === 1,
    timeRises: row['time_rises'] === 1,
  }
}

export function filesOf(index: IndexFile): FileRow[] {
  return index.sql('SELECT * FROM files ORDER BY id').all().map((row) => ({
    id: Number(row['id']),
    name: String(row['name']),
    first: Number(row['first']),
    bytes: Number(row['bytes']),
    lastStart: Number(row['last_start']),
    lastHash: String(row['last_hash']),
    seal: String(row['seal']),
    size: Number(row['size']),
  }))
}
