import { standardInput } from '../../runtime/brief.ts'

/**
 * All of standard input, at most one byte more than `limit`: what comes after that is read and dropped, so
 * that who writes it is not broken off.
 */
export async function readEvent(limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of standardInput()) {
    if (total > limit) continue
    const kept = chunk.subarray(0, limit + 1 - total)
    total += kept.length
    chunks.push(kept)
  }
  return Buffer.concat(chunks, total)
}
