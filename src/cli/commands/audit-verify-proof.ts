import { verifySignature } from '../../adapters/audit-keys.ts'
import { HASH_TOOLS } from '../../adapters/audit-verify-job.ts'
import { checkProof, readProof } from '../../audit/proof.ts'
import { RampartError } from '../../errors.ts'
import { type Output, safe } from '../output.ts'
import { readFileOf } from './audit-kept.ts'

/** Whether a proof holds: needs neither the trail nor a server, only the key of who signed. */
export async function checkProofFile(
  path: string,
  keys: readonly Uint8Array[],
  out: Output,
): Promise<number> {
  const proof = readProof(await readFileOf(path))
  if (proof === undefined) throw new RampartError('state_unusable', `${path} holds no proof`)
  const faults = checkProof(proof, keys, HASH_TOOLS, verifySignature)
  const { index, size } = proof
  if (out.json) {
    out.data({ proof: path, index, size, valid: faults.length === 0, findings: faults })
  } else {
    for (const fault of faults) out.line(safe`${path}: ${fault}`)
    const told = faults.length === 0 ? out.paint('green', 'holds') : out.paint('red', 'fails')
    out.line(safe`${path}: the proof ${told}: event ${index + 1} of ${size}`)
  }
  return faults.length === 0 ? 0 : 1
}
