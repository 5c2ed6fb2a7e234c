import {
  commandContains,
  commandGlobsOf,
  commandLiterals,
  commandMatches,
  commandNotMatches,
  type CompiledCondition,
  containsLiterals,
  envAssigns,
  envLiterals,
} from './condition-command.ts'
import { agentDepth, callCount, paramMatcher, sessionIs } from './condition-call.ts'
import { pathIs, pathIsNot, pathLiteralsOf } from './condition-path.ts'
import {
  isUnresolved,
  programIs,
  programLiterals,
  unresolvedLiterals,
} from './condition-program.ts'
import { responseHolds, responseIs } from './condition-response.ts'
import { domainIs, domainLiterals, urlIs, urlLiterals } from './condition-url.ts'
import type { Regex } from './match/regex.ts'
import type { Dimension, Literals } from './policy-set.ts'
import { RESPONSE_KIND_NAMES } from './response-kinds.ts'

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
  | 'response_kinds'
  | 'true'

/** Compiles a user's regular expression; handed in because its engine is the largest thing to load. */
export type RegexCompiler = (source: string) => Regex

interface Row<T> {
  readonly shape: Shape
  /** For the reference in docs/policy.md and `policy lint`. */
  readonly doc: string
  readonly compile: (value: T, regex: RegexCompiler) => CompiledCondition
  /** What the index may rely on; absent = it asks for no text. Asked before anything is compiled. */
  readonly literals?: (value: T) => Literals
  /** The globs that it holds against commands; a set asks all of them at once. */
  readonly commandGlobs?: (value: T) => readonly string[]
  /** Counts on a pipeline or a whole line too. */
  readonly spans?: true
  /** What must be gathered, or loaded, before it can be asked. */
  readonly needs?: Need
}

export type Need = 'paths' | 'counts' | 'response'

/** A row whose value has been checked by its shape. */
export type Condition = Row<unknown>

function condition<T>(row: Row<T>): Condition {
  return row as Condition
}

/** Holds for some text of a dimension, whatever it says. */
function anyOf(dimension: Dimension): () => Literals {
  return () => ({ dimension, all: [''], relative: () => [''] })
}

/**
 * Every key a rule's `when` may hold. The policy schema, the compiler, the linter and the reference in
 * the docs are all read off this object.
 */
export const CONDITIONS = {
  command_matches: condition({
    doc: 'globs over command text',
    shape: 'command_globs',
    literals: commandLiterals,
    commandGlobs: commandGlobsOf,
    spans: true,
    compile: commandMatches,
  }),

  command_not_matches: condition({
    doc: 'holds when none of these globs matches the command that would run',
    shape: 'command_globs',
    literals: anyOf('command'),
    commandGlobs: commandGlobsOf,
    compile: commandNotMatches,
  }),

  program: condition({
    doc:
      'the program that would run, launchers opened: name, flags in any spelling, operands as path globs',
    shape: 'program',
    literals: programLiterals,
    needs: 'paths',
    compile: programIs,
  }),

  unresolved: condition({
    doc: 'true, or kinds of what cannot be known without running the command',
    shape: 'unresolved',
    literals: unresolvedLiterals,
    compile: isUnresolved,
  }),

  command_contains: condition({
    doc: 'literal substrings, case-insensitive',
    shape: 'texts',
    literals: containsLiterals,
    spans: true,
    compile: commandContains,
  }),

  env_assigns: condition({
    doc: 'globs over names of variables set for or by the command',
    shape: 'command_globs',
    literals: envLiterals,
    compile: envAssigns,
  }),
  command_env_assignments: condition({
    doc: 'alias of env_assigns',
    shape: 'command_globs',
    literals: envLiterals,
    compile: envAssigns,
  }),

  path_matches: condition({
    doc: 'path globs over every name of a path',
    shape: 'path_globs',
    literals: pathLiteralsOf,
    needs: 'paths',
    compile: pathIs,
  }),

  path_not_matches: condition({
    doc: 'holds for a name of the path that none of these matches',
    shape: 'path_globs',
    literals: anyOf('path'),
    needs: 'paths',
    compile: pathIsNot,
  }),

  domain_matches: condition({
    doc: 'host globs after WHATWG URL parsing',
    shape: 'domain_globs',
    literals: domainLiterals,
    compile: (sources: readonly string[]) => domainIs(sources, true),
  }),

  domain_not_matches: condition({
    doc: 'holds for a host that none of these matches',
    shape: 'domain_globs',
    literals: anyOf('url'),
    compile: (sources: readonly string[]) => domainIs(sources, false),
  }),

  url_matches: condition({
    doc: 'globs over the normalised URL',
    shape: 'url_globs',
    literals: urlLiterals,
    compile: urlIs,
  }),

  response_matches: condition({
    doc: 'RE2 regular expressions over tool output',
    shape: 'regexes',
    needs: 'response',
    compile: (sources: readonly string[], regex) => responseIs(sources, regex, true),
  }),

  response_not_matches: condition({
    doc: 'holds when none of these matches the output',
    shape: 'regexes',
    needs: 'response',
    compile: (sources: readonly string[], regex) => responseIs(sources, regex, false),
  }),

  response_holds: condition({
    doc: `kinds of what may stand in a tool's output: ${RESPONSE_KIND_NAMES.join(', ')}`,
    shape: 'response_kinds',
    needs: 'response',
    compile: responseHolds,
  }),

  tool_param_matches: condition({
    doc: 'map of dotted parameter path to glob, case-insensitive; every entry must match',
    shape: 'params',
    compile: paramMatcher,
  }),

  session_matches: condition({
    doc: 'globs over the session',
    shape: 'command_globs',
    compile: (sources: readonly string[]) => sessionIs(sources, true),
  }),

  session_not_matches: condition({
    doc: 'holds when none of these matches the session',
    shape: 'command_globs',
    compile: (sources: readonly string[]) => sessionIs(sources, false),
  }),

  agent_depth: condition({
    doc: 'bounds on how deep the asking agent is nested; 0 is the outermost',
    shape: 'bounds',
    compile: agentDepth,
  }),

  call_count: condition({
    doc: 'at least `gte` enforced calls of `tool` within `window`, the current one included',
    shape: 'count',
    needs: 'counts',
    compile: callCount,
  }),

  default: condition({
    doc: 'always',
    shape: 'true',
    compile: () => ({ context: () => 'always' }),
  }),
} as const satisfies Record<string, Condition>
