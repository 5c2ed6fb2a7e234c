import { type Condition, CONDITIONS } from './condition.ts'
import { isRestrictive } from './compile.ts'
import type { Locate } from './fault.ts'
import type { PolicyEntry, RuleEntry } from './schema.ts'
import type { ParsedFile } from './sources.ts'

/** What the adviser may say, each by its code; `warning` is almost surely a mistake, `advice` is taste. */
export const LINT_CODES = {
  'never-matches': 'warning',
  shadowed: 'warning',
  duplicate: 'warning',
  contradictory: 'warning',
  'looks-like-regex': 'warning',
  expired: 'warning',
  'too-broad': 'advice',
  'no-tests': 'advice',
  'only-allows': 'advice',
} as const
export type LintCode = keyof typeof LINT_CODES

export interface Finding {
  readonly code: LintCode
  readonly severity: 'warning' | 'advice'
  readonly line: number
  readonly col: number
  readonly message: string
}

type Say = (code: LintCode, path: readonly PropertyKey[], message: string) => void

interface Placed {
  readonly policy: PolicyEntry
  readonly rule: RuleEntry
  readonly path: readonly PropertyKey[]
  readonly key: string
}

/** What a person who reads this file with care would remark, by place. The file is known to be good. */
export function lintPolicy(file: ParsedFile, locate: Locate, now: number): readonly Finding[] {
  const findings: Finding[] = []
  const say: Say = (code, path, message) =>
    findings.push({ code, severity: LINT_CODES[code], ...locate(path), message })
  const policies = (file.policies ?? []).map((policy, at) => ({ policy, at }))
    .filter(({ policy }) => policy.enabled !== false)
  const rules = policies.flatMap(({ policy, at }) => placedRules(policy, at))
  for (const { policy, at } of policies) {
    lintShadows(policy, at, say)
    lintTools(policy, at, say)
  }
  for (const rule of rules) lintRule(rule, now, say)
  lintPairs(rules, say)
  lintFile(file, rules, say)
  return findings.sort((a, b) => a.line - b.line || a.col - b.col)
}

function placedRules(policy: PolicyEntry, at: number): Placed[] {
  return policy.rules.map((rule, index) => ({
    policy,
    rule,
    path: ['policies', at, 'rules', index],
    key: `${policy.name}/${index + 1}`,
  }))
}

/** Nothing in a policy is reached behind a rule that always holds, or behind the same conditions. */
function lintShadows(policy: PolicyEntry, at: number, say: Say): void {
  let always: number | undefined
  const seen = new Map<string, number>()
  policy.rules.forEach((rule, index) => {
    const path = ['policies', at, 'rules', index]
    const same = seen.get(whenOf(rule))
    if (always !== undefined) {
      say('shadowed', path, `never reached: rule ${always + 1} of this policy always holds`)
    } else if (same !== undefined) {
      say('shadowed', path, `never reached: rule ${same + 1} of this policy says the same`)
    }
    if (rule.once === true || rule.expires_at !== undefined || needsResponse(rule)) return
    seen.set(whenOf(rule), index)
    if (holdsAlways(rule)) always ??= index
  })
}

/** Names that agents use for tools; a policy speaks of their classes, which one table maps them to. */
const CLASSES: Readonly<Record<string, string>> = {
  bash: 'exec',
  shell: 'exec',
  sh: 'exec',
  command: 'exec',
  terminal: 'exec',
  run: 'exec',
  edit: 'write',
  delete_file: 'delete',
  remove: 'delete',
  cat: 'read',
  view: 'read',
  http: 'fetch',
  web: 'fetch',
  webfetch: 'fetch',
  browser: 'fetch',
}

function lintTools({ match }: PolicyEntry, at: number, say: Say): void {
  match?.tool?.forEach((tool, index) => {
    const name = tool.toLowerCase()
    const wanted = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined
    if (wanted === undefined) return
    say(
      'never-matches',
      ['policies', at, 'match', 'tool', index],
      `no call is of tool "${tool}": write ${wanted}`,
    )
  })
}

function lintRule(placed: Placed, now: number, say: Say): void {
  const { policy, rule, path } = placed
  if (rule.expires_at !== undefined && rule.expires_at <= now) {
    say('expired', [...path, 'expires_at'], 'this rule has expired: it holds for no call any more')
  }
  for (const [name, value] of Object.entries(rule.when ?? {})) {
    const row = (CONDITIONS as Readonly<Record<string, Condition>>)[name]
    const tool = row === undefined ? undefined : strangerTo(name, policy.match?.tool)
    if (tool !== undefined) {
      say('never-matches', [...path, 'when', name], `${name} holds for no call of ${tool}`)
    }
    if (row !== undefined && Array.isArray(value)) lintGlobs(name, row, value, placed, say)
    const { operands } = (name === 'program' ? value : {}) as { operands?: readonly string[] }
    operands?.forEach((glob, i) => lintPath(glob, [...path, 'when', name, 'operands', i], say))
  }
  const { gte = 0, lte = Infinity, eq = gte } = (rule.when?.['agent_depth'] ?? {}) as Bounds
  if (gte > lte || eq < gte || eq > lte) {
    say('never-matches', [...path, 'when', 'agent_depth'], 'no depth is within these bounds')
  }
}

interface Bounds {
  readonly gte?: number
  readonly lte?: number
  readonly eq?: number
}

/** Tools of which every call lacks what a condition looks at. */
const LACKS: readonly (readonly [condition: RegExp, tools: readonly string[]])[] = [
  [/^(?:command_|program$|unresolved$|env_assigns$)/, ['read', 'write', 'delete', 'fetch']],
  [/^path_/, ['fetch']],
  [/^(?:domain|url)_/, ['read', 'write', 'delete']],
]

function strangerTo(name: string, tools: readonly string[] | undefined): string | undefined {
  const lacking = LACKS.find(([condition]) => condition.test(name))?.[1]
  if (tools === undefined || lacking === undefined) return undefined
  return tools.every((tool) => lacking.includes(tool)) ? tools.join(', ') : undefined
}

/** `.*` but behind a word, `\d`, `^…$`, `(a|b)` and `{a,b}` mean themselves in a glob. */
const REGEX = /(?<!\w)\.[*+]|\\[dswb]|^\^|[^\\]\$$|\([^)]*\|[^)]*\)|\{[^{},\s]*,[^{}\s]*\}/

function lintGlobs(
  name: string,
  { shape }: Condition,
  values: readonly unknown[],
  { rule, path }: Placed,
  say: Say,
): void {
  if (shape !== 'command_globs' && shape !== 'url_globs' && shape !== 'path_globs') return
  values.forEach((value, index) => {
    if (typeof value !== 'string') return
    const place = [...path, 'when', name, index]
    if (shape !== 'path_globs' && REGEX.test(value) && !/[;&]|\|\||\$\(/.test(value)) {
      const like = value.includes('{')
        ? 'braces mean themselves in it'
        : 'this reads like a regular expression'
      say('looks-like-regex', place, `"${value}" is a glob: ${like}`)
    }
    if (shape === 'path_globs') lintPath(value, place, say)
    const broad = /^(?:\*+|\*\*\/\*+|\/\*\*)$/.test(value) && !name.includes('_not_')
    if (broad) say('too-broad', place, `"${value}" ${rule.action}s whatever there is`)
  })
}

/** A path glob that begins with a name, or with `./`, meets no path that begins at the root. */
function lintPath(glob: string, place: readonly PropertyKey[], say: Say): void {
  if (!/^(?:\.{1,2}\/|[\w.][\w.-]*(?:\/|$))/.test(glob)) return
  const better = `**/${glob.replace(/^(?:\.{1,2}\/)+/, '')}`
  say(
    'never-matches',
    place,
    `paths begin at the root: "${glob}" meets none of them, "${better}" does`,
  )
}

/** Rules of different policies that ask the same of the same calls. */
function lintPairs(rules: readonly Placed[], say: Say): void {
  const seen = new Map<string, Placed>()
  for (const placed of rules) {
    const { policy, rule, path } = placed
    const id = JSON.stringify([policy.match ?? {}, whenOf(rule), rule.expires_at, rule.once])
    const first = seen.get(id)
    if (first === undefined) seen.set(id, placed)
    else if (first.policy === policy) continue
    else if (first.rule.action === rule.action) {
      say('duplicate', path, `says what ${first.key} says already`)
    } else if (isRestrictive(first.rule.action) !== isRestrictive(rule.action)) {
      say('contradictory', path, `${rule.action}s what ${first.key} ${first.rule.action}s`)
    }
  }
}

function lintFile(file: ParsedFile, rules: readonly Placed[], say: Say): void {
  const restrictive = rules.some(({ rule }) => isRestrictive(rule.action))
  if (restrictive && (file.tests ?? []).length === 0) {
    say(
      'no-tests',
      ['policies'],
      'no tests: say with `tests:` what must be stopped and what must pass',
    )
  }
  const allows = rules.length > 0 && rules.every(({ rule }) => rule.action === 'allow')
  if (allows && file.default_action === 'allow' && file.extends === undefined) {
    say('only-allows', ['default_action'], 'everything is allowed: nothing here denies or asks')
  }
}

function whenOf(rule: RuleEntry): string {
  return JSON.stringify(rule.when ?? {})
}

function holdsAlways({ when = {} }: RuleEntry): boolean {
  return Object.keys(when).every((key) => key === 'default')
}

/** Judged after the call: it stands in nobody's way before. */
function needsResponse({ when = {} }: RuleEntry): boolean {
  return Object.keys(when).some((key) => key.startsWith('response_'))
}
