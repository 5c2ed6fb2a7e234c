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

type HashText = (text: string) => string

function texterOf(): HashText {
  const { Bun } = globalThis as {
    Bun?: { SHA256: { hash(text: string, encoding: 'hex'): string } }
  }
  if (Bun !== undefined) return (text) => Bun.SHA256.hash(text, 'hex')
  const { hash } = process.getBuiltinModule('node:crypto')
  return typeof hash === 'function' ? (text) => hash('sha256', text, 'hex') : (text) => {
    const hasher = makeHasher()
    hasher.update(text)
    return hasher.digest('hex')
  }
}

let texter: HashText | undefined

/** SHA-256 of one text's UTF-8 bytes, in hex: the runtime's own way for short texts. */
export function hashText(text: string): string {
  return (texter ??= texterOf())(text)
}

type HashInto = (bytes: Uint8Array, out: Uint8Array, at: number) => void

function intoOf(): HashInto {
  const { Bun } = globalThis as {
    Bun?: { SHA256: { hash(bytes: Uint8Array, into: Uint8Array): unknown } }
  }
  if (Bun !== undefined) {
    const digest = new Uint8Array(32)
    return (bytes, out, at) => {
      Bun.SHA256.hash(bytes, digest)
      out.set(digest, at)
    }
  }
  const { createHash, hash } = process.getBuiltinModule('node:crypto')
  if (typeof hash !== 'function') {
    return (bytes, out, at) => out.set(createHash('sha256').update(bytes).digest(), at)
  }
  // A text of 32 units costs Node a sixth of what a buffer does.
  return (bytes, out, at) => {
    const digest = hash('sha256', bytes, 'binary')
    for (let i = 0; i < 32; i++) out[at + i] = digest.charCodeAt(i)
  }
}

let intoer: HashInto | undefined

/** The SHA-256 of some bytes, put into `out` at a place: for many short ones. */
export function hashInto(bytes: Uint8Array, out: Uint8Array, at: number): void {
  ;(intoer ??= intoOf())(bytes, out, at)
}

type HashBytes = (bytes: Uint8Array) => string

function byterOf(): HashBytes {
  const { Bun } = globalThis as {
    Bun?: { SHA256: { hash(bytes: Uint8Array, encoding: 'hex'): string } }
  }
  if (Bun !== undefined) return (bytes) => Bun.SHA256.hash(bytes, 'hex')
  const { createHash, hash } = process.getBuiltinModule('node:crypto')
  return typeof hash === 'function'
    ? (bytes) => hash('sha256', bytes, 'hex')
    : (bytes) => createHash('sha256').update(bytes).digest('hex')
}

let byter: HashBytes | undefined

/** SHA-256 of some bytes, in hex. */
export function hashBytes(bytes: Uint8Array): string {
  return (byter ??= byterOf())(bytes)
}
