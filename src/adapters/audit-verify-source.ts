import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TrailStart } from '../audit/verify.ts'
import { trailFile, trailFiles } from './audit-files.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'

/** A file of a trail as a reader sees it: its bytes in order, however they are kept. */
export interface TrailPart {
  readonly name: string
  /** Bytes of its text as far as they are known: for the progress, and to share the work. */
  readonly size: number
  /** A plain file, of which several readers may each take a piece; absent, one reads it from its start. */
  readonly path?: string | undefined
  open(): Promise<Pick<OpenFile, 'read' | 'close'>>
}

export interface TrailListing {
  /** Oldest first. */
  readonly parts: readonly TrailPart[]
  /** Names that look like parts and are none: links, directories. */
  readonly strangers: readonly string[]
  /** Where the trail begins when older parts were taken away in an orderly way. */
  readonly start?: TrailStart | undefined
}

/** Every reader of whole trails asks this one what there is to read. */
export type ListTrail = (dir: string, ops: FileOps) => Promise<TrailListing>

/** The files of a trail as they lie there. */
export function listTrail(dir: string, ops: FileOps): Promise<TrailListing> {
  const strangers = readdirSync(dir, { withFileTypes: true })
    .filter((entry) => !entry.isFile() && trailFile(entry.name) !== undefined)
    .map(({ name }) => name)
  const parts = trailFiles(ops.list(dir)).map(({ name }): TrailPart => {
    const path = join(dir, name)
    return { name, path, size: ops.stat(path)?.size ?? 0, open: () => ops.open(path, 'read') }
  })
  return Promise.resolve({ parts, strangers })
}
