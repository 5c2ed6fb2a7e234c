import { availableParallelism } from 'node:os'
import { canonicalJson } from '../audit/canonical.ts'
import { toBase64 } from '../audit/checkpoint.ts'
import { Frontier, HASH_BYTES } from '../audit/merkle.ts'
import { createRangeRoots, inclusionRanges } from '../audit/merkle-proof.ts'
import type { Anchor } from '../audit/anchor.ts'
import { rootText } from '../audit/anchor.ts'
import { checkProof, type Proof, PROOF_SCHEMA } from '../audit/proof.ts'
import { KeyRing } from '../audit/verify-anchors.ts'
import type { Segment } from '../audit/verify-types.ts'
import { RampartError } from '../errors.ts'
import { hashInto } from '../runtime/hasher.ts'
import { lastAnchorOf } from './audit-anchors-file.ts'
import { verifySignature } from './audit-keys.ts'
import { type FileOps, nodeFileOps } from './audit-ops.ts'
import { queryTrail } from './audit-query.ts'
import { readSegments } from './audit-verify.ts'
import { HASH_TOOLS } from './audit-verify-job.ts'
import { openPool } from './audit-verify-pool.ts'
import { type ListTrail, listTrail } from './audit-verify-source.ts'

export interface ProveOptions {
  readonly keys: readonly Uint8Array[]
  readonly ops?: FileOps | undefined
  readonly list?: ListTrail | undefined
  readonly threads?: number | undefined
  readonly entry?: string | undefined
}

/**
 * The proof that an event stands in the trail, against its last anchor. Rejects with `not_found` without
 * such an event, with `unavailable` where no anchor covers it yet, and with `state_unusable` where the
 * trail is not the one that was anchored.
 */
export async function proveEvent(dir: string, id: string, options: ProveOptions): Promise<Proof> {
  const { ops = nodeFileOps, keys } = options
  const [event] = await queryTrail(dir, { id, limit: 1 }, ops)
  if (event === undefined) throw new RampartError('not_found', `The trail has no event ${id}`)
  const anchor = await lastAnchorOf(dir, ops)
  if (anchor === undefined || anchor.seq < event.seq) {
    const detail = `No anchor covers event ${event.seq} yet: one follows within 10 s of it`
    throw new RampartError('unavailable', detail)
  }
  const size = sizeOf(anchor)
  const index = event.seq - 1
  if (index >= size) throw broken('has gaps')
  const proof: Proof = {
    schema: PROOF_SCHEMA,
    event: canonicalJson(event),
    index,
    size,
    hashes: await pathOf(dir, { index, size, root: anchor.root }, options),
    checkpoint: anchor.checkpoint,
    public_key: toBase64(keyOf(anchor, keys)),
  }
  const faults = checkProof(proof, keys, HASH_TOOLS, verifySignature)
  if (faults.length > 0) throw broken(`does not prove it: ${faults.join('; ')}`)
  return proof
}

function sizeOf({ checkpoint }: Anchor): number {
  return Number(checkpoint.split('\n')[1])
}

function keyOf({ checkpoint, key_id }: Anchor, keys: readonly Uint8Array[]): Uint8Array {
  const origin = checkpoint.slice(0, checkpoint.indexOf('\n'))
  const key = new KeyRing(keys, HASH_TOOLS.hex).find(origin, key_id)
  if (key !== undefined) return key
  throw new RampartError('state_unusable', `The key ${key_id} of the last anchor is not known here`)
}

async function pathOf(
  dir: string,
  { index, size, root }: { readonly index: number; readonly size: number; readonly root: string },
  { ops = nodeFileOps, list = listTrail, threads, entry }: ProveOptions,
): Promise<string[]> {
  const listing = await list(dir, ops)
  const tree = listing.start === undefined
    ? new Frontier(hashInto)
    : Frontier.from(listing.start.size, listing.start.nodes, hashInto)!
  if (index < tree.size) {
    throw new RampartError(
      'not_found',
      'The event was taken out of the trail, with those around it',
    )
  }
  const roots = createRangeRoots(inclusionRanges(index, size), hashInto, listing.start)
  const pool = openPool(threads ?? Math.min(4, availableParallelism()), entry)
  try {
    await readSegments(listing.parts, { pool }, (segment: Segment) => {
      for (let at = 0; at < segment.leaves.length && tree.size < size; at += HASH_BYTES) {
        roots.append(segment.leaves, at)
        tree.append(segment.leaves, at)
      }
      return tree.size < size
    })
  } finally {
    await pool.close()
  }
  if (tree.size !== size || rootText(tree.root()) !== root) throw broken('is not what was anchored')
  return roots.roots().map(toBase64)
}

function broken(what: string): RampartError {
  return new RampartError('state_unusable', `The trail ${what}. Next: rampart audit verify`)
}
