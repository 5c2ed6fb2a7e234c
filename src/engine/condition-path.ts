import type { CompiledCondition } from './condition-command.ts'
import { pathLiterals } from './literal.ts'
import { codeAt } from './match/code-at.ts'
import { coarseGlobs, coarseRelativeGlobs, coarseRooted } from './match/coarse-path.ts'
import { type FilePattern, filePattern } from './match/file-pattern.ts'
import { pathGlob } from './match/path-glob.ts'
import type { Literals, PathTest } from './policy-set.ts'

export function pathIs(sources: readonly string[]): CompiledCondition {
  return { path: pathTest(sources) }
}

export function pathIsNot(sources: readonly string[]): CompiledCondition {
  const globs = sources.map(pathGlob)
  return {
    path: (name, _value, { facts, stance }) => {
      // What is left out of a restriction is beneath the account's own home.
      const homes = stance === 'restrictive' ? facts.homes.slice(0, 1) : facts.homes
      return globs.some((glob) => glob.test(name, homes)) ? null : `path "${name}" is not excluded`
    },
  }
}

export function pathLiteralsOf(sources: readonly string[]): Literals {
  return {
    dimension: 'path',
    all: sources.flatMap(pathLiterals),
    relative: () => sources.flatMap((source) => pathGlob(source).relativeLiterals()),
    globs: () => sources.flatMap(coarseGlobs),
    rooted: (homes) => sources.flatMap((source) => coarseRooted(source, homes)),
    relativeGlobs: () => sources.flatMap(coarseRelativeGlobs),
  }
}

export function pathTest(sources: readonly string[]): PathTest {
  const globs = sources.map(pathGlob)
  return (name, value, { facts, stance }) => {
    const restrictive = stance === 'restrictive'
    // Without a trusted cwd a relative path may lie anywhere (F35).
    const relative = !value.absolute && restrictive
    const pattern = value.pattern === true && restrictive ? patternOf(name) : undefined
    // What is permitted beneath `~` is so in the account's own home, whatever HOME a call assigns (F35).
    const homes = restrictive ? facts.homes : facts.homes.slice(0, 1)
    const last = name === '' ? undefined : codeAt(name, name.length - 1)
    for (let i = 0; i < globs.length; i++) {
      const glob = globs[i]!
      const ends = glob.last === undefined || glob.last === last
      if (
        (ends && (glob.test(name, homes) || (relative && glob.testRelative(name)))) ||
        (pattern !== undefined && glob.meets(pattern, homes))
      ) return `path "${name}" matches "${glob.source}"`
    }
    return null
  }
}

/** The last one read: every rule asks about the same path in turn. */
let latest: FilePattern | undefined

function patternOf(text: string): FilePattern {
  if (latest?.text !== text) latest = filePattern(text)
  return latest
}
