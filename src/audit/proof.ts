import { fromBase64, keyIdOf, readCheckpoint } from './checkpoint.ts'
import { leafHash } from './merkle.ts'
import { rootFromInclusion, same } from './merkle-proof.ts'
import type { HashTools } from './verify-types.ts'

export const PROOF_SCHEMA = 'rampart.proof.v1'

/** That an event stands in a trail, to be checked without it. */
export interface Proof {
  readonly schema: typeof PROOF_SCHEMA
  /** The event's line, without the line feed. */
  readonly event: string
  /** Its place among all events, from 0. */
  readonly index: number
  /** How many events the checkpoint covers. */
  readonly size: number
  /** RFC 6962 audit path, from the leaf's sibling upwards, base64. */
  readonly hashes: readonly string[]
  /** A C2SP checkpoint of that size. */
  readonly checkpoint: string
  /** The Ed25519 key that signed it, base64: to compare with the one you know. */
  readonly public_key: string
}

/** Checks an Ed25519 signature. */
export type VerifySignature = (
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean

/** Longest path: more leaves than any tree has. */
const MOST_HASHES = 64

/** A proof as it was read from a file, undefined when it is none. */
export function readProof(text: string): Proof | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const proof = value as Readonly<Record<keyof Proof, unknown>>
  const { schema, event, index, size, hashes, checkpoint, public_key } = proof
  const fits = schema === PROOF_SCHEMA && Number.isSafeInteger(index) &&
    Number.isSafeInteger(size) && Array.isArray(hashes) && hashes.length <= MOST_HASHES &&
    [event, checkpoint, public_key, ...hashes].every((text) => typeof text === 'string')
  return fits ? value as Proof : undefined
}

/**
 * What is wrong with a proof: nothing when the event stood in the trail that the checkpoint's signer had.
 * `keys` are those that are trusted.
 */
export function checkProof(
  proof: Proof,
  keys: readonly Uint8Array[],
  tools: HashTools,
  verify: VerifySignature,
): string[] {
  const faults: string[] = []
  const checkpoint = readCheckpoint(proof.checkpoint)
  if (checkpoint === undefined) return ['The checkpoint is none']
  if (checkpoint.size !== proof.size) faults.push('The checkpoint is of another size')
  const path = proof.hashes.map((hash) => fromBase64(hash))
  const leaf = leafHash(new TextEncoder().encode(proof.event), tools.into)
  const root = path.every((hash) => hash?.length === 32)
    ? rootFromInclusion(
      { leaf, index: proof.index, size: proof.size, path: path as Uint8Array[] },
      tools.into,
    )
    : undefined
  if (root === undefined) faults.push('The path does not fit the place and the size')
  else if (!same(root, checkpoint.root)) {
    faults.push('The event does not lead to the root of the checkpoint: one of them was changed')
  }
  const key = keys.find((known) => same(known, fromBase64(proof.public_key) ?? new Uint8Array(0)))
  if (key === undefined) return [...faults, 'The key is not one of those that are trusted']
  const message = new TextEncoder().encode(checkpoint.text)
  const isSigned = checkpoint.signatures.some(({ name, keyId, signature }) =>
    name === checkpoint.origin && keyId === keyIdOf(name, key, tools.hex) &&
    verify(key, message, signature)
  )
  return isSigned ? faults : [...faults, 'The checkpoint is not signed by that key']
}
