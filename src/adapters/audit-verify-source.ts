import type { Finding } from '../audit/verify-finding.ts'
import type { TrailStart } from '../audit/verify.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'

/** A file of a trail as a reader sees it: its bytes in order, however they are kept. */
export interface TrailPart {
  readonly name: string
  /** Bytes of its text as far as they are known: for the progress, and to share the work. */
  readonly size: number
  /** A file of which several readers may each take a piece, packed or not; absent, one reads it all. */
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
  /** What is wrong with what says so, and with how parts are kept. */
  readonly findings?: readonly Finding[] | undefined
}

/** Every reader of whole trails asks this one what there is to read. */
export type ListTrail = (
  dir: string,
  ops: FileOps,
  keys?: readonly Uint8Array[],
) => Promise<TrailListing>

export { listTrail } from './audit-retained.ts'
