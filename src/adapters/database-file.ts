import { chmodSync, closeSync, constants, lstatSync, openSync, type Stats } from 'node:fs'
import process from 'node:process'
import { RampartError } from '../errors.ts'
import { codeOf } from './safe-read.ts'

/** Files that SQLite puts beside the database. */
const BESIDE = ['-wal', '-shm', '-journal']

/**
 * Make sure that a database path is a file of our own that nobody else can write: no link of either
 * kind, 0600. A missing one is created so, for SQLite would ask the umask. An existing one is never
 * opened here: closing it would drop the locks that this process holds on it.
 */
export function prepareDatabaseFile(path: string): void {
  try {
    for (const suffix of BESIDE) check(path + suffix, look(path + suffix))
    if (check(path, look(path))) return
    const { O_CREAT, O_EXCL, O_RDWR, O_NOFOLLOW } = constants
    closeSync(openSync(path, O_RDWR | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0), 0o600))
  } catch (error) {
    // Another process made it meanwhile.
    if (codeOf(error) === 'EEXIST' && check(path, look(path))) return
    if (error instanceof RampartError) throw error
    throw unusable(path, codeOf(error), error)
  }
}

function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

/** Whether the file is there; throws when it is not ours alone, mends a mode that is too wide. */
function check(path: string, stats: Stats | undefined): boolean {
  if (stats === undefined) return false
  if (stats.isSymbolicLink()) throw unusable(path, 'a symbolic link stands in its place')
  if (!stats.isFile()) throw unusable(path, 'not a regular file')
  const self = process.getuid?.()
  if (self === undefined) return true
  if (stats.uid !== self) throw unusable(path, `it belongs to uid ${stats.uid}, not to uid ${self}`)
  if (stats.nlink > 1) throw unusable(path, 'the file has a second name (hard link)')
  if ((stats.mode & 0o077) !== 0) chmodSync(path, 0o600)
  return true
}

function unusable(path: string, why: string, cause?: unknown): RampartError {
  return new RampartError('state_unusable', `Cannot use ${path}: ${why}`, { cause })
}
