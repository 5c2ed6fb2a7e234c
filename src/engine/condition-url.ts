import type { CompiledCondition } from './condition-command.ts'
import { compileCommandGlob } from './match/command-glob.ts'
import { compileDomainGlob, domainPattern } from './match/domain-glob.ts'
import { globLiteral } from './match/command-glob.ts'
import type { Literals } from './policy-set.ts'

/** The host meets one of the globs, or (`wanted` false) none of them. */
export function domainIs(sources: readonly string[], wanted: boolean): CompiledCondition {
  const globs = sources.map(compileDomainGlob)
  return {
    url: ({ host }) => {
      const hit = globs.find((glob) => glob.test(host))
      if ((hit !== undefined) !== wanted) return null
      return hit === undefined
        ? `host "${host}" is not excluded`
        : `host "${host}" matches "${hit.source}"`
    },
  }
}

export function urlIs(sources: readonly string[]): CompiledCondition {
  const globs = sources.map(compileCommandGlob)
  return {
    url: ({ url }) => {
      const hit = globs.find((glob) => glob.test(url))
      return hit === undefined ? null : `URL matches "${hit.source}"`
    },
  }
}

export function urlLiterals(sources: readonly string[]): Literals {
  return { dimension: 'url', all: sources.map(globLiteral), globs: () => sources }
}

export function domainLiterals(sources: readonly string[]): Literals {
  const globs = sources.map(domainPattern)
  return { dimension: 'host', all: globs.map(globLiteral), globs: () => globs }
}
