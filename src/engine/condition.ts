import {
  commandContains,
  commandMatches,
  commandNotMatches,
  type CompiledCondition,
  envAssigns,
} from './condition-command.ts'
import { compileCommandGlob } from './match/command-glob.ts'
import { compileDomainGlob } from './match/domain-glob.ts'
import { isUnresolved, programIs, type ProgramValue } from './condition-program.ts'
import { type FilePattern, filePattern } from './match/file-pattern.ts'
import { type PathGlob, pathGlob } from './match/path-glob.ts'
import { compileRegex, type Regex } from './match/regex.ts'
import { pathLiterals } from './literal.ts'
import type { ContextTest, PathTest } from './policy-set.ts'
import { type CountWindow, paramMatcher } from './context.ts'

/** What a condition's value looks like in a file; condition-schema.ts says it in zod. */
export type Shape =
  | 'command_globs'
  | 'path_globs'
  | 'domain_globs'
  | 'url_globs'
  | 'regexes'
  | 'texts'
  | 'params'
  | 'bounds'
  | 'count'
  | 'program'
  | 'unresolved'
  | 'true'

interface Condition {
  readonly shape: Shape
  /** For the reference in docs/policy.md and `policy lint`. */
  readonly doc: string
  readonly compile: (value: unknown) => CompiledCondition
}

function condition<T>(
  doc: string,
  shape: Shape,
  compile: (value: T) => CompiledCondition,
): Condition {
  return { doc, shape, compile: (value) => compile(value as T) }
}

/** The condition's value once its shape was checked. */
interface Bounds {
  readonly gte?: number
  readonly lte?: number
  readonly eq?: number
}

/**
 * Every key a rule's `when` may hold. The policy schema, the compiler, the linter and the reference in
 * the docs are all read off this object.
 */
export const CONDITIONS = {
  command_matches: condition('globs over command text', 'command_globs', commandMatches),

  command_not_matches: condition(
    'holds when none of these globs matches the command that would run',
    'command_globs',
    commandNotMatches,
  ),

  program: condition(
    'the program that would run, launchers opened: name, flags in any spelling, operands as path globs',
    'program',
    ({ operands, ...value }: ProgramValue & { operands?: readonly string[] }) => ({
      ...programIs(value),
      ...(operands === undefined ? {} : { path: pathTest(operands.map(pathGlob)) }),
    }),
  ),

  unresolved: condition(
    'true, or kinds of what cannot be known without running the command',
    'unresolved',
    isUnresolved,
  ),

  command_contains: condition(
    'literal substrings, case-insensitive',
    'texts',
    commandContains,
  ),

  env_assigns: condition(
    'globs over names of variables set for or by the command',
    'command_globs',
    envAssigns,
  ),
  command_env_assignments: condition('alias of env_assigns', 'command_globs', envAssigns),

  path_matches: condition(
    'path globs over every name of a path',
    'path_globs',
    (sources: readonly string[]) => {
      const globs = sources.map(pathGlob)
      return {
        literals: {
          dimension: 'path',
          all: sources.flatMap(pathLiterals),
          relative: () => globs.flatMap((glob) => glob.relativeLiterals()),
        },
        path: pathTest(globs),
      }
    },
  ),

  path_not_matches: condition(
    'holds for a name of the path that none of these matches',
    'path_globs',
    (sources: readonly string[]) => {
      const globs = sources.map(pathGlob)
      return {
        path: (name, _value, { facts }) =>
          globs.some((glob) => glob.test(name, facts.homes))
            ? null
            : `path "${name}" is not excluded`,
      }
    },
  ),

  domain_matches: condition(
    'host globs after WHATWG URL parsing',
    'domain_globs',
    (sources: readonly string[]) => {
      const globs = sources.map(compileDomainGlob)
      return {
        url: ({ host }) => {
          const hit = globs.find((glob) => glob.test(host))
          return hit === undefined ? null : `host "${host}" matches "${hit.source}"`
        },
      }
    },
  ),

  domain_not_matches: condition(
    'holds for a host that none of these matches',
    'domain_globs',
    (sources: readonly string[]) => {
      const globs = sources.map(compileDomainGlob)
      return {
        url: ({ host }) =>
          globs.some((glob) => glob.test(host)) ? null : `host "${host}" is not excluded`,
      }
    },
  ),

  url_matches: condition(
    'globs over the normalised URL',
    'url_globs',
    (sources: readonly string[]) => {
      const globs = sources.map(compileCommandGlob)
      return {
        literals: { dimension: 'url', all: globs.map((glob) => glob.literal) },
        url: ({ url }) => {
          const hit = globs.find((glob) => glob.test(url))
          return hit === undefined ? null : `URL matches "${hit.source}"`
        },
      }
    },
  ),

  response_matches: condition(
    'RE2 regular expressions over tool output',
    'regexes',
    (sources: readonly string[]) => {
      const all = regexesOf(sources)
      return {
        response: (text) => {
          const hit = all().find((regex) => regex.test(text))
          return hit === undefined ? null : `output matches ${hit.source}`
        },
      }
    },
  ),

  response_not_matches: condition(
    'holds when none of these matches the output',
    'regexes',
    (sources: readonly string[]) => {
      const all = regexesOf(sources)
      return {
        response: (text) =>
          all().some((regex) => regex.test(text)) ? null : 'output is not excluded',
      }
    },
  ),

  tool_param_matches: condition(
    'map of dotted parameter path to glob, case-insensitive; every entry must match',
    'params',
    (entries: Record<string, string[]>) => ({ context: paramMatcher(entries) }),
  ),

  session_matches: condition(
    'globs over the session',
    'command_globs',
    (sources: readonly string[]) => {
      const globs = sources.map((source) => compileCommandGlob(source))
      return {
        context: ({ call: { identity }, stance }) => {
          if (stance === 'permissive' && !identity.bound.has('session')) return null
          const hit = globs.find((glob) => glob.test(identity.session))
          return hit === undefined ? null : `session matches "${hit.source}"`
        },
      }
    },
  ),

  session_not_matches: condition(
    'holds when none of these matches the session',
    'command_globs',
    (sources: readonly string[]) => {
      const globs = sources.map((source) => compileCommandGlob(source))
      return {
        context: ({ call: { identity }, stance }) => {
          if (stance === 'permissive' && !identity.bound.has('session')) return null
          return globs.some((glob) => glob.test(identity.session))
            ? null
            : `session "${identity.session}" is not excluded`
        },
      }
    },
  ),

  agent_depth: condition(
    'bounds on how deep the asking agent is nested; 0 is the outermost',
    'bounds',
    ({ gte, lte, eq }: Bounds) => ({
      context: ({ call: { identity }, stance }) => {
        if (stance === 'permissive' && !identity.bound.has('depth')) return null
        const depth = identity.depth ?? 0
        const held = depth >= (gte ?? 0) && depth <= (lte ?? Infinity) && depth === (eq ?? depth)
        return held ? `agent depth is ${depth}` : null
      },
    }),
  ),

  call_count: condition(
    'at least `gte` enforced calls of `tool` within `window`, the current one included',
    'count',
    (value: CountWindow) => ({ counts: true, context: callCount(value) }),
  ),

  default: condition('always', 'true', () => ({ context: () => 'always' })),
} as const satisfies Record<string, Condition>

/** The last one read: every rule asks about the same path in turn. */
let latest: FilePattern | undefined

function patternOf(text: string): FilePattern {
  if (latest?.text !== text) latest = filePattern(text)
  return latest
}

function pathTest(globs: readonly PathGlob[]): PathTest {
  return (name, value, { facts, stance }) => {
    const restrictive = stance === 'restrictive'
    // Without a trusted cwd a relative path may lie anywhere (F35).
    const relative = (glob: PathGlob) => !value.absolute && restrictive && glob.testRelative(name)
    const pattern = value.pattern === true && restrictive ? patternOf(name) : undefined
    const hit = globs.find((glob) =>
      glob.test(name, facts.homes) || relative(glob) ||
      (pattern !== undefined && glob.meets(pattern, facts.homes))
    )
    return hit === undefined ? null : `path "${name}" matches "${hit.source}"`
  }
}

/** Compiled for the first output: most processes that read the policies never see one. */
function regexesOf(sources: readonly string[]): () => readonly Regex[] {
  let made: readonly Regex[] | undefined
  return () => made ??= sources.map(compileRegex)
}

function callCount({ tool, gte, window }: CountWindow): ContextTest {
  const units = { s: 1000, m: 60_000, h: 3_600_000 } as const
  const windowMs = Number(window.slice(0, -1)) * units[window.at(-1) as keyof typeof units]
  return ({ call, facts, stance }) => {
    const seen = facts.callCount(tool ?? call.tool, windowMs)
    if (seen === undefined) {
      return stance === 'restrictive' ? 'the number of calls cannot be known' : null
    }
    return seen >= gte ? `${seen} calls of ${tool ?? call.tool} in ${window}` : null
  }
}
