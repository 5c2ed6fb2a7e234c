import { textOf } from '../approval/rule-text.ts'
import { formatFault } from '../engine/fault.ts'
import { DEFAULT_ASK, isInForce, type OwnRule } from '../engine/own-rule.ts'
import { RampartError } from '../errors.ts'
import type { Grant } from '../ports.ts'
import { denialsOf, type RunDenial } from './denials.ts'
import { sha256 } from './digest.ts'
import { refused, sweepGrants } from './grant-sweep.ts'
import { ruleEntry, type RuleStep } from './grant-events.ts'
import { printOfGrant } from './grant-proof.ts'
import { recordLater, recordStrictly } from './record.ts'
import { claimOf } from './ruled.ts'
import type { Services } from './services.ts'
import { hidden } from './shown.ts'
import type { By } from './tokens.ts'

/** Most rules in the overlay: each reload reads them all. */
export const MOST_ALWAYS = 2000

/** A rule on the wire (GET /v1/rules). */
export interface ShownRule {
  readonly id: string
  readonly action: OwnRule['action']
  readonly scope: 'always' | 'session' | 'run'
  readonly tool: string | null
  readonly generalisation: OwnRule['generalisation'] | null
  readonly text: string
  readonly agent: string | null
  readonly session: string | null
  readonly run_id: string | null
  readonly principal: string | null
  readonly answers: string | null
  readonly cwd: string | null
  readonly created_at: string | null
  readonly created_by: string | null
  readonly expires_at: string | null
  readonly calls_left: number | null
  readonly once: boolean
  readonly source: 'user.yaml' | 'memory'
  readonly denial: boolean
  /** Whether it still counts: not ended, not used up, and what it answers says what it said. */
  readonly in_force: boolean
}

/** Every rule of the person's own, oldest first: those in the overlay, then those of sessions and runs. */
export async function listRules(services: Services): Promise<readonly ShownRule[]> {
  await sweepGrants(services)
  const now = services.clock.now()
  const { set } = services.policies.current()
  const kept = await services.grants.list(now)
  const denials = await denialsOf(services).list()
  return [
    ...set.own.map((rule) => shownAlways(rule, services)),
    ...kept.map(shownGrant),
    ...denials.map((denial) => shownDenial(denial, services)),
  ]
}

function shownAlways(rule: OwnRule, { policies, clock, once }: Services): ShownRule {
  const { set } = policies.current()
  const print = rule.answers === undefined ? undefined : set.printOf(rule.answers)
  const speaks = rule.action === 'block' || rule.answers === DEFAULT_ASK ||
    (print !== undefined && (rule.answers_as === undefined || rule.answers_as === print))
  const spent = rule.once === true && once.claimed(claimOf(rule))
  return {
    ...shown(rule),
    scope: 'always',
    agent: null,
    session: null,
    run_id: null,
    principal: null,
    created_at: rule.created_at ?? null,
    created_by: rule.created_by ?? null,
    expires_at: rule.expires_at ?? null,
    calls_left: rule.once === true ? (spent ? 0 : 1) : null,
    source: 'user.yaml',
    in_force: speaks && !spent && isInForce(rule, clock.now()),
  }
}

function shownGrant(grant: Grant): ShownRule {
  return {
    ...shown(grant.rule),
    scope: grant.scope,
    agent: grant.agent,
    session: grant.session,
    run_id: grant.run ?? null,
    principal: grant.principal,
    created_at: new Date(grant.createdAt).toISOString(),
    created_by: grant.createdBy,
    expires_at: new Date(grant.expiresAt).toISOString(),
    calls_left: grant.calls ?? null,
    source: 'memory',
    in_force: true,
  }
}

/** A call that a person denied: it is denied again in its run until that is taken back. */
function shownDenial({ id, approval }: RunDenial, services: Services): ShownRule {
  const { tool, params, agent, session, runId, principal, cwd, policy, rule } = approval
  const said = hidden(params, services) as Record<string, unknown>
  const { command, path, url } = said
  const named = [command, path, url].find((value) => typeof value === 'string')
  return {
    id,
    action: 'block',
    scope: 'run',
    tool,
    generalisation: 'exact',
    text: `denied before: ${typeof named === 'string' ? named : JSON.stringify(said)}`,
    agent,
    session,
    run_id: runId ?? null,
    principal,
    answers: rule ?? policy ?? null,
    cwd: cwd ?? null,
    created_at: approval.resolvedAt === undefined
      ? null
      : new Date(approval.resolvedAt).toISOString(),
    created_by: approval.resolvedBy ?? null,
    expires_at: null,
    calls_left: null,
    once: false,
    source: 'memory',
    denial: true,
    in_force: true,
  }
}

function shown(rule: OwnRule) {
  return {
    id: rule.id,
    action: rule.action,
    tool: rule.tool ?? null,
    generalisation: rule.generalisation ?? null,
    text: textOf(rule),
    answers: rule.answers ?? null,
    cwd: rule.cwd ?? rule.project ?? null,
    once: rule.once === true,
    denial: false,
  }
}

/**
 * Put rules into the overlay, in force on every path when this resolves, with their ids. The trail has
 * them first. Where they cannot come into force nothing stays of them.
 */
export async function keepAlways(
  services: Services,
  drafts: readonly OwnRule[],
  by: By,
): Promise<readonly string[]> {
  const overlay = overlayOf(services)
  const { set, faults } = services.policies.current()
  if (faults.length > 0) throw brokenPolicies(faults.map(formatFault))
  if (set.own.length + drafts.length > MOST_ALWAYS) {
    throw refused(`${MOST_ALWAYS} rules are kept already`)
  }
  const now = services.clock.now()
  const add = drafts.map((draft): OwnRule => ({
    ...draft,
    id: services.ids.next(),
    created_at: new Date(now).toISOString(),
    created_by: `${by.principal} via ${by.via}`,
  }))
  for (const rule of add) await tell('created', rule, by, services, true)
  try {
    await overlay.edit({ add, remove: endedIn(set.own, services) })
    await inForce(add, services)
  } catch (error) {
    for (const rule of add) await tell('refused', rule, by, services, false)
    throw error
  }
  return add.map(({ id }) => id)
}

/** Adopted before anybody is told so: the peer said "persisted" of rules that it never read. */
async function inForce(rules: readonly OwnRule[], services: Services): Promise<void> {
  const { set, faults } = await services.policies.reload()
  const ids = new Set(set.own.map(({ id }) => id))
  if (rules.every(({ id }) => ids.has(id))) return
  await overlayOf(services).edit({ remove: rules.map(({ id }) => id) })
  throw brokenPolicies(faults.map(formatFault))
}

/** Ended and used-up ones go when the file is written next. */
function endedIn(own: readonly OwnRule[], { clock, once }: Services): string[] {
  const now = clock.now()
  return own.filter((rule) =>
    !isInForce(rule, now) || (rule.once === true && once.claimed(claimOf(rule)))
  ).map(({ id }) => id)
}

/**
 * Take rules back, at once on every path.
 *
 * @throws RampartError `not_found` where there is none of that id
 */
export async function removeRule(services: Services, id: string, by: By): Promise<void> {
  if (await removeGrant(services, id, by) || await denialsOf(services).lift(id, by)) return
  const rule = services.policies.current().set.own.find((one) => one.id === id)
  if (rule === undefined) throw new RampartError('not_found', 'There is no such rule')
  await removeAlways(services, [rule], by)
}

/** Take back all there are; resolves with how many that were. */
export async function resetRules(services: Services, by: By): Promise<number> {
  const own = services.policies.current().set.own
  if (own.length > 0) await removeAlways(services, own, by)
  let removed = own.length
  for (const { id } of await services.grants.list(services.clock.now())) {
    if (await removeGrant(services, id, by)) removed++
  }
  return removed
}

async function removeGrant(services: Services, id: string, by: By): Promise<boolean> {
  const grant = await services.grants.remove(id)
  if (grant === undefined) return false
  const { rule, scope } = grant
  const hash = await printOfGrant(grant)
  await recordLater(ruleEntry('removed', { rule, scope, hash, grant }, by), services)
  return true
}

/** The trail first: taking back a block loosens. */
async function removeAlways(
  services: Services,
  rules: readonly OwnRule[],
  by: By,
): Promise<void> {
  for (const rule of rules) await tell('removed', rule, by, services, rule.action === 'block')
  await overlayOf(services).edit({ remove: rules.map(({ id }) => id) })
  const { set, faults } = await services.policies.reload()
  const left = new Set(set.own.map(({ id }) => id))
  if (rules.some(({ id }) => left.has(id))) throw brokenPolicies(faults.map(formatFault))
}

function overlayOf({ overlay }: Services): NonNullable<Services['overlay']> {
  if (overlay !== undefined) return overlay
  throw new RampartError('unavailable', 'Nothing can be kept for good here')
}

function brokenPolicies(faults: readonly string[]): RampartError {
  return new RampartError(
    'policy_invalid',
    'The policy files are invalid, so no change of the rules can come into force: mend them first',
    { errors: faults.map((detail) => ({ pointer: '', detail })) },
  )
}

async function tell(
  step: RuleStep,
  rule: OwnRule,
  by: By,
  services: Services,
  strictly: boolean,
): Promise<void> {
  const hash = `sha256:${await sha256(JSON.stringify(rule))}`
  const entry = ruleEntry(step, { rule, scope: 'always', hash }, by)
  await (strictly ? recordStrictly(entry, services) : recordLater(entry, services))
}
