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

/** A hasher of this runtime; with a key an HMAC (RFC 2104). */
export function makeHasher(key?: Uint8Array): Hasher {
  return (maker ??= makerOf())(key)
}
