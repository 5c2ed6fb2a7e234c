import { chmodSync, chownSync, lstatSync } from 'node:fs'
import { lstat, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ownershipFault } from '../adapters/file-owner.ts'
import { RampartError } from '../errors.ts'

/**
 * Let a group of accounts ask over a socket: level L1 of SECURITY.md, where agents run as other accounts than
 * the server. Its directory belongs to us or to root, and only we may change what is in it: who can rename there can
 * answer in our place (security.md F7).
 *
 * @throws RampartError `config_invalid` with the directory that is in the way, and what would help
 */
export async function shareDirectory(socket: string, gid: number): Promise<void> {
  const dir = dirname(socket)
  const made = await mkdir(dir, { recursive: true, mode: 0o750 })
  if (made !== undefined) {
    give(dir, gid, 0o750)
  }
  const fault = await ownershipFault(dir, 'self') ?? await stickyFault(dir)
  if (fault !== undefined) {
    throw refused(`${fault}: others could put a socket of theirs in the place of ${socket}`)
  }
  for (let at = dir;; at = dirname(at)) {
    const { gid: group, mode } = await lstat(at)
    if ((mode & 0o001) === 0 && !(group === gid && (mode & 0o010) !== 0)) {
      throw refused(
        `${at} cannot be entered by group ${gid}: choose a place for --socket that can, such as /run/rampart`,
      )
    }
    if (dirname(at) === at) return
  }
}

/** Hand a file that we made to the group: for reading, or for writing too. */
export function shareFile(path: string, gid: number, mode: 0o640 | 0o660): void {
  give(path, gid, mode)
}

/** Whose it is first: with the group's right already there, any other group would have it. */
function give(path: string, gid: number, mode: number): void {
  try {
    chownSync(path, lstatSync(path).uid, gid)
  } catch (error) {
    // Only members of a group may give it a file.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
    throw refused(`${path} cannot be given to group ${gid}: this account is no member of it`)
  }
  chmodSync(path, mode)
}

async function stickyFault(dir: string): Promise<string | undefined> {
  const { mode } = await lstat(dir)
  return (mode & 0o022) === 0 ? undefined : `${dir} is writable by others`
}

const refused = (detail: string) => new RampartError('config_invalid', detail)
