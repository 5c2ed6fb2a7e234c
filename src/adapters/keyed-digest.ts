import { linkSync, lstatSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { hmac, randomBytes, randomHex } from './hash.ts'

const KEY_BYTES = 32

/**
 * Short digests that tell whether two texts are the same, and nothing to who lacks the key. The key is
 * made on first use in a file that only we can read; where there can be none, it lasts as long as this
 * process.
 */
export function keyedDigest(path: string): (text: string) => string {
  const key = keyAt(path)
  return (text) => hmac(key, text).slice(0, 12)
}

function keyAt(path: string): Uint8Array {
  const draft = `${path}.${randomHex(6)}`
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
      writeFileSync(draft, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' })
      // Of several processes one wins, and nobody sees half a key.
      linkSync(draft, path)
    }
  } catch {
    // Another one was first, or there is no room: then reading says so.
  } finally {
    unlink(draft)
  }
  try {
    const key = lstatSync(path).isFile() ? readFileSync(path) : undefined
    if (key?.length === KEY_BYTES) return key
  } catch {
    // Fall through to a key of our own.
  }
  return randomBytes(KEY_BYTES)
}

function unlink(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It was never made.
  }
}
