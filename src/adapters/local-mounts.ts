import { readFileSync } from 'node:fs'

/** File systems of this machine's own disks and memory: to look at a name there hangs on nobody. */
const LOCAL = new Set(
  'ext2 ext3 ext4 xfs btrfs f2fs tmpfs ramfs overlay zfs jfs reiserfs squashfs erofs vfat'.split(
    ' ',
  ),
)
const KEEP_MS = 1000

/** Whether a path lies on a file system of this machine. False where that cannot be told. */
export type IsLocal = (path: string) => boolean

/** By the kernel's table of mounts, read again once a second. */
export function localMounts(monotonic: () => number, table = '/proc/self/mountinfo'): IsLocal {
  let mounts: readonly (readonly [place: string, local: boolean])[] = []
  let readAt = -Infinity
  return (path) => {
    const now = monotonic()
    if (now - readAt >= KEEP_MS) {
      mounts = mountsIn(table)
      readAt = now
    }
    for (const [place, local] of mounts) {
      if (path === place || path.startsWith(place === '/' ? '/' : `${place}/`)) return local
    }
    return false
  }
}

/** The longest first; of two on one place the later hides the earlier. */
function mountsIn(table: string): readonly (readonly [string, boolean])[] {
  try {
    const found = new Map<string, boolean>()
    for (const line of readFileSync(table, 'utf8').split('\n')) {
      const [front, back] = line.split(' - ')
      const place = front?.split(' ')[4]
      const type = back?.split(' ')[0]
      if (place === undefined || type === undefined) continue
      const name = place.replaceAll(
        /\\([0-7]{3})/g,
        (_, digits) => String.fromCharCode(parseInt(digits, 8)),
      )
      found.set(name, LOCAL.has(type))
    }
    return [...found].sort(([a], [b]) => b.length - a.length)
  } catch {
    return []
  }
}
