import { globHolds, GlobList, holdsOperator } from './glob-list.ts'
import {
  type CommandGlob,
  compileCommandGlob,
  globLiteral,
  plainGlob,
} from './match/command-glob.ts'
import { canonicalCommandText } from './match/command-text.ts'
import type {
  CommandTest,
  ContextTest,
  Literals,
  PathTest,
  ResponseTest,
  UrlTest,
} from './policy-set.ts'
import type { Joined, PreparedCommand } from './prepare.ts'

/** What a condition compiles to: tests over its dimensions. */
export interface CompiledCondition {
  readonly command?: CommandTest
  readonly path?: PathTest
  readonly url?: UrlTest
  readonly context?: ContextTest
  readonly response?: ResponseTest
}

/** On a span only globs that say something about more than one part count: semantics.md 3. */
function spansParts(glob: CommandGlob, command: PreparedCommand, parts: Joined): boolean {
  if (holdsOperator(glob.source)) return true
  // Where so much was found that all globs were asked at once, the same goes for the parts.
  const met = command.met === undefined ? undefined : parts.meets(glob.source)
  return !(met ?? parts.commands.some((part) => globHolds(glob, part, false)))
}

export function commandMatches(sources: readonly string[]): CompiledCondition {
  const list = new GlobList(sources)
  return {
    command: (command, view, parts) => {
      const permissive = view.stance === 'permissive'
      let at = list.find(command, view, permissive)
      while (at >= 0) {
        const glob = list.globs[at]!
        if (parts === undefined || spansParts(glob, command, parts)) {
          return `command matches "${glob.source}"`
        }
        at = list.find(command, view, permissive, at + 1)
      }
      return null
    },
  }
}

export function commandLiterals(sources: readonly string[]): Literals {
  return {
    dimension: 'command',
    all: sources.map((source) => globLiteral(canonicalCommandText(source))),
    globs: () => commandGlobsOf(sources),
  }
}

/** Their spelling in sets of globs. */
export function commandGlobsOf(sources: readonly string[]): readonly string[] {
  return sources.map(canonicalCommandText)
}

export function containsLiterals(texts: readonly string[]): Literals {
  const all = texts.map((text) => text.toLowerCase())
  return { dimension: 'folded', all, globs: () => all.map((text) => `*${plainGlob(text)}*`) }
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
        held(command, text) &&
        (parts === undefined || !parts.commands.some((part) => held(part, text)))
      )
      return hit === undefined ? null : `command contains "${hit}"`
    },
  }
}

export function commandNotMatches(sources: readonly string[]): CompiledCondition {
  const list = new GlobList(sources)
  return {
    // An exclusion loosens, so it is read as a permissive rule reads: on what would run.
    command: (command, view) =>
      list.find(command, view, true) >= 0 ? null : 'command is not excluded',
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
  if (sources.some((source) => /[*?[\\]/.test(source))) {
    const globs = sources.map((source) => `=${source}`)
    return { dimension: 'name', all: globs.map(globLiteral), globs: () => globs }
  }
  return {
    dimension: 'exact',
    all: sources.map((source) => `=${source}`),
  }
}
