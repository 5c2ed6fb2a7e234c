import { readdirSync, statSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { IsLocal } from './local-mounts.ts'
import type { Identity, Walk } from './path-names.ts'

/** How far below a protected directory files are known by number. */
const DEPTH = 3
const FILES = 1024
const KEEP_MS = 1000

/** Protected files and directories by device and inode (F34). */
export interface ProtectedFiles {
  /** The protected names of what a walk met: a hard link's other name, a bind mount's origin. */
  twinsOf(walk: Walk): readonly string[]
  /** Whether a path lies in a protected place by its name. */
  covers(path: string): boolean
  /** Look again where the last look is a second old. */
  refresh(): Promise<void>
}

export function createProtectedFiles(
  roots: readonly string[],
  monotonic: () => number,
  isLocal: IsLocal = () => false,
): ProtectedFiles {
  let known: ReadonlyMap<string, string> = new Map()
  let lookedAt = -Infinity
  let looking: Promise<void> | undefined

  async function look(): Promise<void> {
    const found = new Map<string, string>()
    for (const root of roots) {
      // Calls wait for this: where it hangs on nobody it takes no turn of a busy pool of threads.
      if (isLocal(root)) collectHere(root, DEPTH, found)
      else await collect(root, DEPTH, found)
    }
    known = found
    lookedAt = monotonic()
  }

  return {
    covers: (path) => roots.some((root) => path === root || path.startsWith(`${root}/`)),
    async refresh() {
      if (roots.length === 0 || monotonic() - lookedAt < KEEP_MS) return
      looking ??= look().finally(() => looking = undefined)
      await looking
    },
    twinsOf({ names, steps }) {
      const real = names.at(-1)!
      const twins: string[] = []
      for (const { path, id } of steps) {
        const name = known.get(keyOf(id))
        if (name !== undefined && name !== path) twins.push(name + real.slice(path.length))
      }
      return twins
    },
  }
}

/** Every one of them as it is now, in one order. */
export async function identitiesOf(roots: readonly string[]): Promise<readonly Identity[]> {
  const found = new Map<string, string>()
  for (const root of roots) await collect(root, DEPTH, found)
  return [...found.keys()].sort().map((key) => {
    const [dev = '0', ino = '0'] = key.split(':')
    return { dev: BigInt(dev), ino: BigInt(ino) }
  })
}

async function collect(path: string, depth: number, found: Map<string, string>): Promise<void> {
  if (found.size >= FILES) return
  const stats = await stat(path, { bigint: true }).catch(() => undefined)
  if (stats === undefined) return
  const key = keyOf(stats)
  if (!found.has(key)) found.set(key, path)
  if (!stats.isDirectory() || depth === 0) return
  const names = await readdir(path).catch(() => [])
  for (const name of names.sort()) await collect(join(path, name), depth - 1, found)
}

/** The same without giving others a turn. */
function collectHere(path: string, depth: number, found: Map<string, string>): void {
  if (found.size >= FILES) return
  try {
    const stats = statSync(path, { bigint: true })
    const key = keyOf(stats)
    if (!found.has(key)) found.set(key, path)
    if (!stats.isDirectory() || depth === 0) return
    for (const name of readdirSync(path).sort()) collectHere(join(path, name), depth - 1, found)
  } catch {
    // What is gone, or closed to us, has no other name that matters.
  }
}

function keyOf({ dev, ino }: Identity): string {
  return `${dev}:${ino}`
}
