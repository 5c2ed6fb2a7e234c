import type { PolicyText } from '../engine/sources.ts'
import { MANIFEST, type Member, packMembers, SIGNATURES, unpackMembers } from './archive.ts'
import {
  type About,
  BUNDLE_SCHEMA,
  type Listed,
  type Manifest,
  manifestBytes,
  type Named,
  parseManifest,
} from './manifest.ts'
import { Refused } from './refused.ts'
import {
  type Crypto,
  parseSignatures,
  type Signature,
  signatureBytes,
  signersOf,
  type TrustedKey,
  validAt,
} from './signature.ts'

/** One text of a bundle. */
export interface BundleFile {
  /** `policies/NAME.yaml` or `tests/NAME.yaml`. */
  readonly path: string
  readonly text: string
}

/** A bundle whose files are what its manifest says. */
export interface Bundle {
  readonly manifest: Manifest
  /** `sha256:` over the manifest: what the bundle is called, whoever signed it. */
  readonly digest: string
  readonly files: readonly BundleFile[]
  readonly signatures: readonly Signature[]
  /** The trusted key that signed it; undefined where nobody asked. */
  readonly key: string | undefined
}

/** Whose signature is asked for, and when; `created`: at the time that the bundle says itself. */
export interface Trust {
  readonly keys: readonly TrustedKey[]
  readonly at: number | 'created'
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** An unsigned bundle of some files: the same ones make the same bytes, on every machine. */
export function buildBundle(
  about: About,
  previous: Named | null,
  files: readonly BundleFile[],
  { hash }: Pick<Crypto, 'hash'>,
): Uint8Array {
  const members = [...files].sort((a, b) => a.path < b.path ? -1 : 1)
    .map(({ path, text }) => ({ path, bytes: encoder.encode(text) }))
  const manifest: Manifest = {
    schema: BUNDLE_SCHEMA,
    ...about,
    previous,
    files: members.map((member) => listed(member, hash)),
  }
  const bytes = manifestBytes(manifest)
  // What nobody could read is not made.
  parseManifest(bytes)
  return packMembers([{ path: MANIFEST, bytes }, ...members])
}

/** The same bundle with one signature more, or another one of that key. Its digest stays. */
export function addSignature(archive: Uint8Array, signature: Signature): Uint8Array {
  const { manifest, signatures, files } = parted(unpackMembers(archive))
  const bytes = signatureBytes([...signatures, signature])
  return packMembers([manifest, { path: SIGNATURES, bytes }, ...files])
}

/** The bytes of a bundle that a signature is made over. */
export function manifestOf(archive: Uint8Array): Uint8Array {
  return parted(unpackMembers(archive)).manifest.bytes
}

/**
 * Read a bundle. Nothing of it is looked into before one of the keys is found to have signed its manifest;
 * with `unchecked` nobody's signature is asked for.
 *
 * @throws Refused with the one reason
 */
export function readBundle(
  archive: Uint8Array,
  trust: Trust | 'unchecked',
  crypto: Crypto,
): Bundle {
  const { manifest: { bytes }, signatures, files } = parted(unpackMembers(archive))
  const signers = trust === 'unchecked' ? [] : signersOf(bytes, signatures, trust.keys, crypto)
  const manifest = parseManifest(bytes)
  const key = trust === 'unchecked'
    ? undefined
    : validAt(signers, trust.at === 'created' ? Date.parse(manifest.created) : trust.at, crypto)
  compare(manifest.files, files, crypto)
  return {
    manifest,
    digest: `sha256:${crypto.hash(bytes)}`,
    files: files.map(({ path, bytes }) => ({ path, text: textOf(path, bytes) })),
    signatures,
    key,
  }
}

/**
 * The policies of a bundle, as those of the managed layer. `at` is where it lies: what a bundle extends is sought
 * beside its files, and below a file there is nothing.
 */
export function policiesOf({ files }: Pick<Bundle, 'files'>, at: string): readonly PolicyText[] {
  return files.filter(({ path }) => path.startsWith('policies/'))
    .map(({ path, text }) => ({ file: `${at}/${path}`, layer: 'managed', text }))
}

interface Parted {
  readonly manifest: Member
  readonly signatures: readonly Signature[]
  readonly files: readonly Member[]
}

/** The manifest first, then who signed it, then the files: there is no second order. */
function parted([manifest, ...rest]: readonly Member[]): Parted {
  if (manifest?.path !== MANIFEST) throw new Refused(`it does not begin with ${MANIFEST}`)
  const isSigned = rest[0]?.path === SIGNATURES
  const signatures = isSigned ? parseSignatures(rest[0]!.bytes) : []
  return { manifest, signatures, files: isSigned ? rest.slice(1) : rest }
}

function listed({ path, bytes }: Member, hash: Crypto['hash']): Listed {
  return { path, size: bytes.length, sha256: hash(bytes) }
}

function compare(wanted: readonly Listed[], files: readonly Member[], { hash }: Crypto): void {
  if (wanted.length !== files.length) throw new Refused('its manifest lists other files')
  for (const [at, member] of files.entries()) {
    const { path, size, sha256 } = wanted[at]!
    if (member.path !== path) throw new Refused(`"${member.path}" is not where its manifest has it`)
    if (member.bytes.length !== size || hash(member.bytes) !== sha256) {
      throw new Refused(`"${path}" is not what its manifest says`)
    }
  }
}

function textOf(path: string, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new Refused(`"${path}" is not valid UTF-8`)
  }
}
