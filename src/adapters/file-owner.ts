import { lstat, realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import process from 'node:process'

/** Who may own a file that commands us: this account, or root alone for managed policies. */
export type Owner = 'self' | 'root'

interface Part {
  readonly uid: number
  readonly gid: number
  readonly mode: number
  readonly directory: boolean
}

/**
 * What is wrong with the ownership of a file or of any directory above it, as sshd judges
 * `authorized_keys`; undefined when only `owner` and root could have written it (F36). Windows has
 * other means, so nothing is wrong there.
 */
export async function ownershipFault(path: string, owner: Owner): Promise<string | undefined> {
  const uid = process.getuid?.()
  if (uid === undefined) return undefined
  const allowed = owner === 'root' ? [0] : [0, uid]
  const real = await realpath(path)
  for (const part of componentsOf(real)) {
    const { uid, gid, mode } = await lstat(part)
    const directory = part !== real
    const fault = judge({ uid, gid, mode, directory }, allowed)
    if (fault !== undefined) return `${part} ${fault}`
  }
  return undefined
}

/** From the root down to the file itself. */
function componentsOf(path: string): string[] {
  const parts = [path]
  for (let dir = dirname(path); dir !== parts[0]; dir = dirname(dir)) parts.unshift(dir)
  return parts
}

function judge(part: Part, allowed: readonly number[]): string | undefined {
  if (!allowed.includes(part.uid)) return `is owned by uid ${part.uid}`
  // In a sticky directory nobody renames or removes what is not theirs.
  if (part.directory && (part.mode & 0o1000) !== 0) return undefined
  if ((part.mode & 0o002) !== 0) return 'is writable by everybody'
  // A user's private group (gid = uid) has that user alone in it.
  const privateGroup = part.gid === part.uid
  if ((part.mode & 0o020) !== 0 && !privateGroup) return `is writable by group ${part.gid}`
  return undefined
}
