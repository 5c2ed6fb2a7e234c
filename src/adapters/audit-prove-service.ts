import type { TrailProofs } from '../ports.ts'
import type { Verified } from '../audit/verify.ts'
import type { AnchorObserver } from './audit-anchors.ts'
import { lastAnchorOf } from './audit-anchors-file.ts'
import { publicKeysIn } from './audit-keys.ts'
import { nodeFileOps } from './audit-ops.ts'
import { proveEvent } from './audit-prove.ts'
import { verifyDirectory } from './audit-verify.ts'

export interface ProofsOptions {
  readonly dir: string
  /** The directory of keys. */
  readonly keys: string
  readonly anchors: AnchorObserver
  /** The last event that is durable. */
  readonly head: () => { readonly seq: number }
  /** What runs as a thread when the program is a single file. */
  readonly entry?: string | undefined
}

/** Proofs of the trail that this process writes. One reading of the whole at a time. */
export function trailProofs({ dir, keys, anchors, head, entry }: ProofsOptions): TrailProofs {
  let verifying: Promise<Verified> | undefined
  return {
    verify() {
      verifying ??= publicKeysIn(keys).then((known) => verifyDirectory(dir, { keys: known, entry }))
        .finally(() => {
          verifying = undefined
        })
      return verifying
    },
    anchor: () => lastAnchorOf(dir, nodeFileOps),
    async prove(id) {
      // What was written a moment ago is anchored now.
      const last = await lastAnchorOf(dir, nodeFileOps)
      if ((last?.seq ?? 0) < head().seq) await anchors.anchorTo(head().seq)
      return await proveEvent(dir, id, { keys: await publicKeysIn(keys), entry })
    },
  }
}
