import { hashBytes, hashInto } from '../runtime/hasher.ts'
import { SegmentCheck } from '../audit/verify-segment.ts'
import type { HashTools, Segment, Since } from '../audit/verify-types.ts'
import { verifySignature } from './audit-keys.ts'
import { trailFileOps } from './audit-gzip.ts'
import type { OpenFile } from './audit-ops.ts'
import { indexStep } from './audit-index-job.ts'
import { type Range, readLines } from './audit-verify-read.ts'
import { messageOf } from './database-wal.ts'
import { codeOf } from './safe-read.ts'

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
  | { readonly kind: 'index'; readonly dir: string }

export type Done<J extends Job> = J extends { readonly kind: 'lines' } ? Segment
  : J extends { readonly kind: 'index' } ? boolean
  : readonly boolean[]

/** Do it here. */
export async function doJob(job: Job): Promise<Segment | readonly boolean[] | boolean> {
  if (job.kind === 'index') return await indexStep(job.dir)
  if (job.kind === 'signatures') {
    return job.signed.map(({ key, message, signature }) => verifySignature(key, message, signature))
  }
  return await checkLines(() => trailFileOps.open(job.path, 'read'), job, job.since)
}

/** Check the lines of a range. What cannot be unpacked is a fault, and what it holds is missing. */
export async function checkLines(
  open: () => Promise<Pick<OpenFile, 'read' | 'close'>>,
  range: Range,
  since: Since | undefined,
): Promise<Segment> {
  const check = new SegmentCheck(HASH_TOOLS, since)
  const file = await open()
  try {
    await readLines(file, range, check)
    return check.result()
  } catch (error) {
    if (codeOf(error) !== 'EBADARCHIVE') throw error
    const result = check.result()
    const fault = { kind: 'archive', line: result.lines + 1, message: messageOf(error) } as const
    return { ...result, faults: [...result.faults, fault] }
  } finally {
    await file.close()
  }
}
