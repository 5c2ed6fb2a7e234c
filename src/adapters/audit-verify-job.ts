import { hashBytes, hashInto } from '../runtime/hasher.ts'
import { SegmentCheck } from '../audit/verify-segment.ts'
import type { HashTools, Segment, Since } from '../audit/verify-types.ts'
import { verifySignature } from './audit-keys.ts'
import { nodeFileOps } from './audit-ops.ts'
import { type Range, readLines } from './audit-verify-read.ts'

export const HASH_TOOLS: HashTools = { into: hashInto, hex: hashBytes }

/** A signature with what it is over. */
export interface Signed {
  readonly key: Uint8Array
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

/** Work that any thread can do. */
export type Job =
  | ({ readonly kind: 'lines'; readonly path: string; readonly since?: Since | undefined } & Range)
  | { readonly kind: 'signatures'; readonly signed: readonly Signed[] }

export type Done<J extends Job> = J extends { readonly kind: 'lines' } ? Segment
  : readonly boolean[]

/** Do it here. */
export async function doJob(job: Job): Promise<Segment | readonly boolean[]> {
  if (job.kind === 'signatures') {
    return job.signed.map(({ key, message, signature }) => verifySignature(key, message, signature))
  }
  const file = await nodeFileOps.open(job.path, 'read')
  try {
    const check = new SegmentCheck(HASH_TOOLS, job.since)
    await readLines(file, job, check)
    return check.result()
  } finally {
    await file.close()
  }
}
