import { withLiterals } from './compile.ts'
import type { Locate, Parsed } from './fault.ts'
import { projectFaults } from './layer.ts'
import type { OwnRule } from './own-rule.ts'
import type { Notify } from './policy-set.ts'
import type { PolicyEntry } from './schema.ts'
import { type LoadOptions, NoReader, type ParsedFile, type PolicyText } from './sources.ts'
import { type Action, ACTIONS, type DefaultAction, type Fault, type NoApprover } from './types.ts'

/** A file after `extends`: what it says, and where each policy came from. */
export interface Resolved {
  readonly defaultAction?: DefaultAction | undefined
  readonly onNoApprover?: NoApprover | undefined
  readonly notify: readonly Notify[]
  /** The person's own. */
  readonly rules?: readonly OwnRule[] | undefined
  readonly policies: readonly {
    readonly entry: PolicyEntry
    readonly file: string
    readonly place: ReturnType<Locate>
  }[]
}

/** Longest chain of `extends`. */
const EXTENDS_DEPTH = 8
/** Most files that are read, each as often as it is extended: lists multiply. */
const EXTENDS_FILES = 512

/** What a text says, with everything it extends; its faults are added to `faults`. */
export function resolve(
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
  const base = basesOf({ source, file, locate }, options, faults, chain, texts)
  const own = (file.policies ?? []).map((entry, i) => ({
    entry,
    file: source.file,
    place: locate(['policies', i, 'name']),
  }))
  return {
    defaultAction: file.default_action ?? base.defaultAction,
    onNoApprover: file.on_no_approver ?? base.onNoApprover,
    notify: [
      ...base.notify,
      ...(file.notify ?? []).map((entry) => ({
        url: entry.url,
        platform: entry.platform ?? 'auto',
        on: (entry.on ?? ['deny', 'require_approval']).map((word): Action =>
          word === 'watch' ? 'log' : word === 'ask' ? 'require_approval' : word
        ),
      })),
    ],
    rules: file.rules,
    policies: replaceByName(base.policies, own),
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

/** What a file inherits: of several files the later one replaces policies of the earlier ones. */
function basesOf(
  { source, file, locate }: Pick<Extension, 'source'> & { file: ParsedFile; locate: Locate },
  options: LoadOptions,
  faults: Fault[],
  chain: readonly string[],
  texts: string[],
): Resolved {
  const bases = (file.extends ?? []).flatMap((name, i) => {
    const place = locate(['extends', i])
    return baseOf({ source, name, ...place }, options, faults, chain, texts) ?? []
  })
  return {
    defaultAction: strictestOf(bases.map(({ defaultAction }) => defaultAction)),
    onNoApprover: denyFirst(bases.map(({ onNoApprover }) => onNoApprover)),
    notify: bases.flatMap(({ notify }) => notify),
    policies: bases.reduce<Resolved['policies']>(
      (sum, { policies }) => replaceByName(sum, policies),
      [],
    ),
  }
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
  if (texts.length >= EXTENDS_FILES) return fault(`more than ${EXTENDS_FILES} files in all`)
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

/** The strictest of those that are given. */
export function strictestOf(
  given: readonly (DefaultAction | undefined)[],
): DefaultAction | undefined {
  return ACTIONS.find((action): action is DefaultAction =>
    action !== 'webhook' && given.includes(action)
  )
}

/** Of what several files say of an ask that nobody would answer, the stricter. */
export function denyFirst(given: readonly (NoApprover | undefined)[]): NoApprover | undefined {
  return given.includes('deny') ? 'deny' : given.includes('wait') ? 'wait' : undefined
}
