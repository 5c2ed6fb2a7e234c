import { access, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Cursor, cursorText, readCursor, START } from '../audit/cursor.ts'
import { readEvent } from '../audit/read.ts'
import { trailFiles } from './audit-files.ts'
import { linesBackward, textOf } from './audit-lines.ts'
import type { FileOps } from './audit-ops.ts'
import { replaceFile } from './replace-file.ts'
import { codeOf, readSmall } from './safe-read.ts'

const LIMIT = 1 << 16
/** Cursors of sinks that are configured; whoever prunes heeds them. */
const LIVE = '.json'
/** Of sinks that are not, for when they are again. */
const IDLE = '.idle'

/** The cursors of a trail's sinks, a file each, in `.private/sinks`. */
export class SinkCursors {
  readonly #dir: string

  constructor(trail: string) {
    this.#dir = join(trail, '.private', 'sinks')
  }

  /** Whether sinks were ever configured here. */
  areThere(): Promise<boolean> {
    return access(this.#dir).then(() => true, () => false)
  }

  /** Cursors of others than these no longer keep old files from being pruned. */
  async keepOnly(names: readonly string[]): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 })
    for (const file of await readdir(this.#dir)) {
      const name = file.slice(0, file.lastIndexOf('.'))
      const [from, to] = [join(this.#dir, file), (end: string) => join(this.#dir, name + end)]
      if (file.endsWith(LIVE) && !names.includes(name)) await rename(from, to(IDLE))
      if (file.endsWith(IDLE) && names.includes(name)) await rename(from, to(LIVE))
      if (file.endsWith('.tmp')) await rm(from, { force: true })
    }
  }

  /** Undefined where there is none. A broken one is one at the beginning: nothing is left out. */
  async load(name: string): Promise<Cursor | undefined> {
    const path = join(this.#dir, name + LIVE)
    const read = await readSmall(path, { limit: LIMIT, followLinks: false })
    if (read.text !== undefined) return readCursor(read.text) ?? START
    return read.code === 'ENOENT' ? undefined : START
  }

  /** Durable, in the place of the last one. */
  async save(name: string, cursor: Cursor): Promise<void> {
    await replaceFile(join(this.#dir, name + LIVE), cursorText(cursor))
  }
}

/** A cursor behind the last event that a trail holds now. */
export async function cursorAtEnd(dir: string, ops: FileOps): Promise<Cursor> {
  for (const { name } of namesIn(dir, ops).reverse()) {
    const file = await ops.open(join(dir, name), 'read')
    try {
      for await (const lines of linesBackward(file, (await file.stat()).size)) {
        for (const line of lines) {
          const text = line.terminated ? textOf(line) : undefined
          const event = text === undefined ? undefined : readEvent(text)
          if (event === undefined) continue
          const { start, end: offset } = line
          return {
            ...START,
            marks: [{ file: name, start, offset, seq: event.seq, hash: event.hash }],
          }
        }
      }
    } finally {
      await file.close()
    }
  }
  return START
}

/** A directory that is not there yet has no files. */
function namesIn(dir: string, ops: FileOps): ReturnType<typeof trailFiles> {
  try {
    return trailFiles(ops.list(dir))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}
