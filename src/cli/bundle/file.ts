import process from 'node:process'
import { publicKeysOf } from '../../adapters/audit-keys.ts'
import { bundleCrypto } from '../../adapters/bundle-crypto.ts'
import { readSmall, readSmallBytes } from '../../adapters/safe-read.ts'
import { BUNDLE_BYTES } from '../../bundle/archive.ts'
import { type Bundle, readBundle, type Trust } from '../../bundle/bundle.ts'
import { Refused } from '../../bundle/refused.ts'
import type { TrustedKey } from '../../bundle/signature.ts'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { loadConfig } from '../config.ts'

/** The bytes of a bundle that a person names. */
export async function bundleBytes(path: string): Promise<Uint8Array> {
  const read = await readSmallBytes(path, { limit: BUNDLE_BYTES, followLinks: true })
  if (read.bytes !== undefined) return read.bytes
  throw new RampartError('not_found', `Cannot read ${path}: ${read.detail}`)
}

/** Read a bundle, with the reason where it is refused. */
export function opened(bytes: Uint8Array, path: string, trust: Trust | 'unchecked'): Bundle {
  return orRefuse(path, () => readBundle(bytes, trust, bundleCrypto))
}

export function orRefuse<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    throw new RampartError('policy_invalid', `${path} is refused: ${error.message}`)
  }
}

/** Keys that a person names with `--keys`, else those of config.yaml. */
export async function trustedKeys(invocation: Invocation): Promise<readonly TrustedKey[]> {
  const { environment, flags } = invocation
  const given = textFlag(invocation, 'keys')?.split('\n')
  if (given !== undefined) return (await Promise.all(given.map(keysIn))).flat()
  const { values } = await loadConfig(environment, { serving: false, flags })
  const { readKeys } = await import('../../adapters/bundle-keys.ts')
  const keys = await readKeys(values['bundle.keys'])
  if (keys.length > 0) return keys
  throw new RampartError('usage', 'No key is trusted: name one with --keys, or in bundle.keys')
}

async function keysIn(path: string): Promise<TrustedKey[]> {
  const read = await readSmall(path, { limit: KEY_BYTES, followLinks: true })
  if (read.text === undefined) {
    throw new RampartError('not_found', `Cannot read ${path}: ${read.detail}`)
  }
  return publicKeysOf(read.text).map((publicKey) => ({ publicKey }))
}

const KEY_BYTES = 65_536

/** The text of a private key, if only its owner can read it. */
export async function privateKeyText(path: string): Promise<string> {
  const read = await readSmall(path, { limit: KEY_BYTES, followLinks: true })
  if (read.text === undefined) {
    throw new RampartError('not_found', `Cannot read ${path}: ${read.detail}`)
  }
  const { mode } = read.stats
  if (process.getuid === undefined || (mode & 0o077) === 0) return read.text
  const shown = (mode & 0o777).toString(8)
  throw new RampartError(
    'state_unusable',
    `${path} can be read by others (${shown}): chmod 600 ${path}`,
  )
}
