import { keysOf } from '../approval/rule-keys.ts'
import { ownIndexOf, pathsFor } from '../approval/rule-index.ts'
import { type Allow, type Ask, asksOf, settleOwn, speaksOf } from '../approval/rule-layer.ts'
import { allows, blocks, type RuleGround } from '../approval/rule-match.ts'
import { isInForce, type OwnRule } from '../engine/own-rule.ts'
import type { PolicySet } from '../engine/policy-set.ts'
import type { Call, Decision, Facts } from '../engine/types.ts'
import type { Grant } from '../ports.ts'
import { sha256 } from './digest.ts'
import { isKept } from './grant-proof.ts'
import type { Services } from './services.ts'

/** A call as the policies alone judge it. */
export interface Plain {
  readonly call: Call
  readonly set: PolicySet
  readonly facts: Facts
  readonly decision: Decision
}

export interface RuledOptions {
  /** The call has run: what it used up still holds for its output. */
  readonly past?: boolean | undefined
  /** Rules that another call was faster to claim. */
  readonly without?: ReadonlySet<string> | undefined
  /** Rules that are only tried out. */
  readonly also?: readonly Allow[] | undefined
}

type Needed = Pick<Services, 'facts' | 'grants' | 'audit' | 'approvals' | 'clock' | 'log'>

/**
 * The decision once the rules of the person's own have spoken (security.md F17). Every path ends here:
 * HTTP, `rampart test`, preflight, explain. What cannot be gathered answers nothing.
 */
export async function ruled(
  plain: Plain,
  services: Needed,
  options: RuledOptions = {},
): Promise<Decision> {
  const { call, set, facts, decision } = plain
  const index = ownIndexOf(set)
  const open = decision.action === 'require_approval' || decision.action === 'webhook'
  const asks = open ? asksOf(set, call, decision) : []
  const wanted = asks.length === 0 ? [] : await candidatesFor(plain, asks, services, options)
  if (wanted.length === 0 && !index.hasBlocks) return decision
  const ground = await groundOf(call, facts, wanted.map(({ rule }) => rule), services)
  const blocked = index.hasBlocks ? blockedIn(ground, plain) : []
  const answered = new Map<Ask, Allow>()
  for (const ask of asks) {
    const found = wanted.find(({ rule }) =>
      speaksOf(rule, ask) &&
      (allows(rule, ground, ask.subject) || (ask.of !== undefined && allows(rule, ground, ask.of)))
    )
    if (found !== undefined) answered.set(ask, found)
  }
  return settleOwn(set, call, decision, answered, blocked)
}

function blockedIn(
  ground: RuleGround,
  { call, set, facts }: Plain,
): { rule: OwnRule; subject: number }[] {
  const index = ownIndexOf(set)
  return call.subjects.flatMap((subject, at) =>
    index.blocks(ground, subject)
      .filter((rule) => isInForce(rule, facts.now) && blocks(rule, ground, at))
      .map((rule) => ({ rule, subject: at }))
  )
}

/** Rules that may answer one of the asks: those of this session or run first, for they are narrower. */
async function candidatesFor(
  { call, set, facts }: Plain,
  asks: readonly Ask[],
  services: Needed,
  { past = false, without, also = [] }: RuledOptions,
): Promise<readonly Allow[]> {
  const subjects = new Set(
    asks.flatMap(({ subject, of }) => of === undefined ? subject : [subject, of]),
  )
  const keys = [...new Set([...subjects].flatMap((at) => keysOf(call, call.subjects[at]!)))]
  const kept = await keptFor(call, keys, facts.now, past, services)
  const always = ownIndexOf(set).allows(keys).filter((rule) =>
    isInForce(rule, facts.now) && (past || rule.once !== true || !facts.claimed(claimOf(rule)))
  )
  return [
    ...also,
    ...kept,
    ...always.map((rule): Allow => ({ rule, scope: 'always' })),
  ].filter(({ rule }) => without?.has(rule.id) !== true && asks.some((ask) => speaksOf(rule, ask)))
}

/** The key under which a rule for one call is claimed. */
export function claimOf({ id }: { readonly id: string }): string {
  return `rule ${id}`
}

async function keptFor(
  { identity }: Call,
  keys: readonly string[],
  now: number,
  past: boolean,
  services: Needed,
): Promise<readonly Allow[]> {
  let found: readonly Grant[]
  try {
    found = services.grants.find(identity, keys, now, past)
  } catch (error) {
    services.log.error('Cannot read the grants of a session', error)
    return []
  }
  const own = found.filter(({ run }) => run === undefined || run === identity.run)
  const proved: Allow[] = []
  for (const grant of own) {
    if (await isKept(grant, services)) proved.push({ rule: grant.rule, scope: grant.scope })
  }
  return proved
}

/** What the rules look at beyond the call: names of paths, and texts of the files that would run. */
export async function groundOf(
  call: Call,
  facts: Facts,
  rules: readonly OwnRule[],
  { facts: reader, log }: Pick<Services, 'facts' | 'log'>,
): Promise<RuleGround> {
  const scripts = new Set(rules.flatMap(({ scripts = {} }) => Object.keys(scripts)))
  const unnamed = pathsFor(call).filter((path) => facts.namesOf(path) === undefined)
  const [texts, names] = await Promise.all([
    scripts.size === 0 ? new Map<string, string>() : hashesOf([...scripts], reader, log),
    unnamed.length === 0
      ? new Map<string, readonly string[]>()
      : reader.namesOf(unnamed).catch(() => new Map<string, readonly string[]>()),
  ])
  return {
    call,
    namesOf: (path) => facts.namesOf(path) ?? names.get(path),
    scriptOf: (path) => texts.get(path) ?? 'none',
  }
}

/** `sha256:…` of each file that can be read. */
export async function hashesOf(
  paths: readonly string[],
  reader: Services['facts'],
  log: Services['log'],
): Promise<Map<string, string>> {
  try {
    const texts = await reader.scriptsOf(paths)
    const hashes = await Promise.all(
      [...texts].map(async ([path, text]) => [path, `sha256:${await sha256(text)}`] as const),
    )
    return new Map(hashes)
  } catch (error) {
    log.error('Cannot read the scripts of a call', error)
    return new Map()
  }
}
