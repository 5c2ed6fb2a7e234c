import { compilePolicy, inOrder, listingOf, withLiterals } from './compile.ts'
import type { RegexCompiler } from './condition.ts'
import { indexRules } from './index-rules.ts'
import { type Locate, type Parsed, sortFaults } from './fault.ts'
import { projectFaults } from './layer.ts'
import type { Notify, Policy, PolicyListing, PolicySet } from './policy-set.ts'
import type { PolicyEntry, PolicyFile } from './schema.ts'
import { type Action, ACTIONS, type DefaultAction, type Fault, type Layer } from './types.ts'

/** One policy file as it was read, with the layer its place gives it. */
export interface PolicyText {
  readonly file: string
  readonly layer: Layer | 'overlay'
  readonly text: string
}

export interface LoadOptions {
  /** Built-in profiles by name, for `extends`. */
  readonly builtins: Readonly<Record<string, string>>
  /** `sha256:…` of the given texts; handed in because the engine has no platform. */
  readonly hash: (texts: readonly string[]) => string
  /** The text of a file beside the extending one, by base name, or undefined. */
  readonly beside?: (file: string, name: string) => { file: string; text: string } | undefined
  /** Where texts that were read before are remembered (security.md F26). */
  readonly parses?: ParseStore | undefined
  /** Reads a text that is not remembered; absent where the reader is not loaded yet. */
  readonly parse?: ((source: PolicyText) => Parsed<ParsedFile>) | undefined
  /** Compiles regular expressions; absent where their engine is not loaded yet. */
  readonly regex?: RegexCompiler | undefined
}

/** Thrown when a text must be read, or a regular expression compiled, and nobody is there who can. */
export class NoReader extends Error {}

function unread(source: string): never {
  throw new NoReader(source)
}

/** What files say, by their layer and text: reading YAML is most of the time that loading takes. */
export interface ParseStore {
  get(source: PolicyText): ParsedFile | undefined
  set(source: PolicyText, file: ParsedFile): void
}

/** A file after `extends`: what it says, and where each policy came from. */
interface Resolved {
  readonly defaultAction?: DefaultAction | undefined
  readonly notify: readonly Notify[]
  readonly policies: readonly {
    readonly entry: PolicyEntry
    readonly file: string
    readonly place: ReturnType<Locate>
  }[]
}

/** What one file says, checked. */
export type ParsedFile = {
  readonly [K in keyof Omit<PolicyFile, 'version'>]?: PolicyFile[K] | undefined
}

/** Longest chain of `extends`. */
const EXTENDS_DEPTH = 8

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

function resolve(
  source: PolicyText,
  options: LoadOptions,
  faults: Fault[],
  chain: readonly string[],
  texts: string[],
): Resolved {
  const parsed = parseOnce(source, options)
  if ('faults' in parsed) {
    faults.push(...parsed.faults)
    return { notify: [], policies: [] }
  }
  const { value: file, locate } = parsed
  if (source.layer === 'project') faults.push(...projectFaults(source, file, locate))
  const base = file.extends === undefined
    ? undefined
    : baseOf({ source, name: file.extends, ...locate(['extends']) }, options, faults, chain, texts)
  const own = (file.policies ?? []).map((entry, i) => ({
    entry,
    file: source.file,
    place: locate(['policies', i, 'name']),
  }))
  return {
    defaultAction: file.default_action ?? base?.defaultAction,
    notify: [
      ...(base?.notify ?? []),
      ...(file.notify ?? []).map((entry) => ({
        url: entry.url,
        platform: entry.platform ?? 'auto',
        on: (entry.on ?? ['deny', 'require_approval']).map((word): Action =>
          word === 'watch' ? 'log' : word === 'ask' ? 'require_approval' : word
        ),
      })),
    ],
    policies: replaceByName(base?.policies ?? [], own),
  }
}

/** Read a text, or remember what it said. */
function parseOnce(source: PolicyText, { parses, parse }: LoadOptions): Parsed<ParsedFile> {
  const known = parses?.get(source)
  if (known !== undefined) return { value: known, locate: () => ({ line: 1, col: 1 }) }
  if (parse === undefined) throw new NoReader(source.file)
  const parsed = parse(source)
  if ('value' in parsed) parses?.set(source, forKeeping(parsed.value))
  return parsed
}

function forKeeping(file: ParsedFile): ParsedFile {
  const policies = file.policies?.map((policy) => ({
    ...policy,
    rules: policy.rules.map(withLiterals),
  }))
  return { ...file, policies }
}

/** An `extends` and where it stands. */
interface Extension {
  readonly source: PolicyText
  readonly name: string
  readonly line: number
  readonly col: number
}

/** The file that `extends` names: a built-in profile, or a file beside this one (not for a project). */
function baseOf(
  { source, name, line, col }: Extension,
  options: LoadOptions,
  faults: Fault[],
  chain: readonly string[],
  texts: string[],
): Resolved | undefined {
  const fault = (message: string) => {
    faults.push({ file: source.file, line, col, message: `extends "${name}": ${message}` })
    return undefined
  }
  if (/[\\/]/.test(name) || name.startsWith('.')) return fault('a base name is expected')
  const builtin = Object.hasOwn(options.builtins, name) ? options.builtins[name] : undefined
  const found = builtin !== undefined
    ? { file: `builtin:${name}`, text: builtin }
    : source.layer === 'project'
    ? undefined
    : options.beside?.(source.file, name)
  if (found === undefined) return fault('no built-in profile and no file beside this one')
  if (chain.includes(found.file)) return fault('the files extend each other')
  if (chain.length >= EXTENDS_DEPTH) return fault(`longer than ${EXTENDS_DEPTH} files`)
  texts.push(`extends\0${found.file}\0${found.text}`)
  const layer = source.layer === 'project' ? 'user' : source.layer
  return resolve({ ...found, layer }, options, faults, [...chain, found.file], texts)
}

/** The same name replaces the whole policy, in place (semantics.md 12). */
function replaceByName(
  base: Resolved['policies'],
  own: Resolved['policies'],
): Resolved['policies'] {
  const mine = new Map(own.map((policy) => [policy.entry.name, policy]))
  const replaced = base.map((policy) => mine.get(policy.entry.name) ?? policy)
  const names = new Set(base.map(({ entry }) => entry.name))
  return [...replaced, ...own.filter(({ entry }) => !names.has(entry.name))]
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
  const given = files.map(({ resolved }) => resolved.defaultAction).filter((d) => d !== undefined)
  return ACTIONS.find((action): action is DefaultAction =>
    action !== 'webhook' && given.includes(action)
  ) ?? 'allow'
}
