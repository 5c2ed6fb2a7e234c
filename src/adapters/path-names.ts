import { type BigIntStats, lstat, lstatSync } from 'node:fs'
import { readlink } from 'node:fs/promises'
import type { IsLocal } from './local-mounts.ts'
import { codeOf } from './safe-read.ts'

/** Longest chain of links that is followed, as in the kernel. */
const LINKS = 40
const COMPONENTS = 256

export interface Identity {
  readonly dev: bigint
  readonly ino: bigint
}

/** What the walk along a path found. */
export interface Walk {
  /** Lexical first, then a name for each link followed; the last one is real. */
  readonly names: readonly string[]
  /** Every directory and file on the real way that exists, outermost first. */
  readonly steps: readonly { readonly path: string; readonly id: Identity }[]
}

/** How names are looked at, and what was seen already: files of one directory share all above them. */
export interface Looks {
  readonly isLocal: IsLocal
  readonly seen: Map<string, Promise<BigIntStats>>
}

/** So many names are looked at where we stand, where that hangs on nobody; others take their turn. */
const AT_ONCE = 2048

/** Of thousands of files this costs half of what the function of promises does. */
function look(path: string): Promise<BigIntStats> {
  return new Promise((resolve, reject) => {
    lstat(path, { bigint: true }, (error, stats) => error === null ? resolve(stats) : reject(error))
  })
}

function lookOnce(path: string, { seen, isLocal }: Looks): Promise<BigIntStats> {
  let found = seen.get(path)
  if (found === undefined) {
    const here = seen.size < AT_ONCE && isLocal(path)
    seen.set(path, found = here ? lookHere(path) : look(path))
  }
  return found
}

/** Microseconds, where a turn through the pool of threads takes as long as a busy machine wants. */
function lookHere(path: string): Promise<BigIntStats> {
  try {
    return Promise.resolve(lstatSync(path, { bigint: true }))
  } catch (error) {
    return Promise.reject(error)
  }
}

/**
 * Follow an absolute path link by link, without ever opening anything. Undefined where what lies
 * behind cannot be known: a loop, a directory that cannot be searched, a process's own view.
 */
export async function walkPath(
  path: string,
  stop: AbortSignal,
  looks: Looks = { isLocal: () => false, seen: new Map() },
): Promise<Walk | undefined> {
  const stripped = stripProcessRoot(path)
  if (stripped === undefined) return undefined
  const names = new Set([path, stripped])
  let current = stripped
  for (let links = 0; links <= LINKS; links++) {
    const steps: { path: string; id: Identity }[] = []
    const next = await firstLink(current, steps, stop, looks)
    if (next === undefined) return undefined
    if (next === current) return { names: [...names], steps }
    const seen = stripProcessRoot(next)
    if (seen === undefined) return undefined
    names.add(next).add(seen)
    current = seen
  }
  return undefined
}

/**
 * The path with its first symbolic link replaced by the target, the path itself where there is none or
 * where it ends, undefined where it cannot be followed. Directories passed are added to `steps`.
 */
async function firstLink(
  path: string,
  steps: { path: string; id: Identity }[],
  stop: AbortSignal,
  looks: Looks,
): Promise<string | undefined> {
  const parts = path.split('/').filter((part) => part !== '')
  if (parts.length > COMPONENTS) return undefined
  let at = ''
  for (const [index, part] of parts.entries()) {
    if (stop.aborted) return undefined
    at = `${at}/${part}`
    // Nothing below these is ours to touch: devices block, and a process's files are its own.
    if (isSpecial(at)) return path
    try {
      const stats = await lookOnce(at, looks)
      if (!stats.isSymbolicLink()) {
        steps.push({ path: at, id: { dev: stats.dev, ino: stats.ino } })
        if (!stats.isDirectory()) return path
        continue
      }
      const rest = parts.slice(index + 1)
      return join(at.slice(0, at.lastIndexOf('/')), await readlink(at), rest)
    } catch (error) {
      const code = codeOf(error)
      return code === 'ENOENT' || code === 'ENOTDIR' ? path : undefined
    }
  }
  return path
}

/** `/dev`, `/proc` and `/sys` are matched by name, never looked at. */
export function isSpecial(path: string): boolean {
  return /^\/(?:dev|proc|sys)(?:\/|$)/.test(path)
}

/**
 * A path seen through a process, as the file system sees it: `/proc/PID/root/x` is `/x` (F34). What is
 * below a working directory or an open file of some process cannot be known: undefined.
 */
export function stripProcessRoot(path: string): string | undefined {
  let current = path
  for (let turn = 0; turn < LINKS; turn++) {
    const match = /^\/proc\/[^/]+\/(?:task\/[^/]+\/)?(root|cwd|fd|map_files)(?=\/|$)/.exec(current)
    if (match === null) return current
    if (match[1] !== 'root') return undefined
    current = join('/', current.slice(match[0].length), [])
  }
  return undefined
}

/** `target` as seen from `dir`, then `rest`, normalised: links are followed before `..` counts. */
function join(dir: string, target: string, rest: readonly string[]): string {
  const base = target.startsWith('/') ? target : `${dir}/${target}`
  const kept: string[] = []
  for (const part of [...base.split('/'), ...rest]) {
    if (part === '' || part === '.') continue
    if (part === '..') kept.pop()
    else kept.push(part)
  }
  return `/${kept.join('/')}`
}
