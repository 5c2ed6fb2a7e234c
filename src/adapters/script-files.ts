import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isSpecial } from './path-names.ts'
import { readSmall } from './safe-read.ts'

/** A script that is longer is no one's to judge in passing. */
const SCRIPT_SIZE = 65_536
const OTHERS_READ = 0o004
const OTHERS_ENTER = 0o001

/**
 * Read small scripts into `found`. Only what every account may read: an agent must not learn through
 * Rampart's answers what stands in files that are closed to it.
 */
export async function readScripts(
  paths: readonly string[],
  isProtected: (path: string) => boolean,
  found: Map<string, string>,
  stop: AbortSignal,
): Promise<void> {
  await Promise.all(paths.map(async (path) => {
    if (!path.startsWith('/') || isSpecial(path) || isProtected(path)) return
    const read = await readSmall(path, { limit: SCRIPT_SIZE, followLinks: true })
    if (read.text === undefined || stop.aborted || read.text.includes('\0')) return
    if (isProtected(await realpath(path).catch(() => path))) return
    const own = read.stats.uid === process.getuid?.() && process.getuid?.() !== 0
    if (own || (await isOpen(path, read.stats.mode))) {
      if (!stop.aborted) found.set(path, read.text)
    }
  }))
}

/** Whether others may read a file and enter every directory above it. */
async function isOpen(path: string, mode: number): Promise<boolean> {
  if ((mode & OTHERS_READ) === 0) return false
  for (let dir = dirname(path);; dir = dirname(dir)) {
    const stats = await stat(dir).catch(() => undefined)
    if (stats === undefined || (stats.mode & OTHERS_ENTER) === 0) return false
    if (dir === dirname(dir)) return true
  }
}
