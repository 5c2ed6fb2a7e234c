import { Buffer } from 'node:buffer'
import process from 'node:process'

/** A SHA-256 over everything it is given, text as UTF-8. */
export interface Hasher {
  update(data: string | Uint8Array): unknown
  digest(encoding: 'hex'): string
}

type Make = (key?: Uint8Array) => Hasher

/** Bun's own hasher where there is one: its `node:crypto` takes 2 ms to load, of a one-shot command's 20. */
function makerOf(): Make {
  const { Bun } = globalThis as {
    Bun?: { CryptoHasher: new (name: 'sha256', key?: Uint8Array) => Hasher }
  }
  if (Bun !== undefined) return (key) => new Bun.CryptoHasher('sha256', key)
  const { createHash, createHmac } = process.getBuiltinModule('node:crypto')
  return (key) => key === undefined ? createHash('sha256') : createHmac('sha256', key)
}

let maker: Make | undefined

function make(key?: Uint8Array): Hasher {
  return (maker ??= makerOf())(key)
}

export function sha256Hasher(): Hasher {
  return make()
}

export function sha256Hex(text: string): string {
  const hasher = make()
  hasher.update(text)
  return hasher.digest('hex')
}

/** `sha256:` and the hex digest of the text's UTF-8 bytes. */
export function sha256(text: string): string {
  return `sha256:${sha256Hex(text)}`
}

/** HMAC-SHA-256 (RFC 2104) over the texts one after the other, in hex. */
export function hmac(key: Uint8Array, ...texts: readonly string[]): string {
  const hasher = make(key)
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
