import { join } from 'node:path'
import { readEvent } from '../audit/read.ts'
import {
  type FileRow,
  filesOf,
  type Place,
  placeOf,
  sealOf,
  type Span,
  stateOf,
} from './audit-index-place.ts'
import { BrokenIndex, type IndexFile } from './audit-index-file.ts'
import { type FacetIds, type Placed, RowWriter, timeOf } from './audit-index-row.ts'
import { linesForward, textOf } from './audit-lines.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { inTransaction } from './database-wal.ts'

export interface BuildOptions {
  readonly dir: string
  readonly ops: FileOps
  /** Lines of so many bytes go into one transaction. */
  readonly blockBytes?: number | undefined
  /** Asked after each transaction; true ends the round. */
  readonly enough?: (() => boolean | Promise<boolean>) | undefined
  /** Bytes that were read, and how many are left as far as that is known. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

const BLOCK_BYTES = 1 << 20
/** Rows that one transaction removes. */
const REMOVED = 5000

/**
 * Bring an index up to the end of its trail, or nearer to it. Several processes may do so at once: whoever finds
 * that another was here leaves it to him. Resolves with whether the end was reached.
 */
export async function buildIndex(index: IndexFile, options: BuildOptions): Promise<boolean> {
  const { dir, ops } = options
  const round = new Round(index, options)
  const place = await placeOf(dir, index, ops)
  if (place.stale.length > 0 && place.good.length === 0) {
    throw new BrokenIndex('The index is not of this trail')
  }
  if (!await round.clear(place)) return false
  for (const span of place.tail) {
    const isLast = span === place.tail.at(-1)
    if (!await round.read(span, isLast)) return false
  }
  return true
}

class Round {
  readonly #index: IndexFile
  readonly #options: BuildOptions
  readonly #facets: FacetIds = new Map()
  #done = 0

  constructor(index: IndexFile, options: BuildOptions) {
    this.#index = index
    this.#options = options
  }

  /** Remove what is of no file any more; false when there is more to remove. */
  async clear({ gone, stale, packed, good, next }: Place): Promise<boolean> {
    const index = this.#index
    const drop = [...gone, ...stale]
    if (drop.length > 0 || packed.length > 0) {
      inTransaction(index.db, () => {
        for (const { id } of drop) forget(index, id)
        for (const { row, seal } of packed) {
          index.sql('UPDATE files SET seal = ? WHERE id = ?').run(seal, row.id)
        }
        if (drop.length > 0) {
          const last = index.sql('SELECT seq, at FROM events WHERE n = ?').get(next - 1)
          index.sql(`UPDATE state SET generation = generation + 1, next = ?, last_seq = ?,
            last_at = ?`).run(next, last?.['seq'] ?? 0, last?.['at'] ?? 0)
        }
      })
    }
    const first = good[0]?.first ?? next
    for (;;) {
      const removed = inTransaction(index.db, () => {
        const { next } = stateOf(index)
        return index.sql(`DELETE FROM events WHERE n IN (
          SELECT n FROM (SELECT n FROM events WHERE n < ? ORDER BY n LIMIT ${REMOVED})
          UNION ALL SELECT n FROM (SELECT n FROM events WHERE n >= ? ORDER BY n LIMIT ${REMOVED}))`)
          .run(first, next).changes
      })
      if (Number(removed) === 0) return true
      if (await this.#options.enough?.()) return false
    }
  }

  /** Read a file from a place to its end; false when it is enough, or another process was here. */
  async read({ name, from }: Span, isLast: boolean): Promise<boolean> {
    const { dir, ops, blockBytes = BLOCK_BYTES } = this.#options
    const file = await ops.open(join(dir, name), 'read')
    try {
      let at = from
      let seal = ''
      for await (const block of blocksOf(file, from, blockBytes)) {
        if (!this.#write(name, at, block)) return false
        this.#done += block.end - at
        at = block.end
        this.#options.onProgress?.(this.#done, this.#done + (await file.stat()).size - at)
        if (await this.#options.enough?.()) return false
      }
      if (isLast) return true
      seal = sealOf(dir, name, ops) ?? ''
      const { size } = await file.stat()
      return this.#seal(name, at, seal, size)
    } finally {
      await file.close()
    }
  }

  /** One transaction, if the index ends where this block begins. */
  #write(name: string, from: number, block: Block): boolean {
    const index = this.#index
    try {
      return inTransaction(index.db, () => {
        const row = fileRow(index, name, from)
        if (row === undefined) return false
        const writer = new RowWriter(index, row.id, this.#facets)
        const state = index.sql('SELECT * FROM state').get()!
        let n = Number(state['next'])
        let [seq, at] = [Number(state['last_seq']), Number(state['last_at'])]
        let [seqRises, timeRises] = [state['seq_rises'] === 1, state['time_rises'] === 1]
        for (const placed of block.events) {
          writer.add(n, placed)
          const time = timeOf(placed.event)
          seqRises &&= placed.event.seq > seq
          timeRises &&= time >= at
          seq = placed.event.seq
          at = time
          n += 1
        }
        writer.end()
        const last = block.events.at(-1)
        index.sql('UPDATE files SET bytes = ?, last_start = ?, last_hash = ? WHERE id = ?')
          .run(block.end, last?.start ?? row.lastStart, last?.event.hash ?? row.lastHash, row.id)
        index.sql(`UPDATE state SET next = ?, last_seq = ?, last_at = ?, seq_rises = ?,
          time_rises = ?`).run(n, seq, at, seqRises ? 1 : 0, timeRises ? 1 : 0)
        return true
      })
    } catch (error) {
      this.#facets.clear()
      throw error
    }
  }

  /** Nothing more is written to the file, for there is one behind it. */
  #seal(name: string, bytes: number, seal: string, size: number): boolean {
    return inTransaction(this.#index.db, () => {
      const row = fileRow(this.#index, name, bytes)
      if (row === undefined) return false
      this.#index.sql('UPDATE files SET seal = ?, size = ? WHERE id = ?').run(seal, size, row.id)
      return true
    })
  }
}

/** The row of a file that was read so far, made where it is the next; undefined where that is not so. */
function fileRow(index: IndexFile, name: string, from: number): FileRow | undefined {
  const rows = filesOf(index)
  const row = rows.find((one) => one.name === name)
  const last = rows.at(-1)
  if (row !== undefined) return row === last && row.bytes === from ? row : undefined
  if (from !== 0 || last?.seal === '') return undefined
  const { next } = stateOf(index)
  index.sql(`INSERT INTO files (name, first, bytes, last_start, last_hash, seal, size)
    VALUES (?, ?, 0, 0, '', '', 0)`).run(name, next)
  return filesOf(index).at(-1)
}

function forget(index: IndexFile, file: number): void {
  for (const [table, column] of [['files', 'id'], ['hours', 'file'], ['latencies', 'file']]) {
    index.sql(`DELETE FROM ${table} WHERE ${column} = ?`).run(file)
  }
}

/** Events of whole lines, and where the last of these ends. */
interface Block {
  readonly events: readonly Placed[]
  readonly end: number
}

/** What is no event is passed over, as by whoever reads the trail; an unfinished line is left for later. */
async function* blocksOf(file: OpenFile, from: number, most: number): AsyncGenerator<Block> {
  let events: Placed[] = []
  let [begin, end] = [from, from]
  for await (const lines of linesForward(file, from)) {
    for (const line of lines) {
      if (!line.terminated) continue
      end = line.end
      const text = textOf(line)
      const event = text === undefined ? undefined : readEvent(text)
      if (event !== undefined) {
        events.push({ event, start: line.start, bytes: line.end - line.start })
      }
    }
    if (end - begin < most) continue
    yield { events, end }
    events = []
    begin = end
  }
  if (end > begin) yield { events, end }
}
