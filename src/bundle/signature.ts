import { canonicalJson } from '../audit/canonical.ts'
import { KEY_BYTES, SIGNATURE_BYTES } from '../audit/checkpoint.ts'
import { isSame } from './archive.ts'
import { join } from './tar.ts'
import { Refused } from './refused.ts'

/** What this room asks of a platform. */
export interface Crypto {
  /** SHA-256 in hex. */
  readonly hash: (bytes: Uint8Array) => string
  /** Ed25519. */
  readonly verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
}

/** A public key that bundles may be signed with. */
export interface TrustedKey {
  readonly publicKey: Uint8Array
  /** Milliseconds since the epoch from which on it signs nothing more. */
  readonly expires?: number | undefined
}

/** One signature as it stands in a bundle. */
export interface Signature {
  /** What its key is called. */
  readonly key: string
  /** In hex. */
  readonly signature: string
}

/** A key that is on its way out, one on its way in, and room for a second pair of eyes. */
const MOST = 8
/** A signature over a manifest is one over nothing else. */
const DOMAIN = new TextEncoder().encode('rampart.bundle.v1\n')
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What a key is called: the first 16 hex digits of its SHA-256. */
export function keyName(publicKey: Uint8Array, hash: Crypto['hash']): string {
  return hash(publicKey).slice(0, 16)
}

/** What is signed. */
export function messageOf(manifest: Uint8Array): Uint8Array {
  return join([DOMAIN, manifest])
}

/** Signatures as a file of a bundle, one a key, in order of their keys. */
export function signatureBytes(signatures: readonly Signature[]): Uint8Array {
  const byKey = new Map(signatures.map((one) => [one.key, one]))
  if (byKey.size > MOST) throw new Refused(`it has more than ${MOST} signatures`)
  const list = [...byKey.values()].sort((a, b) => a.key < b.key ? -1 : 1)
  return encoder.encode(canonicalJson({ signatures: list }))
}

/** @throws Refused for what `signatureBytes` could not have made */
export function parseSignatures(bytes: Uint8Array): readonly Signature[] {
  let list: unknown
  try {
    list = JSON.parse(decoder.decode(bytes)).signatures
  } catch {
    throw new Refused('its signatures are no JSON')
  }
  if (!isList(list) || !isSame(signatureBytes(list), bytes)) {
    throw new Refused('its signatures are not as rampart writes them')
  }
  return list
}

function isList(value: unknown): value is readonly Signature[] {
  return Array.isArray(value) && value.length > 0 && value.length <= MOST && value.every(isOne)
}

const SIGNATURE = new RegExp(`^[0-9a-f]{${2 * SIGNATURE_BYTES}}$`)

function isOne(value: unknown): value is Signature {
  const { key, signature } = (value ?? {}) as Partial<Record<keyof Signature, unknown>>
  return typeof key === 'string' && /^[0-9a-f]{16}$/.test(key) &&
    typeof signature === 'string' && SIGNATURE.test(signature)
}

/**
 * The trusted keys that signed a manifest, whenever they end.
 *
 * @throws Refused where there is none, saying what is there instead
 */
export function signersOf(
  manifest: Uint8Array,
  signatures: readonly Signature[],
  keys: readonly TrustedKey[],
  { hash, verify }: Crypto,
): readonly TrustedKey[] {
  if (signatures.length === 0) throw new Refused('it is not signed')
  const message = messageOf(manifest)
  const signers = signatures.flatMap(({ key, signature }) => {
    const trusted = keys.find(({ publicKey }) =>
      publicKey.length === KEY_BYTES && keyName(publicKey, hash) === key
    )
    if (trusted === undefined) return []
    if (verify(trusted.publicKey, message, bytesOf(signature))) return [trusted]
    throw new Refused(`its signature by ${key} does not hold`)
  })
  if (signers.length > 0) return signers
  throw new Refused(`it is signed by no trusted key, but by ${namesOf(signatures)}`)
}

/** One of the keys that has not ended at a time. */
export function validAt(
  signers: readonly TrustedKey[],
  at: number,
  { hash }: Pick<Crypto, 'hash'>,
): string {
  const valid = signers.find(({ expires = Infinity }) => at < expires)
  if (valid !== undefined) return keyName(valid.publicKey, hash)
  const names = signers.map(({ publicKey }) => keyName(publicKey, hash)).join(', ')
  throw new Refused(`the key that signed it has expired: ${names}`)
}

function namesOf(signatures: readonly Signature[]): string {
  return signatures.map(({ key }) => key).join(', ')
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(
    { length: hex.length / 2 },
    (_, at) => parseInt(hex.slice(2 * at, 2 * at + 2), 16),
  )
}
