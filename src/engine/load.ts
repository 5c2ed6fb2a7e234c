import { assemblePolicies, type LoadOptions, type ParsedFile, type PolicyText } from './assemble.ts'
import type { Parsed } from './fault.ts'
import { compileRegex } from './match/regex.ts'
import { parseYaml } from './parse.ts'
import type { PolicySet } from './policy-set.ts'
import { OverlayFile, PolicyFile, ProjectFile } from './schema.ts'
import type { Fault } from './types.ts'

export type { LoadOptions, ParsedFile, ParseStore, PolicyText } from './assemble.ts'

/** Read one policy text by the schema of its layer. */
export function parsePolicy({ layer, file, text }: PolicyText): Parsed<ParsedFile> {
  if (layer === 'overlay') return parseYaml<ParsedFile>(text, file, OverlayFile)
  if (layer === 'project') return parseYaml<ParsedFile>(text, file, ProjectFile)
  return parseYaml<ParsedFile>(text, file, PolicyFile)
}

/**
 * Make the set in force out of policy files. Either every file is good and there is a set, or every
 * fault of every file is reported and there is none.
 */
export function loadPolicies(
  sources: readonly PolicyText[],
  options: LoadOptions,
): { readonly set?: PolicySet; readonly faults: readonly Fault[] } {
  return assemblePolicies(sources, { ...options, parse: parsePolicy, regex: compileRegex })
}
