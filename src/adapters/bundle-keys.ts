import type { TrustedKey } from '../bundle/signature.ts'
import { RampartError } from '../errors.ts'
import { publicKeysOf } from './audit-keys.ts'
import { trusted } from './policy-read.ts'
import { readSmall } from './safe-read.ts'

/** A file of public keys (PEM), and when they end, in milliseconds since the epoch. */
export interface KeyFile {
  readonly file: string
  readonly expires?: number | undefined
}

const KEY_BYTES = 65_536

/**
 * The keys that bundles may be signed with. Rejects with `config_invalid` for a file that others than root and
 * this account could have written, and for one that holds no key: fewer keys than were meant are a mistake.
 */
export async function readKeys(files: readonly KeyFile[]): Promise<readonly TrustedKey[]> {
  const keys = await Promise.all(files.map(async ({ file, expires }) => {
    const read = await trusted(
      file,
      'self',
      await readSmall(file, { limit: KEY_BYTES, followLinks: true }),
    )
    if ('detail' in read) throw invalid(file, read.detail)
    try {
      return publicKeysOf(read.text).map((publicKey) => ({ publicKey, expires }))
    } catch (error) {
      throw invalid(file, (error as Error).message)
    }
  }))
  return keys.flat()
}

function invalid(file: string, why: string): RampartError {
  return new RampartError('config_invalid', `bundle.keys: ${file}: ${why}`)
}
