import { lstat } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { FactReader } from '../ports.ts'
import { accountHomes } from './account-home.ts'
import { localMounts } from './local-mounts.ts'
import { isSpecial, type Looks, walkPath } from './path-names.ts'
import { createProtectedFiles } from './protected-files.ts'
import { readScripts } from './script-files.ts'
import { timeBudget } from './time-budget.ts'

export interface FactReaderOptions {
  /** Files and directories whose other names (hard links, bind mounts) must be known (F34). */
  readonly protectedPaths?: readonly string[] | undefined
  /** Time for one call's facts, ms. */
  readonly budgetMs?: number | undefined
  readonly monotonic: () => number
  /** For tests: asks for what is always there. */
  readonly probe?: (() => Promise<unknown>) | undefined
  /** For tests: the walk along one path. */
  readonly walk?: typeof walkPath | undefined
}

const BUDGET_MS = 50
/** So many paths have that time; a call that names more has as much again for each such number. */
const PATHS = 512
/** Paths of one call that are followed: as many as a call has words. */
const PATHS_AT_MOST = 131_072
/** Nobody waits longer for the facts of one call, ms. */
const BUDGET_AT_MOST_MS = 400
const AT_ONCE = 16
const ROOT_DEPTH = 64

/**
 * Facts from the local file system, by names alone: nothing is opened, so nothing can block on a pipe
 * or a device, and no text of a file is ever read (security.md F2) but that of small scripts which
 * everybody may read. What is not known when the budget is spent is left out, and counts as missing.
 */
export function createFactReader(options: FactReaderOptions): FactReader {
  const budget = options.budgetMs ?? BUDGET_MS
  const walk = options.walk ?? walkPath
  const isLocal = localMounts(options.monotonic)
  const guarded = createProtectedFiles(options.protectedPaths ?? [], options.monotonic, isLocal)
  const homes = accountHomes()
  const within = timeBudget(budget, options.probe)

  return {
    async namesOf(paths) {
      const found = new Map<string, readonly string[]>()
      const shares = Math.ceil(paths.length / PATHS)
      const longer = Math.min(budget * shares, Math.max(budget, BUDGET_AT_MOST_MS))
      await within(async (stop) => {
        await guarded.refresh()
        const looks: Looks = { isLocal, seen: new Map() }
        await collectNames(paths, found, { walk, looks }, guarded.twinsOf, stop)
      }, longer)
      return new Map(found)
    },
    async scriptsOf(paths) {
      const found = new Map<string, string>()
      await within((stop) => readScripts(paths, guarded.covers, found, stop))
      return new Map(found)
    },
    async projectRoot(cwd) {
      if (!isAbsolute(cwd) || isSpecial(cwd)) return undefined
      return await within((stop) => gitRoot(resolve(cwd), stop))
    },
    home: () => homes[0],
    homes: () => homes,
  }
}

/** Follow paths, some at a time, until all are followed or the budget is spent. */
async function collectNames(
  paths: readonly string[],
  found: Map<string, readonly string[]>,
  { walk, looks }: { readonly walk: typeof walkPath; readonly looks: Looks },
  twinsOf: Parameters<typeof namesOfOne>[2],
  stop: AbortSignal,
): Promise<void> {
  const queue = [...new Set(paths)].slice(0, PATHS_AT_MOST).values()
  async function work(): Promise<void> {
    for (const path of queue) {
      if (stop.aborted) return
      const names = await namesOfOne(path, (one) => walk(one, stop, looks), twinsOf)
      if (names !== undefined && !stop.aborted) found.set(path, names)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

async function namesOfOne(
  path: string,
  walk: (path: string) => ReturnType<typeof walkPath>,
  twinsOf: (walk: NonNullable<Awaited<ReturnType<typeof walkPath>>>) => readonly string[],
): Promise<readonly string[] | undefined> {
  // A relative name leads nowhere that could be followed; globs meet it as it is (F35).
  if (!path.startsWith('/')) return isAbsolute(path) ? undefined : [path]
  const found = await walk(path)
  if (found === undefined) return undefined
  return [...new Set([...found.names, ...twinsOf(found)])]
}

/** The nearest directory upwards that holds `.git`, be it a directory or a worktree's file. */
async function gitRoot(cwd: string, stop: AbortSignal): Promise<string | undefined> {
  let dir = cwd
  for (let depth = 0; depth < ROOT_DEPTH && !stop.aborted; depth++) {
    const stats = await lstat(join(dir, '.git')).catch(() => undefined)
    if (stats !== undefined) return dir
    const above = dirname(dir)
    if (above === dir) return undefined
    dir = above
  }
  return undefined
}
