import type { KeyObject } from 'node:crypto'
import { link, lstat, mkdir, open, readdir, rename, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { keyIdOf, toHex } from '../audit/checkpoint.ts'
import { RampartError } from '../errors.ts'
import { hashBytes } from '../runtime/hasher.ts'
import { randomHex } from './hash.ts'
import { codeOf, readSmall } from './safe-read.ts'

/** An Ed25519 key (RFC 8032). */
export interface KeyPair {
  /** Raw. */
  readonly publicKey: Uint8Array
  sign(message: Uint8Array): Uint8Array
}

/** Signs what this trail states. */
export interface Signer extends KeyPair {
  /** The name of the log in its checkpoints; stays when the key changes. */
  readonly origin: string
  readonly keyId: string
}

const PRIVATE = 'anchor.pem'
const NEXT = 'anchor.next.pem'
const ORIGIN = 'origin'
const PUBLIC = /^anchor-[0-9a-f]{8}\.pub\.pem$/
/** What stands before an Ed25519 key in its SPKI form (RFC 8410). */
const SPKI = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)
const MOST_KEYS = 1000

/** Loaded when it is needed: a one-shot command pays 2 ms for it. */
function crypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto')
}

/** The key of a directory, made on first use. Of several processes that make one, one wins. */
export async function loadSigner(dir: string): Promise<Signer> {
  const key = await keyIn(join(dir, PRIVATE))
  const publicKey = rawPublic(key)
  const origin = await originOf(dir, publicKey)
  const signer = signerOf(key, origin)
  await createOnce(join(dir, `anchor-${signer.keyId}.pub.pem`), publicPem(publicKey))
  return signer
}

/** The key of a file of its own, made on first use. Of several processes that make one, one wins. */
export async function keyPairAt(path: string): Promise<KeyPair> {
  const key = await keyIn(path)
  return { publicKey: rawPublic(key), sign: (message) => signedBy(key, message) }
}

async function keyIn(path: string): Promise<KeyObject> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  if (!await exists(path)) await createOnce(path, newKey())
  return await readPrivate(path)
}

function signedBy(key: KeyObject, message: Uint8Array): Uint8Array {
  return new Uint8Array(crypto().sign(null, message, key))
}

/** When the key of a directory was last put there: a process that holds it looks whether it changed. */
export async function signerStamp(dir: string): Promise<string> {
  const stat = await lstat(join(dir, PRIVATE), { bigint: true }).catch(() => undefined)
  return stat === undefined ? '' : `${stat.ino} ${stat.mtimeNs}`
}

/** A key that is to follow the present one; it signs, but nobody uses it yet. */
export async function prepareNext(dir: string, origin: string): Promise<Signer> {
  const path = join(dir, NEXT)
  await unlink(path).catch(() => {})
  await createOnce(path, newKey())
  return signerOf(await readPrivate(path), origin)
}

/** The key that was prepared and not yet put in place, where somebody was interrupted. */
export async function preparedNext(dir: string, origin: string): Promise<Signer | undefined> {
  const path = join(dir, NEXT)
  return await exists(path) ? signerOf(await readPrivate(path), origin) : undefined
}

/** Put the prepared key in place. The old private key is overwritten and gone; its public one stays. */
export async function adoptNext(dir: string): Promise<void> {
  const path = join(dir, PRIVATE)
  const old = await open(path, 'r+')
  try {
    const { size } = await old.stat()
    await rename(join(dir, NEXT), path)
    await old.write(new Uint8Array(size), 0, size, 0)
    await old.sync()
  } finally {
    await old.close()
  }
}

/** Every public key that a directory knows, old ones too. None where there is no directory. */
export async function publicKeysIn(dir: string): Promise<Uint8Array[]> {
  let names: string[]
  try {
    names = await readdir(dir)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
  const own = names.filter((name) => PUBLIC.test(name)).slice(0, MOST_KEYS)
  const texts = await Promise.all(own.map((name) => readText(join(dir, name))))
  return texts.flatMap(publicKeysOf)
}

/** The Ed25519 keys of a text: PEM blocks. Throws `state_unusable` when there is none. */
export function publicKeysOf(text: string): Uint8Array[] {
  const blocks = text.match(/-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/g) ?? []
  try {
    const keys = blocks.map((pem) => rawPublic(crypto().createPublicKey(pem)))
    if (keys.length > 0) return keys
  } catch {
    // Said below: the reason is that it is no such key.
  }
  throw new RampartError('state_unusable', 'There is no Ed25519 public key (PEM) in it')
}

export function verifySignature(
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return crypto().verify(null, message, publicObject(key), signature)
  } catch {
    return false
  }
}

const objects = new Map<string, KeyObject>()

function publicObject(raw: Uint8Array): KeyObject {
  const label = toHex(raw)
  const known = objects.get(label)
  if (known !== undefined) return known
  const key = Buffer.concat([SPKI, raw])
  const object = crypto().createPublicKey({ key, format: 'der', type: 'spki' })
  if (objects.size > 100) objects.clear()
  objects.set(label, object)
  return object
}

export function publicPem(raw: Uint8Array): string {
  return publicObject(raw).export({ type: 'spki', format: 'pem' }).toString()
}

function newKey(): string {
  const { privateKey } = crypto().generateKeyPairSync('ed25519')
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function signerOf(key: KeyObject, origin: string): Signer {
  const publicKey = rawPublic(key)
  return {
    origin,
    keyId: keyIdOf(origin, publicKey, hashBytes),
    publicKey,
    sign: (message) => signedBy(key, message),
  }
}

function rawPublic(key: KeyObject): Uint8Array {
  const whole = key.type === 'private' ? crypto().createPublicKey(key) : key
  const der = new Uint8Array(whole.export({ type: 'spki', format: 'der' }))
  const isOurs = der.length === SPKI.length + 32 && SPKI.every((byte, at) => byte === der[at])
  if (!isOurs) throw new RampartError('state_unusable', 'The key is no Ed25519 key')
  return der.slice(SPKI.length)
}

/** An Ed25519 key of a person (PKCS #8, PEM), to sign with. */
export function privateKeyOf(pem: string, path: string): Pick<Signer, 'publicKey' | 'sign'> {
  const key = privateObject(pem, path)
  return {
    publicKey: rawPublic(key),
    sign: (message) => new Uint8Array(crypto().sign(null, message, key)),
  }
}

async function readPrivate(path: string): Promise<KeyObject> {
  return privateObject(await readText(path), path)
}

function privateObject(pem: string, path: string): KeyObject {
  try {
    return crypto().createPrivateKey(pem)
  } catch (error) {
    throw new RampartError('state_unusable', `${path} holds no private key`, { cause: error })
  }
}

/** The log is called after its first key, for good. */
async function originOf(dir: string, publicKey: Uint8Array): Promise<string> {
  const path = join(dir, ORIGIN)
  await createOnce(path, `rampart.local/trail/${hashBytes(publicKey).slice(0, 16)}\n`)
  const origin = (await readText(path)).trim()
  if (/^[\x21-\x2a\x2c-\x7e]{1,200}$/.test(origin)) return origin
  throw new RampartError('state_unusable', `${path} holds no name of a log`)
}

async function readText(path: string): Promise<string> {
  const read = await readSmall(path, { limit: 65_536, followLinks: false })
  if (read.text === undefined) {
    throw new RampartError('state_unusable', `Cannot read ${path}: ${read.detail}`)
  }
  return read.text
}

async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(() => true, () => false)
}

/** Write a whole file that was not there; nobody sees half of it. */
async function createOnce(path: string, text: string): Promise<void> {
  if (await exists(path)) return
  const draft = `${path}.${randomHex(6)}`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await writeFile(handle, text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await link(draft, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await unlink(draft).catch(() => {})
  }
}
