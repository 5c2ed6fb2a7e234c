import { compilePolicy, inOrder, listingOf } from './compile.ts'
import type { RegexCompiler } from './condition.ts'
import { resolve, type Resolved, strictestOf } from './extend.ts'
import { sortFaults } from './fault.ts'
import { indexRules } from './index-rules.ts'
import type { Policy, PolicyListing, PolicySet } from './policy-set.ts'
import { type LoadOptions, NoReader, type PolicyText } from './sources.ts'
import type { DefaultAction, Fault } from './types.ts'

export type { LoadOptions, ParsedFile, ParseStore, PolicyText } from './sources.ts'
export { NoReader } from './sources.ts'

/**
 * Make the set in force out of policy files. Either every file is good and there is a set, or every
 * fault of every file is reported and there is none.
 *
 * @throws NoReader when `parse` is absent and not every text is remembered, or `regex` and one is needed.
 */
export function assemblePolicies(
  sources: readonly PolicyText[],
  options: LoadOptions,
): { readonly set?: PolicySet; readonly faults: readonly Fault[] } {
  const faults: Fault[] = []
  const texts: string[] = []
  const files = sources.map((source) => {
    texts.push(`${source.layer}\0${source.file}\0${source.text}`)
    return { source, resolved: resolve(source, options, faults, [source.file], texts) }
  })
  faults.push(...duplicateNames(files))
  if (faults.length > 0) {
    // What was remembered has no places: read it again to say where the faults are.
    if (options.parses !== undefined) {
      return assemblePolicies(sources, { ...options, parses: undefined })
    }
    return { faults: sortFaults(faults) }
  }
  return { set: assemble(files, options.hash(texts), options.regex), faults: [] }
}

interface LoadedFile {
  readonly source: PolicyText
  readonly resolved: Resolved
}

/** Names live per layer; equal ones in one layer are a fault, within one file too (F36). */
function duplicateNames(files: readonly LoadedFile[]): Fault[] {
  const seen = new Map<string, string>()
  const faults: Fault[] = []
  for (const { source, resolved } of files) {
    for (const { entry, file, place } of resolved.policies) {
      const id = `${source.layer}\0${entry.name}`
      const first = seen.get(id)
      if (first === undefined) seen.set(id, file)
      else {
        const message = `policy name "${entry.name}" is taken already in ${first}`
        faults.push({ file, ...place, message })
      }
    }
  }
  return faults
}

function assemble(
  files: readonly LoadedFile[],
  hash: string,
  regex: RegexCompiler = unread,
): PolicySet {
  const compiled = (overlay: boolean): Policy[] =>
    files.filter(({ source }) => (source.layer === 'overlay') === overlay)
      .flatMap(({ source, resolved }) =>
        // In order of the file that extends: what it inherits stands in its place (semantics.md 12).
        resolved.policies.filter(({ entry }) => entry.enabled !== false).map(({ entry }) =>
          compilePolicy(
            entry,
            source.layer === 'overlay' ? 'user' : source.layer,
            source.file,
            regex,
          )
        )
      )
  const overlay = inOrder(compiled(true))
  const policies = inOrder([...compiled(false), ...overlay.map(blocksOf)])
  const rules = [...policies, ...overlay].flatMap(({ rules }) => rules)
  const response = rules.some(({ needs }) => needs.includes('response'))
  if (response && regex === unread) throw new NoReader('regular expressions')
  let listing: readonly PolicyListing[] | undefined
  return {
    hash,
    defaultAction: strictest(files.filter(({ source }) => source.layer !== 'builtin')),
    policies,
    overlay,
    index: indexRules(policies),
    notify: files.flatMap(({ resolved }) => resolved.notify),
    needs: {
      paths: rules.some(({ needs }) => needs.includes('paths')),
      counts: rules.some(({ needs }) => needs.includes('counts')),
      response,
    },
    get listing() {
      return listing ??= listed(files)
    },
  }
}

function listed(files: readonly LoadedFile[]): PolicyListing[] {
  return files.flatMap(({ source, resolved }) =>
    resolved.policies.map(({ entry, file }) =>
      listingOf(entry, source.layer === 'overlay' ? 'user' : source.layer, file)
    )
  )
}

/** Of the overlay, what counts as a vote: its denials (semantics.md 11). */
function blocksOf(policy: Policy): Policy {
  return { ...policy, rules: policy.rules.filter(({ action }) => action === 'deny') }
}

/** Semantics.md 10: the strictest default of all files. No file at all allows, as nothing is forbidden. */
function strictest(files: readonly LoadedFile[]): DefaultAction {
  return strictestOf(files.map(({ resolved }) => resolved.defaultAction)) ?? 'allow'
}

function unread(source: string): never {
  throw new NoReader(source)
}
