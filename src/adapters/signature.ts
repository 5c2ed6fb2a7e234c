import { linkSync, lstatSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { RampartError } from '../errors.ts'
import type { Clock } from '../ports.ts'
import { hmac, randomHex } from './hash.ts'
import { codeOf } from './safe-read.ts'

/** The secret that a receiver shares with us, read when it is needed. */
export type SigningKey = () => Promise<string> | string

/**
 * The header fields of a signed request: `X-Rampart-Id` and `X-Rampart-Signature: t=SECONDS,v1=HEX`, the
 * HMAC-SHA256 of `ID.SECONDS.BODY` with the key's text. The time makes an old request of no use to who
 * kept it, the id tells two of one.
 */
export function signatureOf(
  key: string | undefined,
  id: string,
  body: string,
  clock: Pick<Clock, 'now'>,
): Record<string, string> {
  if (key === undefined) return { 'x-rampart-id': id }
  const seconds = Math.floor(clock.now() / 1000)
  const digest = hmac(new TextEncoder().encode(key), `${id}.${seconds}.`, body)
  return { 'x-rampart-id': id, 'x-rampart-signature': `t=${seconds},v1=${digest}` }
}

const KEY = /^[0-9a-f]{64}$/

/**
 * The text of a key in a file of ours, 64 hex digits, made on first use with mode 0600. Of several
 * processes that make one, one wins.
 *
 * @throws RampartError `state_unusable` for what is there and is no such key
 */
export function keyFile(path: string): () => string {
  let key: string | undefined
  return () => key ??= readOrMake(path)
}

function readOrMake(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) make(path)
  const text = lstatSync(path).isFile() ? readFileSync(path, 'utf8').trim() : ''
  if (KEY.test(text)) return text
  throw new RampartError('state_unusable', `${path} is no key: 64 hex digits are expected`)
}

function make(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomHex(6)}`
  try {
    writeFileSync(draft, `${randomHex(32)}\n`, { mode: 0o600, flag: 'wx' })
    linkSync(draft, path)
  } catch (error) {
    // Another one was first.
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    try {
      unlinkSync(draft)
    } catch {
      // It was never made.
    }
  }
}
