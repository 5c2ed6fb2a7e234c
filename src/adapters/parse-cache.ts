import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { ParsedFile, ParseStore, PolicyText } from '../engine/assemble.ts'
import { hmac, randomHex, sameText, sha256Hex } from './hash.ts'

export interface ParseCacheOptions {
  /** `$RAMPART_HOME/cache`. Made on first use if the directory above it is there. */
  readonly dir: string
  /** What only the person knows: an entry that is not sealed with it counts for nothing (F26). */
  readonly secret: string
  /** Of the program: another one reads texts another way. */
  readonly version: string
}

const ENTRY_BYTES = 8 << 20
const ENTRIES = 256
const SEAL = 64

/**
 * Policy texts as they were read before, by content, so that a one-shot command need not read YAML
 * again. Nothing here can fail: what is not ours, not sealed or not readable is simply not there.
 */
export function openParseCache({ dir, secret, version }: ParseCacheOptions): ParseStore {
  const key = new TextEncoder().encode(`rampart parse cache\0${secret}`)
  const seal = (name: string, json: string): string => hmac(key, name, '\0', json)

  return {
    get(source) {
      const name = nameOf(source, version)
      const text = isOurs(dir) ? read(join(dir, name)) : undefined
      if (text === undefined || text.length <= SEAL) return undefined
      const json = text.slice(SEAL)
      if (!sameText(text.slice(0, SEAL), seal(name, json))) return undefined
      return JSON.parse(json) as ParsedFile
    },
    set(source, file) {
      // Inline tests are most of a profile's text and no part of what is in force.
      const json = JSON.stringify({ ...file, tests: undefined })
      if (json.length > ENTRY_BYTES / 4) return
      const name = nameOf(source, version)
      write(dir, name, seal(name, json) + json)
    },
  }
}

function nameOf({ layer, text }: PolicyText, version: string): string {
  return sha256Hex(JSON.stringify([version, layer, text]))
}

/** A directory of this account that nobody else enters. */
function isOurs(dir: string): boolean {
  try {
    const stats = lstatSync(dir)
    const uid = process.getuid?.()
    return stats.isDirectory() && (uid === undefined || (stats.uid === uid && noOthers(stats.mode)))
  } catch {
    return false
  }
}

function noOthers(mode: number): boolean {
  return (mode & 0o077) === 0
}

function read(path: string): string | undefined {
  let fd: number | undefined
  try {
    const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants
    fd = openSync(path, O_RDONLY | (O_NONBLOCK ?? 0) | (O_NOFOLLOW ?? 0))
    const stats = fstatSync(fd)
    if (!stats.isFile() || stats.size > ENTRY_BYTES || stats.nlink !== 1) return undefined
    return readFileSync(fd, 'utf8')
  } catch {
    return undefined
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function write(dir: string, name: string, text: string): void {
  const draft = join(dir, `.${randomHex(6)}`)
  try {
    mkdirSync(dir, { mode: 0o700 })
  } catch {
    // There already, or its parent is not: then writing fails below.
  }
  if (!isOurs(dir)) return
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' })
    renameSync(draft, join(dir, name))
    prune(dir)
  } catch {
    try {
      unlinkSync(draft)
    } catch {
      // Never written.
    }
  }
}

/** Texts change; what was used least lately goes. */
function prune(dir: string): void {
  const names = readdirSync(dir)
  if (names.length <= ENTRIES) return
  const byAge = names.map((name) => ({ name, at: statSync(join(dir, name)).mtimeMs }))
    .sort((a, b) => a.at - b.at)
  for (const { name } of byAge.slice(0, names.length - ENTRIES)) unlinkSync(join(dir, name))
}
