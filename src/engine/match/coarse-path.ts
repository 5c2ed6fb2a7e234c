import { plainGlob } from './command-glob.ts'
import { endingsOf, partsOf } from './path-glob.ts'
import { type Node, parsePathPattern } from './path-pattern.ts'

/** Globs that one path glob may become. */
const MOST = 64

/**
 * Command globs of which each path that this path glob takes meets one; they meet others too. Many of
 * them can be asked at once, and only those paths are left for the glob itself.
 */
export function coarseGlobs(source: string): readonly string[] {
  const { home, pattern } = partsOf(source)
  const globs = spelled(parsePathPattern(pattern))
  return home ? globs.map((glob) => `*${glob}`) : globs
}

/** The same for absolute paths, where `~` means one of these homes. */
export function coarseRooted(source: string, homes: readonly string[]): readonly string[] {
  const { home, pattern } = partsOf(source)
  const globs = spelled(parsePathPattern(pattern))
  if (!home) return globs
  return homes.flatMap((one) => globs.map((glob) => plainGlob(one.replace(/\/$/, '')) + glob))
}

/** The same for paths of which only the end is known. */
export function coarseRelativeGlobs(source: string): readonly string[] {
  const { home, pattern } = partsOf(source)
  const globs = endingsOf(pattern).flatMap((ending) => spelled(parsePathPattern(ending)))
  return home ? [...globs, ...coarseGlobs(source)] : globs
}

const ANYTHING = ['*']

function spelled(node: Node): readonly string[] {
  switch (node.kind) {
    case 'char':
      return [plainGlob(node.char)]
    case 'one':
    case 'class':
      return ['?']
    case 'all': {
      let globs: readonly string[] = ['']
      for (const part of node.nodes) globs = joined(globs, spelled(part))
      return globs
    }
    case 'any': {
      const globs = node.options.flatMap(spelled)
      return globs.length > MOST ? ANYTHING : globs
    }
    default:
      return ANYTHING
  }
}

/** Every one of the first with every one of the second, or with anything where those are too many. */
function joined(fronts: readonly string[], backs: readonly string[]): readonly string[] {
  const list = fronts.length * backs.length > MOST ? ANYTHING : backs
  return fronts.flatMap((front) => list.map((back) => front + back))
}
