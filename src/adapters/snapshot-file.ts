import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Buffer } from 'node:buffer'
import type { Reach } from '../engine/reach.ts'
import type { EventDraft } from '../audit/event.ts'
import { identitiesOf } from './protected-files.ts'
import { snapshotBytes, STATE_AT } from './snapshot-format.ts'

/** Where a rule snapshot is kept for the programs that ask us (`preload/snapshot.h`). */
export interface SnapshotFile {
  /**
   * Say of the one in place that it is out of date, then put another there. Synchronous, so that no call is
   * answered by the new policies while the old snapshot still counts.
   *
   * @throws the errno of the file system; the one in place is then out of date or gone.
   */
  write(reach: Reach, mode: EventDraft['mode']): void
  /** Look again for other names of our files; true where another snapshot is needed for them. */
  look(): Promise<boolean>
  /** From now on everything is to be asked. */
  withdraw(): void
}

/** Links that a system has for the sake of old names. */
const LINKS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/var/run', '/var/lock']

/**
 * @param guarded - files and directories of ours that must be known by any name (security.md F34)
 * @param share - opens a new one to other accounts, before it has its name
 */
export function snapshotFile(
  path: string,
  guarded: readonly string[],
  share?: (at: string) => void,
): SnapshotFile {
  let identities: Awaited<ReturnType<typeof identitiesOf>> = []
  return {
    write(reach, mode) {
      withdraw(path)
      const made = `${path}.${randomUUID().slice(0, 8)}.tmp`
      try {
        const bytes = snapshotBytes({ reach, mode, links: systemLinks(), identities })
        writeFileSync(made, bytes, { mode: 0o600, flag: 'wx' })
        share?.(made)
        renameSync(made, path)
      } catch (error) {
        rmSync(made, { force: true })
        throw error
      }
    },
    async look() {
      const now = await identitiesOf(guarded)
      const same = now.length === identities.length &&
        now.every(({ dev, ino }, i) => identities[i]!.dev === dev && identities[i]!.ino === ino)
      identities = now
      return !same
    },
    withdraw: () => withdraw(path),
  }
}

/** Who has it mapped sees this at once. What is no snapshot of ours is taken away instead. */
function withdraw(path: string): void {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stats = fstatSync(file)
    if (!stats.isFile() || stats.size < STATE_AT + 4) throw new Error('no snapshot')
    writeSync(file, Buffer.alloc(4), 0, 4, STATE_AT)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      rmSync(path, { force: true, recursive: true })
    }
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Those of them that lead to one directory and that root alone may turn elsewhere. */
function systemLinks(): (readonly [string, string])[] {
  return LINKS.flatMap((name) => {
    try {
      const link = lstatSync(name)
      const above = lstatSync(dirname(name))
      if (!link.isSymbolicLink() || link.uid !== 0 || above.uid !== 0) return []
      if ((above.mode & 0o022) !== 0) return []
      const target = resolve(dirname(name), readlinkSync(name))
      return realpathSync(target) === target ? [[name, target] as const] : []
    } catch {
      return []
    }
  })
}
