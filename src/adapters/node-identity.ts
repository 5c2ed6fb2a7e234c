import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fromBase64 } from '../audit/checkpoint.ts'
import { RampartError } from '../errors.ts'
import { type KeyPair, keyPairAt } from './audit-keys.ts'
import { replaceFile } from './replace-file.ts'
import { readSmall } from './safe-read.ts'

/** What a machine is to its upstream. */
export interface NodeIdentity {
  readonly id: string
  readonly name: string
  /** Origin of the upstream. */
  readonly upstream: string
  /** Ed25519, raw, base64: pinned when it enrolled. */
  readonly upstreamKey: string
  /** Certificates to trust instead of the system's, a file of PEM. */
  readonly caFile?: string | undefined
}

const LIMIT = 1 << 16

const identityFile = (dir: string) => join(dir, 'node.json')
const keyFile = (dir: string) => join(dir, 'node.pem')

/** The key that a node signs its requests with, made on first use. */
export function nodeKey(dir: string): Promise<KeyPair> {
  return keyPairAt(keyFile(dir))
}

/**
 * Who this machine is to an upstream; undefined where it is nobody.
 *
 * @throws RampartError `state_unusable` for a file that is there and cannot be read: it is not taken for none
 */
export async function readIdentity(dir: string): Promise<NodeIdentity | undefined> {
  const path = identityFile(dir)
  const read = await readSmall(path, { limit: LIMIT, followLinks: false })
  if (read.text === undefined) {
    if (read.code === 'ENOENT') return undefined
    throw new RampartError('state_unusable', `Cannot read ${path}: ${read.detail}`)
  }
  const identity = identityOf(read.text)
  if (identity !== undefined) return identity
  throw new RampartError('state_unusable', `${path} does not say who this node is`)
}

function identityOf(text: string): NodeIdentity | undefined {
  let value: Record<string, unknown>
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const { id, name, upstream, upstream_key, ca_file } = value ?? {}
  const words = [id, name, upstream, upstream_key]
  if (!words.every((word) => typeof word === 'string')) return undefined
  if (ca_file !== undefined && typeof ca_file !== 'string') return undefined
  if (fromBase64(upstream_key as string)?.length !== 32) return undefined
  const [node, called, place, upstreamKey] = words as string[]
  return { id: node!, name: called!, upstream: place!, upstreamKey: upstreamKey!, caFile: ca_file }
}

/** Durable, in the place of who it was before. */
export async function writeIdentity(dir: string, identity: NodeIdentity): Promise<void> {
  const { id, name, upstream, upstreamKey, caFile } = identity
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const value = { id, name, upstream, upstream_key: upstreamKey, ca_file: caFile }
  await replaceFile(identityFile(dir), `${JSON.stringify(value, null, 2)}\n`)
}

/** From now on it is nobody. Its key goes with it: who enrols again is another. */
export async function forgetIdentity(dir: string): Promise<void> {
  await rm(identityFile(dir), { force: true })
  await rm(keyFile(dir), { force: true })
}
