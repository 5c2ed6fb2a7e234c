import { type Condition, CONDITIONS, type Need, type RegexCompiler } from './condition.ts'
import { type CommandGlob, compileCommandGlob } from './match/command-glob.ts'
import { keptLiterals } from './kept-literals.ts'
import type { Literals, Policy, PolicyListing, Rule, RuleTests, View } from './policy-set.ts'
import { printOf } from './own-rule.ts'
import type { PolicyEntry, RuleEntry } from './schema.ts'
import { SHORTEST } from './literal.ts'
import { type Action, type Layer, LAYERS, TOOL_CLASSES } from './types.ts'

/** Priority of a policy that names none. */
export const DEFAULT_PRIORITY = 100

const DEFAULT_WEBHOOK_MS = 5000
const LONGEST_WEBHOOK_MS = 30_000
/** An answer is about a call and what its names lead to now: it is not kept for longer. */
const LONGEST_CACHE_MS = 3_600_000

const ROWS: Readonly<Record<string, Condition>> = CONDITIONS
/** The place of each row in the table: conditions count in its order, however a rule writes them. */
const RANK: ReadonlyMap<string, number> = new Map(
  Object.keys(CONDITIONS).map((name, rank) => [name, rank]),
)

/** Semantics.md 1: what `restrictive` means everywhere. */
export function isRestrictive(action: Action): boolean {
  return action === 'deny' || action === 'webhook' || action === 'require_approval'
}

/** Compile one policy. Its schema has been checked, so nothing here can fail. */
export function compilePolicy(
  entry: PolicyEntry,
  layer: Layer,
  file: string,
  regex: RegexCompiler,
): Policy {
  const match = entry.match ?? {}
  const tools = match.tool
  return {
    name: entry.name,
    layer,
    file,
    priority: entry.priority ?? DEFAULT_PRIORITY,
    matchTool: tools === undefined ? () => true : toolMatcher(tools),
    matchIdentity: identityMatcher(match.agent, match.session),
    rules: entry.rules.map((rule, index) =>
      new CompiledRule(rule, `${entry.name}/${index + 1}`, regex)
    ),
  }
}

const CLASSES: ReadonlySet<string> = new Set(TOOL_CLASSES)

/** Nearly every subject has the name of a class and no other: what a policy says of those is kept. */
function toolMatcher(tools: readonly string[]): Policy['matchTool'] {
  let globs: readonly CommandGlob[] | undefined
  const meets = (name: string) => {
    globs ??= tools.map((source) => compileCommandGlob(source.toLowerCase()))
    const folded = name.toLowerCase()
    return globs.some((glob) => glob.test(folded))
  }
  const classes = new Map<string, boolean>()
  const ofClass = (name: string) => {
    const known = classes.get(name)
    if (known !== undefined || !CLASSES.has(name)) return known
    const met = meets(name)
    classes.set(name, met)
    return met
  }
  // Subjects share their lists of names: the list asked about last is mostly the one asked about next.
  let asked: readonly string[] | undefined
  let answer = false
  return (names) => {
    if (names === asked) return answer
    asked = names
    return answer = names.some((name) => ofClass(name) ?? meets(name))
  }
}

/** An unbound name is a claim: it may tighten, never satisfy a permissive rule (F15). */
function identityMatcher(
  agents: readonly string[] | undefined,
  sessions: readonly string[] | undefined,
): Policy['matchIdentity'] {
  const compile = (sources: readonly string[] | undefined) =>
    sources === undefined || sources.includes('*')
      ? undefined
      : sources.map((source) => compileCommandGlob(source))
  const agent = compile(agents)
  const session = compile(sessions)
  if (agent === undefined && session === undefined) return () => true
  return ({ call: { identity }, stance }: View) => {
    const trusts = (name: 'agent' | 'session') =>
      stance === 'restrictive' || identity.bound.has(name)
    const meets = (globs: typeof agent, name: 'agent' | 'session') =>
      globs === undefined || (trusts(name) && globs.some((glob) => glob.test(identity[name])))
    return meets(agent, 'agent') && meets(session, 'session')
  }
}

/** A row of the table with the value that a rule gives it. */
interface Given {
  readonly row: Condition
  readonly value: unknown
}

function givenBy({ when = {} }: RuleEntry): readonly Given[] {
  const names = Object.keys(when).filter((name) => RANK.has(name) && when[name] !== undefined)
  if (names.length > 1) names.sort((a, b) => RANK.get(a)! - RANK.get(b)!)
  return names.map((name) => ({ row: ROWS[name]!, value: when[name] }))
}

/** The rule with what the index asks of it, for who keeps it: a plain value like the rule itself. */
export function withLiterals(entry: RuleEntry): RuleEntry & KeptRule {
  const literals = literalsOf(givenBy(entry))
  if (literals === 'none') return { ...entry, literals }
  const { dimension, all } = literals
  return { ...entry, literals: { dimension, all } }
}

/** What a kept rule says beyond its file; read again it is not asked of the patterns. */
interface KeptRule {
  readonly literals?: Literals | 'none'
}

/** Most rules of a profile never meet a text that holds one of their literals: all else waits until one does. */
class CompiledRule implements Rule {
  readonly key: string
  readonly action: Action
  readonly message: string
  readonly stance: Rule['stance']
  readonly expiresAt: number | undefined
  exceptedUntil: number | undefined
  readonly once: boolean
  readonly nativeAllow: boolean
  readonly webhook: Rule['webhook']
  readonly timeoutMs: number | undefined
  readonly approvers: number | undefined
  readonly doubts: boolean
  readonly kinds: Rule['kinds']
  readonly #entry: RuleEntry & KeptRule
  readonly #regex: RegexCompiler
  #given: readonly Given[] | undefined
  #tests: RuleTests | undefined
  #literals: Literals | 'none' | undefined
  #needs: Rule['needs'] | undefined
  #spans: boolean | undefined

  constructor(entry: RuleEntry & KeptRule, key: string, regex: RegexCompiler) {
    this.key = key
    this.action = entry.action
    this.message = entry.message ?? ''
    this.stance = isRestrictive(entry.action) ? 'restrictive' : 'permissive'
    this.expiresAt = entry.expires_at
    this.exceptedUntil = undefined
    this.once = entry.once ?? false
    this.nativeAllow = entry.native_allow ?? false
    this.webhook = entry.webhook && webhookOf(entry.webhook)
    this.timeoutMs = entry.timeout
    this.approvers = entry.approvers
    this.doubts = entry.when?.['unresolved'] !== undefined
    this.kinds = entry.when?.['response_holds'] as Rule['kinds']
    this.#entry = entry
    this.#regex = regex
  }

  get #conditions(): readonly Given[] {
    return this.#given ??= givenBy(this.#entry)
  }

  get spans(): boolean {
    return this.#spans ??= this.#conditions.some(({ row }) => row.spans === true)
  }

  get needs(): Rule['needs'] {
    return this.#needs ??= needsOf(this.#entry)
  }

  tests(): RuleTests {
    return this.#tests ??= testsOf(this.#conditions, this.#regex)
  }

  literals(): Literals | 'none' {
    return this.#literals ??= this.#entry.literals === undefined
      ? literalsOf(this.#conditions)
      : keptLiterals(this.#entry.literals, () => literalsOf(this.#conditions))
  }

  commandGlobs(): readonly string[] {
    return this.#conditions.flatMap(({ row, value }) => row.commandGlobs?.(value) ?? [])
  }

  print(): string {
    return printOf(this.#entry)
  }
}

const NO_NEEDS: Rule['needs'] = []

/** Asked of every rule there is, so nothing is made for those that need nothing. */
function needsOf({ when = {} }: RuleEntry): Rule['needs'] {
  let needs: Need[] | undefined
  for (const name in when) {
    const need = when[name] === undefined || !RANK.has(name) ? undefined : ROWS[name]!.needs
    if (need !== undefined) (needs ??= []).push(need)
  }
  return needs ?? NO_NEEDS
}

function webhookOf(entry: NonNullable<RuleEntry['webhook']>): NonNullable<Rule['webhook']> {
  return {
    url: entry.url,
    timeoutMs: Math.min(entry.timeout ?? DEFAULT_WEBHOOK_MS, LONGEST_WEBHOOK_MS),
    failOpen: entry.fail_open ?? false,
    full: entry.include === 'full',
    cacheMs: Math.min(entry.cache ?? 0, LONGEST_CACHE_MS),
    allowPrivate: entry.allow_private ?? false,
  }
}

function testsOf(given: readonly Given[], regex: RegexCompiler): RuleTests {
  const conditions = given.map(({ row, value }) => row.compile(value, regex))
  return {
    command: conditions.flatMap(({ command }) => command ?? []),
    path: conditions.flatMap(({ path }) => path ?? []),
    url: conditions.flatMap(({ url }) => url ?? []),
    context: conditions.flatMap(({ context }) => context ?? []),
    response: conditions.flatMap(({ response }) => response ?? []),
  }
}

/** By how few rules each finds. */
const DIMENSIONS = ['exact', 'url', 'host', 'path', 'name', 'command', 'folded'] as const

/** All conditions must hold, so any one of them serves to find the rule; the rarest is best. */
function literalsOf(given: readonly Given[]): Literals | 'none' {
  const known = given.flatMap(({ row, value }) => row.literals?.(value) ?? [])
  const best = DIMENSIONS.flatMap((wanted) => known.filter(({ dimension }) => dimension === wanted))
  return best.find(isLong) ?? best[0] ?? 'none'
}

/** Whether the index can look all of it up. */
function isLong({ dimension, all }: Literals): boolean {
  return dimension === 'exact' || all.every((literal) => literal.length >= SHORTEST)
}

/** Semantics.md 9: by priority, then layer, then file name, then position. */
export function inOrder(policies: readonly Policy[]): Policy[] {
  return policies
    .map((policy, position) => ({ policy, position }))
    .sort((a, b) =>
      a.policy.priority - b.policy.priority ||
      LAYERS.indexOf(a.policy.layer) - LAYERS.indexOf(b.policy.layer) ||
      (a.policy.file < b.policy.file ? -1 : a.policy.file > b.policy.file ? 1 : 0) ||
      a.position - b.position
    )
    .map(({ policy }) => policy)
}

/** A policy as the listing shows it, conditions as written. */
export function listingOf(entry: PolicyEntry, layer: Layer, file: string): PolicyListing {
  return {
    name: entry.name,
    layer,
    file,
    priority: entry.priority ?? DEFAULT_PRIORITY,
    enabled: entry.enabled ?? true,
    description: entry.description ?? '',
    rules: entry.rules.map((rule, index) => ({
      key: `${entry.name}/${index + 1}`,
      action: rule.action,
      message: rule.message ?? '',
      when: rule.when ?? {},
      ...(rule.approvers === undefined ? {} : { approvers: rule.approvers }),
      ...(rule.timeout === undefined ? {} : { timeout_ms: rule.timeout }),
    })),
  }
}
