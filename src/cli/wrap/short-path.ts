import { Buffer } from 'node:buffer'
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { sha256Hex } from '../../adapters/hash.ts'
import { RampartError } from '../../errors.ts'

/** Longest path of a unix socket everywhere, in bytes. */
const SOCKET_BYTES = 103

/** The path itself, or where it is too long for a socket one in a directory of ours alone under /tmp. */
export function shortSocket(path: string): string {
  if (Buffer.byteLength(path) <= SOCKET_BYTES) return path
  return join(privateDirectory(path), 'rampart.sock')
}

/** The same directory for the same purpose each time, ours and 0700 or not at all. */
export function privateDirectory(purpose: string): string {
  const uid = process.getuid?.() ?? 0
  const dir = join(tmpdir(), `rampart-${uid}-${sha256Hex(purpose).slice(0, 16)}`)
  try {
    mkdirSync(dir, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const stats = lstatSync(dir)
  if (stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0) return dir
  throw new RampartError('state_unusable', `Cannot use ${dir}: it is not ours alone`)
}
