import { join } from 'node:path'
import { isSeq } from '../audit/chain.ts'
import { linesBackward, textOf } from './audit-lines.ts'
import { type FileOps, nodeFileOps } from './audit-ops.ts'
import { codeOf } from './safe-read.ts'

/** What an anchor says of the chain at its time. */
export interface AnchoredHead {
  readonly seq: number
  readonly hash: string
}

/** Most lines that are looked at: behind the last anchor stands at most one that was torn. */
const LOOKED_AT = 100

/**
 * The last anchor of `anchors.jsonl` in the trail's directory, undefined when there is none. Nothing of
 * it is proved here; that is `verify`'s.
 */
export async function lastAnchorIn(
  dir: string,
  ops: FileOps = nodeFileOps,
): Promise<AnchoredHead | undefined> {
  let file
  try {
    file = await ops.open(join(dir, 'anchors.jsonl'), 'read')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    let looked = 0
    for await (const lines of linesBackward(file, (await file.stat()).size)) {
      for (const line of lines) {
        const anchor = line.terminated ? anchorOf(textOf(line)) : undefined
        if (anchor !== undefined) return anchor
        if (++looked >= LOOKED_AT) return undefined
      }
    }
    return undefined
  } finally {
    await file.close()
  }
}

function anchorOf(text: string | undefined): AnchoredHead | undefined {
  if (text === undefined) return undefined
  try {
    const { schema, seq, hash } = JSON.parse(text) as Record<string, unknown>
    if (schema !== 'rampart.anchor.v1' || typeof hash !== 'string') return undefined
    return isSeq(seq) ? { seq, hash } : undefined
  } catch {
    return undefined
  }
}
