import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs'
import process from 'node:process'

/** Root says there who may answer for the server (security.md F7); the C clients read the same file. */
const SERVER_UID = '/etc/rampart/server-uid'

/**
 * Whether a socket is of somebody who may answer for the server: root, the account that root pinned, or this
 * one where none is pinned. Who may not is treated as *there but failing*.
 */
export function isServersSocket(path: string, pinnedIn = SERVER_UID): boolean {
  const { uid } = lstatSync(path)
  if (uid === 0) return true
  const pinned = pinnedUid(pinnedIn)
  return pinned === undefined ? uid === process.getuid?.() : uid === pinned
}

/** Undefined where nobody is pinned; NaN, which is nobody, where the file cannot be trusted or read. */
export function pinnedUid(file = SERVER_UID): number | undefined {
  let at: number
  try {
    at = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : NaN
  }
  try {
    const stats = fstatSync(at)
    if (!stats.isFile() || stats.uid !== 0 || (stats.mode & 0o022) !== 0 || stats.size > 16) {
      return NaN
    }
    const text = readFileSync(at, 'latin1')
    return /^\d{1,10}\n?$/.test(text) ? Number(text) : NaN
  } finally {
    closeSync(at)
  }
}
