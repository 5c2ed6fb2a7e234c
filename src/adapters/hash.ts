import { Buffer } from 'node:buffer'
import { type Hasher, hashText, makeHasher } from '../runtime/hasher.ts'

export function sha256Hasher(): Hasher {
  return makeHasher()
}

export function sha256Hex(text: string): string {
  return hashText(text)
}

/** `sha256:` and the hex digest of the text's UTF-8 bytes. */
export function sha256(text: string): string {
  return `sha256:${sha256Hex(text)}`
}

/** HMAC-SHA-256 (RFC 2104) over the texts one after the other, in hex. */
export function hmac(key: Uint8Array, ...texts: readonly string[]): string {
  const hasher = makeHasher(key)
  for (const text of texts) hasher.update(text)
  return hasher.digest('hex')
}

export function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count))
}

export function randomHex(bytes: number): string {
  return Buffer.from(randomBytes(bytes)).toString('hex')
}

/** Whether two texts are the same, in a time that says only how long they are. */
export function sameText(a: string, b: string): boolean {
  let different = a.length ^ b.length
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    different |= a.charCodeAt(i) ^ b.charCodeAt(i)
  }
  return different === 0
}
