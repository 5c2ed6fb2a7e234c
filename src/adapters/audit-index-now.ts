import type { TrailStats } from '../audit/stats.ts'
import type { TimeSpan } from '../ports.ts'
import { trailFileOps } from './audit-gzip.ts'
import { buildIndex, type BuildOptions } from './audit-index-build.ts'
import {
  BrokenIndex,
  type IndexFile,
  indexPath,
  isBroken,
  memoryIndexFile,
  openIndexFile,
  removeIndexFile,
} from './audit-index-file.ts'
import { placeOf } from './audit-index-place.ts'
import { statsOf } from './audit-index-stats.ts'

const CACHE_KIB = 16_000

type OnProgress = BuildOptions['onProgress']

/** Bring the index of a trail up to its end, from nothing where `anew`; resolves with its number of events. */
export async function reindex(
  dir: string,
  options: { readonly anew: boolean; readonly onProgress?: OnProgress },
): Promise<number> {
  const path = indexPath(dir)
  if (options.anew) removeIndexFile(path)
  const index = await whole(dir, () => openIndexFile(path, CACHE_KIB), options.onProgress)
  try {
    return Number(index.sql('SELECT count(*) AS events FROM events').get()!['events'])
  } finally {
    index.close()
  }
}

/**
 * Statistics of a trail as it is now, for a command: its index is brought up to date first. Where it cannot be
 * written, one is made in memory and thrown away.
 */
export async function statsNow(
  dir: string,
  span: TimeSpan,
  onProgress?: OnProgress,
): Promise<TrailStats> {
  const index = await whole(dir, () => openIndexFile(indexPath(dir), CACHE_KIB), onProgress)
    .catch(() => whole(dir, memoryIndexFile, onProgress))
  try {
    return await statsOf(index, await placeOf(dir, index, trailFileOps), span)
  } finally {
    index.close()
  }
}

async function whole(
  dir: string,
  open: () => IndexFile,
  onProgress: OnProgress,
): Promise<IndexFile> {
  let index = open()
  for (let attempt = 0;;) {
    try {
      if (await buildIndex(index, { dir, ops: trailFileOps, onProgress })) return index
    } catch (error) {
      const isBad = error instanceof BrokenIndex || isBroken(error)
      if (!isBad || ++attempt > 2) {
        index.close()
        throw error
      }
      index.discard()
      index = open()
    }
  }
}
