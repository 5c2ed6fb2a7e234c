import { type CommandGlob, compileCommandGlob, globLiteral } from './match/command-glob.ts'
import { canonicalCommandText } from './match/command-text.ts'
import type {
  CommandTest,
  ContextTest,
  Literals,
  PathTest,
  ResponseTest,
  UrlTest,
} from './policy-set.ts'
import type { PreparedCommand } from './prepare.ts'

/** What a condition compiles to: tests over its dimensions. */
export interface CompiledCondition {
  readonly command?: CommandTest
  readonly path?: PathTest
  readonly url?: UrlTest
  readonly context?: ContextTest
  readonly response?: ResponseTest
}

/** A command glob in the spelling that texts are brought to. */
export function commandGlob(source: string): CommandGlob {
  return compileCommandGlob(canonicalCommandText(source))
}

/** How a permissive and a restrictive rule read a glob: semantics.md 4. */
function globHolds(glob: CommandGlob, command: PreparedCommand, permissive: boolean): boolean {
  if (!command.mayHold(glob.literal)) return false
  if (permissive) return command.whole.some(({ text, fences }) => glob.test(text, fences))
  // By index: this is asked of every glob of a rule, and an iterator for each is not free.
  const { any } = command
  for (let i = 0; i < any.length; i++) if (glob.test(any[i]!)) return true
  return false
}

const OPERATOR = /[|&;<>\n]/

/** On a span only globs that say something about more than one part count: semantics.md 3. */
function spansParts(glob: CommandGlob, parts: readonly PreparedCommand[]): boolean {
  return OPERATOR.test(glob.source) || !parts.some((part) => globHolds(glob, part, false))
}

export function commandMatches(sources: readonly string[]): CompiledCondition {
  const globs = sources.map(commandGlob)
  return {
    command: (command, view, parts) => {
      const permissive = view.stance === 'permissive'
      for (let i = 0; i < globs.length; i++) {
        const glob = globs[i]!
        if (!globHolds(glob, command, permissive)) continue
        if (parts === undefined || spansParts(glob, parts)) {
          return `command matches "${glob.source}"`
        }
      }
      return null
    },
  }
}

export function commandLiterals(sources: readonly string[]): Literals {
  return {
    dimension: 'command',
    all: sources.map((source) => globLiteral(canonicalCommandText(source))),
  }
}

export function commandContains(texts: readonly string[]): CompiledCondition {
  const folded = texts.map((text) => text.toLowerCase())
  return {
    command: (command, view, parts) => {
      const held = (c: PreparedCommand, text: string) =>
        view.stance === 'permissive'
          ? c.forms.whole.toLowerCase().includes(text)
          : c.folded.some((one) => one.includes(text))
      const hit = folded.find((text) =>
        held(command, text) && (parts === undefined || !parts.some((part) => held(part, text)))
      )
      return hit === undefined ? null : `command contains "${hit}"`
    },
  }
}

export function commandNotMatches(sources: readonly string[]): CompiledCondition {
  const globs = sources.map(commandGlob)
  return {
    command: (command) => {
      // An exclusion loosens, so it is read as a permissive rule reads: on what would run.
      const excluded = globs.some((glob) => globHolds(glob, command, true))
      return excluded ? null : 'command is not excluded'
    },
  }
}

export function envAssigns(sources: readonly string[]): CompiledCondition {
  const globs = sources.map((source) => compileCommandGlob(source))
  return {
    command: ({ forms }) => {
      const name = forms.assigns.find((n) => globs.some((glob) => glob.test(n)))
      return name === undefined ? null : `command sets ${name}`
    },
  }
}

export function envLiterals(sources: readonly string[]): Literals {
  return {
    dimension: 'exact',
    all: sources.map((source) => /[*?[\\]/.test(source) ? '=' : `=${source}`),
  }
}
