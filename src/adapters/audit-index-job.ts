import { buildIndex } from './audit-index-build.ts'
import { BrokenIndex, indexPath, isBroken, openIndexFile } from './audit-index-file.ts'
import { trailFileOps } from './audit-gzip.ts'

/** So many transactions make a step. */
const BLOCKS = 8
/** What an index that is written needs of memory. */
const CACHE_KIB = 16_000

/**
 * A step of bringing the index of a trail up to date: true when it is. One that is broken or not of this trail is
 * removed, and the next step begins anew. The index is closed in between: whoever ends the thread leaves nothing.
 */
export async function indexStep(dir: string): Promise<boolean> {
  const index = openIndexFile(indexPath(dir), CACHE_KIB)
  let blocks = 0
  try {
    return await buildIndex(index, { dir, ops: trailFileOps, enough: () => ++blocks >= BLOCKS })
  } catch (error) {
    if (!(error instanceof BrokenIndex) && !isBroken(error)) throw error
    index.discard()
    return false
  } finally {
    if (index.db.isOpen) index.close()
  }
}
