import { pathLiteral } from '../literal.ts'
import { GLOB_LIMIT } from './command-glob.ts'
import { parsePathPattern } from './path-pattern.ts'
import { type Automaton, automatonOf, common, runs } from './automaton.ts'
import { filePattern, takesAll } from './file-pattern.ts'

/** A compiled path glob: picomatch's language, its own matcher, linear in the path. */
export interface PathGlob {
  readonly source: string
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
  /** Whether some file that a shell's pattern (`name`, as an automaton) may name matches. */
  readonly meets: (pattern: Automaton, name: string, homes: readonly string[]) => boolean
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
  return {
    source,
    test: !home ? matches : (path, homes) =>
      path.startsWith('~') && matches(path.slice(1)) ||
      homes.some((prefix) => matches(beneath(path, prefix))),
    meets: (file, name, homes) => {
      if (!home && !mayMeet(pattern, name)) return false
      if (takesAll(name)) return meetsAll(pattern, home, name, homes)
      const own = automaton()
      if (!home) return common(own, file)
      return homes.some((prefix) => {
        const rest = beneath(name, prefix)
        return rest !== '\0' && common(own, filePattern(rest))
      })
    },
    testRelative: (path) => endings().some((ending) => ending.test(path)),
    relativeLiterals: () => endings().map((ending) => ending.literal),
  }
}

/** @throws RangeError when it is too long or negated. */
function partsOf(source: string): { readonly home: boolean; readonly pattern: string } {
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

/**
 * `*` takes whatever lies there, so it means a protected name only where its directory is the one that
 * the glob speaks of: `~/.ssh/*` means the keys, `src/*` does not mean every `.env` in the world.
 */
function meetsAll(
  pattern: string,
  home: boolean,
  name: string,
  homes: readonly string[],
): boolean {
  const parent = pattern.slice(0, Math.max(0, pattern.lastIndexOf('/')))
  const directory = name.slice(0, Math.max(0, name.lastIndexOf('/')))
  if (!home && (/^[*/]*$/.test(parent) || parent.split('{').length !== parent.split('}').length)) {
    return false
  }
  const held = pathGlob(`${home ? '~' : ''}${parent}`)
  if (takesAll(directory)) return held.meets(filePattern(directory), directory, homes)
  return held.test(directory, homes) || held.meets(filePattern(directory), directory, homes)
}

/** What of a glob is plain at its ends, and whether it names something behind a dot. */
const PLAIN = /^[^*?[\]{}()!+@|\\]*/
const PLAIN_END = /[^*?[\]{}()!+@|\\]*$/
const DOTTED = /^[^{(]*(?:^|\/)\.[A-Za-z]/

/** A cheap look before the automata are laid side by side: false only where nothing can meet. */
function mayMeet(glob: string, name: string): boolean {
  if (DOTTED.test(glob) && !/\/[.[]/.test(name)) return false
  const [start, end] = [PLAIN.exec(name)![0], PLAIN_END.exec(name)![0]]
  const [front, back] = [PLAIN.exec(glob)![0], PLAIN_END.exec(glob)![0]]
  const begins = front.startsWith(start) || start.startsWith(front)
  return begins && (back.endsWith(end) || end.endsWith(back))
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
  return {
    literal,
    automaton: built,
    test: (path) => path.includes(literal) && runs(built(), path),
  }
}

/** What follows the home in the path, or a text that no path is. */
function beneath(path: string, home: string): string {
  const prefix = home.endsWith('/') ? home.slice(0, -1) : home
  if (!path.startsWith(prefix)) return '\0'
  const rest = path.slice(prefix.length)
  return rest === '' || rest.startsWith('/') ? rest : '\0'
}

/** The pattern, and what is left of it after each `/` outside of groups. */
function endingsOf(pattern: string): readonly string[] {
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
