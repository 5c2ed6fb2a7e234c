import { z } from 'zod'
import {
  commandContains,
  commandGlob,
  commandMatches,
  commandNotMatches,
  type CompiledCondition,
  envAssigns,
} from './condition-command.ts'
import { compileCommandGlob, GLOB_LIMIT } from './match/command-glob.ts'
import { compileDomainGlob } from './match/domain-glob.ts'
import { compilePathGlob, type PathGlob } from './match/path-glob.ts'
import { compileRegex } from './match/regex.ts'
import { pathLiteral } from './literal.ts'
import type { ContextTest } from './policy-set.ts'
import { type CountWindow, paramMatcher } from './context.ts'

interface Condition {
  readonly schema: z.ZodType
  /** For the reference in docs/policy.md and `policy lint`. */
  readonly doc: string
  readonly compile: (value: unknown) => CompiledCondition
}

function condition<T>(
  doc: string,
  schema: z.ZodType<T>,
  compile: (value: T) => CompiledCondition,
): Condition {
  return { doc, schema, compile: (value) => compile(value as T) }
}

/** A list of patterns, or one; each is compiled once here so that a bad one is a fault of the file. */
function patterns(compile: (pattern: string) => unknown): z.ZodType<string[]> {
  const pattern = z.string().min(1).max(GLOB_LIMIT).superRefine((text, context) => {
    try {
      compile(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
    }
  })
  return z.union([pattern.transform((one) => [one]), z.array(pattern).min(1).max(5000)], {
    error: 'expected a pattern or a list of patterns',
  }) as unknown as z.ZodType<string[]>
}

const commandGlobs = patterns(commandGlob)
const pathGlobs = patterns(compilePathGlob)
const domainGlobs = patterns(compileDomainGlob)
const regexes = patterns(compileRegex)

const param = z.union([
  z.string().min(1).max(GLOB_LIMIT).transform((one) => [one]),
  z.array(z.string().min(1).max(GLOB_LIMIT)).min(1).max(1000),
])
const bound = z.int().min(0).max(1_000_000).optional()
const atLeastOne = (value: object) => Object.keys(value).length > 0

/**
 * Every key a rule's `when` may hold. The policy schema, the compiler, the linter and the reference in
 * the docs are all read off this object.
 */
export const CONDITIONS = {
  command_matches: condition('globs over command text', commandGlobs, commandMatches),

  command_not_matches: condition(
    'holds when none of these globs matches the command that would run',
    commandGlobs,
    commandNotMatches,
  ),

  command_contains: condition(
    'literal substrings, case-insensitive',
    z.union([
      z.string().trim().min(1).transform((one) => [one]),
      z.array(z.string().trim().min(1))
        .min(1),
    ]) as unknown as z.ZodType<string[]>,
    commandContains,
  ),

  env_assigns: condition(
    'globs over names of variables set for or by the command',
    commandGlobs,
    envAssigns,
  ),
  command_env_assignments: condition('alias of env_assigns', commandGlobs, envAssigns),

  path_matches: condition(
    'path globs over every name of a path',
    pathGlobs,
    (sources) => {
      const globs = sources.map(compilePathGlob)
      return {
        literals: {
          dimension: 'path',
          all: sources.map(pathLiteral),
          relative: globs.flatMap((glob) => glob.relativeLiterals),
        },
        path: (name, value, { facts, stance }) => {
          // Without a trusted cwd a relative path may lie anywhere (F35).
          const relative = (glob: PathGlob) =>
            !value.absolute && stance === 'restrictive' && glob.testRelative(name)
          const hit = globs.find((glob) => glob.test(name, facts.homes) || relative(glob))
          return hit === undefined ? null : `path "${name}" matches "${hit.source}"`
        },
      }
    },
  ),

  path_not_matches: condition(
    'holds for a name of the path that none of these matches',
    pathGlobs,
    (sources) => {
      const globs = sources.map(compilePathGlob)
      return {
        path: (name, _value, { facts }) =>
          globs.some((glob) => glob.test(name, facts.homes))
            ? null
            : `path "${name}" is not excluded`,
      }
    },
  ),

  domain_matches: condition('host globs after WHATWG URL parsing', domainGlobs, (sources) => {
    const globs = sources.map(compileDomainGlob)
    return {
      url: ({ host }) => {
        const hit = globs.find((glob) => glob.test(host))
        return hit === undefined ? null : `host "${host}" matches "${hit.source}"`
      },
    }
  }),

  domain_not_matches: condition(
    'holds for a host that none of these matches',
    domainGlobs,
    (sources) => {
      const globs = sources.map(compileDomainGlob)
      return {
        url: ({ host }) =>
          globs.some((glob) => glob.test(host)) ? null : `host "${host}" is not excluded`,
      }
    },
  ),

  url_matches: condition(
    'globs over the normalised URL',
    patterns(compileCommandGlob),
    (sources) => {
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

  response_matches: condition('RE2 regular expressions over tool output', regexes, (sources) => {
    const all = sources.map(compileRegex)
    return {
      response: (text) => {
        const hit = all.find((regex) => regex.test(text))
        return hit === undefined ? null : `output matches ${hit.source}`
      },
    }
  }),

  response_not_matches: condition(
    'holds when none of these matches the output',
    regexes,
    (sources) => {
      const all = sources.map(compileRegex)
      return {
        response: (text) => all.some((regex) => regex.test(text)) ? null : 'output is not excluded',
      }
    },
  ),

  tool_param_matches: condition(
    'map of dotted parameter path to glob, case-insensitive; every entry must match',
    z.record(z.string().min(1).max(200), param).refine(atLeastOne, 'expected at least one entry'),
    (entries) => ({ context: paramMatcher(entries as Record<string, string[]>) }),
  ),

  session_matches: condition('globs over the session', commandGlobs, (sources) => {
    const globs = sources.map((source) => compileCommandGlob(source))
    return {
      context: ({ call: { identity }, stance }) => {
        if (stance === 'permissive' && !identity.bound.has('session')) return null
        const hit = globs.find((glob) => glob.test(identity.session))
        return hit === undefined ? null : `session matches "${hit.source}"`
      },
    }
  }),

  session_not_matches: condition(
    'holds when none of these matches the session',
    commandGlobs,
    (sources) => {
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
    z.strictObject({ gte: bound, lte: bound, eq: bound }).refine(atLeastOne, 'expected a bound'),
    ({ gte, lte, eq }) => ({
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
    z.strictObject({
      tool: z.string().min(1).max(200).optional(),
      gte: z.int().min(1).max(100_000),
      window: z.string().regex(/^[1-9]\d{0,6}(s|m|h)$/, {
        error: 'expected a duration such as 30s, 5m or 1h',
      }),
    }),
    (value) => ({ counts: true, context: callCount(value) }),
  ),

  default: condition('always', z.literal(true), () => ({ context: () => 'always' })),
} as const satisfies Record<string, Condition>

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
