import { pathLiteral } from '../literal.ts'
import { GLOB_LIMIT } from './command-glob.ts'
import { parsePathPattern } from './path-pattern.ts'
import { type Automaton, automatonOf, common, runs } from './automaton.ts'
import { type FilePattern, filePattern, plainBack, plainFront } from './file-pattern.ts'

/** A compiled path glob: picomatch's language, its own matcher, linear in the path. */
export interface PathGlob {
  readonly source: string
  /** The code of the character in which every path ends that matches; undefined where it may be any. */
  readonly last: number | undefined
  /**
   * Whether the whole path matches. A leading `~` or `$HOME` of the glob stands for each of `homes`
   * and for a `~` that nobody could expand.
   */
  readonly test: (path: string, homes: readonly string[]) => boolean
  /**
   * Whether some directory exists in which this relative path would match: the glob itself, or what
   * is left of it after any `/`, as long as that begins with more than a wildcard (F35).
   */
  readonly testRelative: (path: string) => boolean
  /** Whether some file that a shell's pattern may name matches. */
  readonly meets: (file: FilePattern, homes: readonly string[]) => boolean
  /** Each relative path that matches holds one of these; '' among them when that cannot be said. */
  readonly relativeLiterals: () => readonly string[]
}

/**
 * Compile a path glob (contract.md). A trailing `/` means the directory itself, as without it.
 *
 * @throws RangeError when it is too long or too deep, or negated.
 */
export function compilePathGlob(source: string): PathGlob {
  automatonOf(parsePathPattern(partsOf(source).pattern))
  return pathGlob(source)
}

/** A glob that `compilePathGlob` took before: its automaton is built for the first path that needs it. */
export function pathGlob(source: string): PathGlob {
  const { home, pattern } = partsOf(source)
  const { test: matches, automaton } = endingOf(pattern)
  let made: readonly Ending[] | undefined
  const endings = () => made ??= endingsOf(pattern).map(endingOf)
  const back = backOf(pattern)
  return {
    source,
    last: back === '' ? undefined : back.charCodeAt(back.length - 1),
    test: !home ? matches : (path, homes) => {
      if (path.startsWith('~') && matches(path.slice(1))) return true
      for (const prefix of homes) if (matches(beneath(path, prefix))) return true
      return false
    },
    meets: meeting(pattern, home, automaton),
    testRelative: (path) => endings().some((ending) => ending.test(path)),
    relativeLiterals: () => endings().map((ending) => ending.literal),
  }
}

/** @throws RangeError when it is too long or negated. */
export function partsOf(source: string): { readonly home: boolean; readonly pattern: string } {
  if (source.length > GLOB_LIMIT) {
    throw new RangeError(`Glob is longer than ${GLOB_LIMIT} characters: it has ${source.length}`)
  }
  if (source.startsWith('!')) {
    throw new RangeError('A path glob cannot be negated with "!": use path_not_matches')
  }
  const trimmed = source.length > 1 ? source.replace(/\/$/, '') : source
  const home = /^(?:~|\$HOME|\$\{HOME\})(?=\/|$)/.exec(trimmed)
  return { home: home !== null, pattern: home ? trimmed.slice(home[0].length) : trimmed }
}

/** Characters that are not plain in a glob. */
const SPECIAL = '*?[]{}()!+@|\\'

function meeting(pattern: string, home: boolean, automaton: () => Automaton): PathGlob['meets'] {
  const front = plainFront(pattern, SPECIAL)
  const back = plainBack(pattern, SPECIAL)
  const dotted = /^[^{(]*(?:^|\/)\.[A-Za-z]/.test(pattern)
  let parent: PathGlob | 'none' | undefined
  /** A cheap look before automata are laid side by side: false only where nothing can meet. */
  const may = (file: FilePattern) =>
    (!dotted || file.dotted) &&
    (front.startsWith(file.front) || file.front.startsWith(front)) &&
    (back.endsWith(file.back) || file.back.endsWith(back))
  const meetsHere = (file: FilePattern, homes: readonly string[]): boolean => {
    if (!may(file)) return false
    if (!file.takesAll) return common(automaton(), file.automaton())
    parent ??= parentOf(pattern)
    if (parent === 'none') return false
    const directory = file.directory()
    return parent.test(directory.text, homes) || parent.meets(directory, homes)
  }
  if (!home) return meetsHere
  return (file, homes) =>
    homes.some((prefix) => {
      const rest = beneath(file.text, prefix)
      return rest !== '\0' && meetsHere(filePattern(rest), homes)
    })
}

/**
 * `*` takes whatever lies there, so it means a protected name only where its directory is the one that
 * the glob speaks of: `~/.ssh/*` means the keys, `src/*` does not mean every `.env` in the world.
 */
function parentOf(pattern: string): PathGlob | 'none' {
  const parent = pattern.slice(0, Math.max(0, pattern.lastIndexOf('/')))
  const torn = parent.split('{').length !== parent.split('}').length
  return (/^[*/]+$/.test(parent)) || torn || (parent === '' && !pattern.startsWith('/'))
    ? 'none'
    : pathGlob(parent)
}

interface Ending {
  readonly literal: string
  readonly test: (path: string) => boolean
  readonly automaton: () => Automaton
}

/** A matcher that is built when the first path holds its literal: most never are. */
function endingOf(pattern: string): Ending {
  const literal = pathLiteral(pattern)
  let automaton: Automaton | undefined
  const built = () => automaton ??= automatonOf(parsePathPattern(pattern))
  const front = frontOf(pattern)
  const back = backOf(pattern)
  return {
    literal,
    automaton: built,
    test: front === pattern
      ? (path) => path === pattern
      : (path) =>
        path.startsWith(front) && path.endsWith(back) && path.includes(literal) &&
        runs(built(), path),
  }
}

/** What every path that matches begins with. In front of a `**` the slash may be missing. */
function frontOf(pattern: string): string {
  const front = plainFront(pattern, SPECIAL)
  return front.endsWith('/') && pattern.startsWith('**', front.length) ? front.slice(0, -1) : front
}

/** What every path that matches ends in; behind a `**` the same. */
function backOf(pattern: string): string {
  const back = plainBack(pattern, SPECIAL)
  return back.startsWith('/') && pattern.endsWith(`*${back}`) ? back.slice(1) : back
}

/** What follows the home in the path, or a text that no path is. */
function beneath(path: string, home: string): string {
  const prefix = home.endsWith('/') ? home.slice(0, -1) : home
  if (!path.startsWith(prefix)) return '\0'
  const rest = path.slice(prefix.length)
  return rest === '' || rest.startsWith('/') ? rest : '\0'
}

/** The pattern, and what is left of it after each `/` outside of groups. */
export function endingsOf(pattern: string): readonly string[] {
  const endings = [pattern]
  let depth = 0
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!
    if (char === '\\') i++
    else if ('({['.includes(char)) depth++
    else if (')}]'.includes(char)) depth = Math.max(0, depth - 1)
    else if (char === '/' && depth === 0) {
      const rest = pattern.slice(i + 1)
      if (!/^[*?]*(?:\/|$)/.test(rest)) endings.push(rest)
    }
  }
  return endings
}
