import { chmodSync, mkdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { chmod, link, lstat, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { randomHex } from '../adapters/hash.ts'
import { codeOf, readSmall } from '../adapters/safe-read.ts'
import { RampartError } from '../errors.ts'
import { places } from './config.ts'

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a file stands where a directory is expected',
  EEXIST: 'a file stands where a directory is expected',
  ELOOP: 'its links go round in circles',
}

function unusable(path: string, why: string): RampartError {
  return new RampartError('state_unusable', `Cannot use ${path}: ${why}`)
}

function failed(path: string, error: unknown): RampartError {
  if (error instanceof RampartError) return error
  const code = codeOf(error)
  return unusable(path, WORDS[code] ?? code)
}

/**
 * Make the state directory fit for use: directories 0700 and ours, writable, with space left. Resolves
 * with warnings of what had to be mended; rejects with `state_unusable` and the reason.
 */
export async function prepareState(home: string): Promise<string[]> {
  const { policies, audit, run } = places(home)
  const warnings: string[] = []
  for (const directory of [home, policies, audit, run]) {
    warnings.push(...await ownDirectory(directory))
  }
  probe(run)
  return warnings
}

/**
 * A directory that only we can enter. One that was open to others is closed, and that is said. It is done at
 * once: whoever starts waits for it, and a turn through the pool of threads takes longer.
 */
export async function ownDirectory(path: string): Promise<string[]> {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const { uid, mode } = statSync(path)
    const self = process.getuid?.()
    if (self === undefined) return []
    if (uid !== self) throw unusable(path, `it belongs to uid ${uid}, not to uid ${self}`)
    if ((mode & 0o077) === 0) return []
    chmodSync(path, 0o700)
    return [`${path} was open to others (${(mode & 0o777).toString(8)}): closed to 700`]
  } catch (error) {
    throw failed(path, error)
  }
}

function probe(directory: string): void {
  const path = join(directory, `.probe-${randomHex(6)}`)
  try {
    writeFileSync(path, 'x'.repeat(4096), { mode: 0o600, flag: 'wx' })
    unlinkSync(path)
  } catch (error) {
    try {
      unlinkSync(path)
    } catch {
      // It was never made, or nothing can be taken away either.
    }
    throw failed(directory, error)
  }
}

/** The admin token of a state directory, made on first use: 64 hex digits in a file only we can read. */
export async function adminToken(
  home: string,
): Promise<{ readonly token: string; readonly warnings: readonly string[] }> {
  const path = places(home).token
  try {
    await createOnce(path, `${randomHex(32)}\n`)
    const token = await readToken(path)
    const { mode } = await lstat(path)
    if (process.getuid === undefined || (mode & 0o077) === 0) return { token, warnings: [] }
    await chmod(path, 0o600)
    const warning = `${path} was readable by others: closed to 600. Consider a new token`
    return { token, warnings: [warning] }
  } catch (error) {
    throw failed(path, error)
  }
}

/** The token of a state directory that has one. */
export async function readToken(path: string): Promise<string> {
  const read = await readSmall(path, { limit: 4096, followLinks: false })
  if (read.text === undefined) throw unusable(path, read.detail)
  const token = read.text.trim()
  if (/^[0-9a-f]{64}$/.test(token)) return token
  throw unusable(path, 'a token of 64 hex digits is expected; remove the file to get a new one')
}

/** Write a whole file that was not there; of several processes one wins and nobody sees half of it. */
async function createOnce(path: string, text: string): Promise<void> {
  if (await lstat(path).then(() => true, () => false)) return
  const draft = join(dirname(path), `.${randomHex(6)}`)
  try {
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' })
    await link(draft, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await unlink(draft).catch(() => {})
  }
}
