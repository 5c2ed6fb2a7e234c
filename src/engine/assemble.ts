import { compilePolicy, inOrder, listingOf } from './compile.ts'
import type { Need, RegexCompiler } from './condition.ts'
import { denyFirst, resolve, type Resolved, strictestOf } from './extend.ts'
import { sortFaults } from './fault.ts'
import { indexRules } from './index-rules.ts'
import type { OwnRule } from './own-rule.ts'
import type { Policy, PolicyListing, PolicySet, Rule } from './policy-set.ts'
import { compileLate } from './match/regex-late.ts'
import type { LoadOptions, PolicyText } from './sources.ts'
import type { DefaultAction, Fault } from './types.ts'

export type { LoadOptions, ParsedFile, ParseStore, PolicyText } from './sources.ts'
export { NoReader } from './sources.ts'

/**
 * Make the set in force out of policy files. Either every file is good and there is a set, or every
 * fault of every file is reported and there is none.
 *
 * @throws NoReader when `parse` is absent and not every text is remembered.
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
  // Self-protection names the port of the day; it only denies, and what was approved is judged again.
  const basis = texts.filter((text) => !/^(?:overlay|builtin)\0/.test(text))
    // Servers that share approvals may have the same files in other directories.
    .map((text) => text.replace(/^([^\0]*\0)[^\0]*[/\\]/, '$1'))
  const hashes = { hash: options.hash(texts), basis: options.hash(basis) }
  return { set: assemble(oncePerLayer(files), hashes, options.regex), faults: [] }
}

interface LoadedFile {
  readonly source: PolicyText
  readonly resolved: Resolved
}

/**
 * Names live per layer; equal ones in one layer are a fault, within one file too (F36). Files that
 * extend the same built-in profile share its policies; where one replaces what another only inherits,
 * nobody could say which is meant.
 */
function duplicateNames(files: readonly LoadedFile[]): Fault[] {
  const seen = new Map<string, { place: PlacedPolicy; by: string }>()
  const faults: Fault[] = []
  for (const { source, resolved } of files) {
    for (const place of resolved.policies) {
      const id = `${source.layer}\0${place.entry.name}`
      const first = seen.get(id)
      if (first === undefined) seen.set(id, { place, by: source.file })
      else if (!isShared(first.place, place) || first.by === source.file) {
        faults.push(takenTwice(first, { place, by: source.file }))
      }
    }
  }
  return faults
}

type PlacedPolicy = Resolved['policies'][number]

const isBuiltin = ({ file }: PlacedPolicy): boolean => file.startsWith('builtin:')
const isShared = (a: PlacedPolicy, b: PlacedPolicy): boolean => isBuiltin(a) && a.file === b.file

/** The fault stands where a person can mend it: in a file of theirs, if one of the two is. */
function takenTwice(
  first: { readonly place: PlacedPolicy; readonly by: string },
  second: { readonly place: PlacedPolicy; readonly by: string },
): Fault {
  const [own, other] = isBuiltin(second.place) && !isBuiltin(first.place)
    ? [first, second]
    : [second, first]
  const { entry, file, place } = own.place
  const through = other.by === other.place.file
    ? ''
    : `, which ${other.by} extends: let one file extend it`
  const message = `policy name "${entry.name}" is taken already in ${other.place.file}${through}`
  return { file, ...place, message }
}

/** What several files inherit of one built-in profile counts once, where it comes first. */
function oncePerLayer(files: readonly LoadedFile[]): readonly LoadedFile[] {
  const seen = new Set<string>()
  return files.map(({ source, resolved }) => ({
    source,
    resolved: {
      ...resolved,
      policies: resolved.policies.filter((place) => {
        const id = `${source.layer}\0${place.file}\0${place.entry.name}`
        if (!isBuiltin(place) || source.file === place.file) return true
        return !seen.has(id) && seen.add(id)
      }),
    },
  }))
}

function assemble(
  files: readonly LoadedFile[],
  hashes: Pick<PolicySet, 'hash' | 'basis'>,
  regex: RegexCompiler = compileLate,
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
  const base = compiled(false)
  const policies = inOrder([...base, ...overlay.map(blocksOf)])
  const rules = [...policies, ...overlay].flatMap(({ rules }) => rules)
  const needs = new Set<Need>()
  for (const rule of rules) for (const need of rule.needs) needs.add(need)
  const own = files.flatMap(({ resolved }) => resolved.rules ?? [])
  const named = byKey(base)
  except(own, named)
  let listing: readonly PolicyListing[] | undefined
  return {
    ...hashes,
    own,
    printOf: (key) => named().get(key)?.print(),
    defaultAction: strictest(files.filter(({ source }) => source.layer !== 'builtin')),
    defaultIsOwn: !files.some(({ source, resolved }) =>
      ['managed', 'project'].includes(source.layer) && resolved.defaultAction === 'require_approval'
    ),
    onNoApprover: denyFirst(files.map(({ resolved }) => resolved.onNoApprover)),
    policies,
    overlay: indexRules(overlay),
    index: indexRules(policies),
    notify: files.flatMap(({ resolved }) => resolved.notify),
    needs: {
      paths: needs.has('paths'),
      counts: needs.has('counts'),
      response: needs.has('response'),
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

/** Rules that the person may answer or except, by name; a policy is named once in its layer. */
function byKey(policies: readonly Policy[]): () => ReadonlyMap<string, Rule> {
  let named: ReadonlyMap<string, Rule> | undefined
  return () =>
    named ??= new Map(
      policies.filter(({ layer }) => layer === 'user').flatMap(({ rules }) =>
        rules.map((rule) => [rule.key, rule] as const)
      ),
    )
}

/**
 * Take rules out of force: of the user layer and its built-in profile, never of another, and only as
 * long as they say what they said when the exception was made.
 */
function except(own: readonly OwnRule[], named: () => ReadonlyMap<string, Rule>): void {
  for (const { action, answers, answers_as, expires_at } of own) {
    const rule = action === 'except' ? named().get(answers ?? '') : undefined
    if (rule === undefined || (answers_as !== undefined && answers_as !== rule.print())) continue
    const until = expires_at === undefined ? Infinity : Date.parse(expires_at)
    rule.exceptedUntil = Math.max(rule.exceptedUntil ?? 0, until)
  }
}

/** Of the overlay, what counts as a vote: its denials (semantics.md 11). */
function blocksOf(policy: Policy): Policy {
  return { ...policy, rules: policy.rules.filter(({ action }) => action === 'deny') }
}

/** Semantics.md 10: the strictest default of all files. No file at all allows, as nothing is forbidden. */
function strictest(files: readonly LoadedFile[]): DefaultAction {
  return strictestOf(files.map(({ resolved }) => resolved.defaultAction)) ?? 'allow'
}
