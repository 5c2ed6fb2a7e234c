import { CONDITIONS } from './condition.ts'
import type { CompiledCondition } from './condition-command.ts'
import { compileCommandGlob } from './match/command-glob.ts'
import type { Policy, PolicyListing, Rule, View } from './policy-set.ts'
import type { PolicyEntry, RuleEntry } from './schema.ts'
import { type Action, type Layer, LAYERS } from './types.ts'

/** Priority of a policy that names none. */
export const DEFAULT_PRIORITY = 100

const DEFAULT_WEBHOOK_MS = 5000
const LONGEST_WEBHOOK_MS = 30_000

const ROWS = Object.entries(CONDITIONS)

/** Semantics.md 1: what `restrictive` means everywhere. */
export function isRestrictive(action: Action): boolean {
  return action === 'deny' || action === 'webhook' || action === 'require_approval'
}

/** Compile one policy. Its schema has been checked, so nothing here can fail. */
export function compilePolicy(entry: PolicyEntry, layer: Layer, file: string): Policy {
  const match = entry.match ?? {}
  const tools = match.tool?.map((source) => compileCommandGlob(source.toLowerCase()))
  return {
    name: entry.name,
    layer,
    file,
    priority: entry.priority ?? DEFAULT_PRIORITY,
    matchTool: (names) =>
      tools === undefined ||
      tools.some((glob) => names.some((name) => glob.test(name.toLowerCase()))),
    matchIdentity: identityMatcher(match.agent, match.session),
    rules: entry.rules.map((rule, index) => compileRule(rule, `${entry.name}/${index + 1}`)),
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
  return ({ call: { identity }, stance }: View) => {
    const trusts = (name: 'agent' | 'session') =>
      stance === 'restrictive' || identity.bound.has(name)
    const meets = (globs: typeof agent, name: 'agent' | 'session') =>
      globs === undefined || (trusts(name) && globs.some((glob) => glob.test(identity[name])))
    return meets(agent, 'agent') && meets(session, 'session')
  }
}

function compileRule(entry: RuleEntry, key: string): Rule {
  const conditions = compileWhen(entry.when ?? {})
  const collect = <K extends keyof CompiledCondition>(name: K) =>
    conditions.flatMap((condition) => condition[name] ?? [])
  const indexable = collect('literals').filter(({ dimension, all }) =>
    dimension === 'exact' || all.every((literal) => literal.length >= 3)
  )
  const literals = indexable.find(({ dimension }) => dimension === 'exact') ?? indexable[0]
  return {
    key,
    action: entry.action,
    message: entry.message ?? '',
    command: collect('command'),
    path: collect('path'),
    url: collect('url'),
    context: collect('context'),
    response: collect('response'),
    spans: conditions.some((condition) => condition.spans === true),
    literals,
    stance: isRestrictive(entry.action) ? 'restrictive' : 'permissive',
    expiresAt: entry.expires_at,
    once: entry.once ?? false,
    nativeAllow: entry.native_allow ?? false,
    webhook: entry.webhook && {
      url: entry.webhook.url,
      timeoutMs: Math.min(entry.webhook.timeout ?? DEFAULT_WEBHOOK_MS, LONGEST_WEBHOOK_MS),
      failOpen: entry.webhook.fail_open ?? false,
    },
    doubts: entry.when?.['unresolved'] !== undefined,
    counts: conditions.some((condition) => condition.counts === true),
  }
}

function compileWhen(when: Readonly<Record<string, unknown>>): CompiledCondition[] {
  return ROWS.flatMap(([key, { compile }]) => when[key] === undefined ? [] : [compile(when[key])])
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
    })),
  }
}
