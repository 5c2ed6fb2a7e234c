import type { AnswerScope, Approval } from '../approval/approval.ts'
import type { Via } from '../audit/event.ts'
import { milliseconds } from '../engine/duration.ts'
import type { Generalisation } from '../engine/own-rule.ts'
import { RampartError } from '../errors.ts'
import type { Grant } from '../ports.ts'
import type { Caller } from './api.ts'
import { ruleEntry } from './grant-events.ts'
import { printOfGrant } from './grant-proof.ts'
import { recordStrictly } from './record.ts'
import { type Asked, askedAbout, type Plan, plansFor } from './rule-plan.ts'
import { admittedBy, type Choice, choicesOf, refusalFor } from './rule-preview.ts'
import { refused, sweepGrants } from './grant-sweep.ts'
import { keepAlways } from './rules.ts'
import type { DecideRequest, Services } from './services.ts'
import { checkStepped } from './step-up.ts'
import type { By } from './tokens.ts'

/** What a person asks to be kept of an answer. */
export interface Wanted {
  readonly scope: AnswerScope
  readonly generalisation?: Generalisation | undefined
  /** `30m`: of a session or run, how long it holds. */
  readonly for?: string | undefined
  /** Of a session or run, how many calls it holds for, the one that was asked about among them. */
  readonly calls?: number | undefined
  /** The way the answer came; a link never keeps anything. */
  readonly channel?: string | undefined
}

/** An answer that may be kept; `keep` is called once the answer is durable. */
export interface Keeping {
  /** Resolves with the ids of what is in force from now on. */
  keep(): Promise<readonly string[]>
}

/** A grant that names no end holds so long. */
const SESSION_MS = 12 * 3_600_000
const RUN_MS = 3_600_000
const LONGEST_MS = 30 * 86_400_000
const MOST_CALLS = 1_000_000
/** Grants of one principal at once. */
const MOST_GRANTS = 10_000

/**
 * Check what an answer is to keep, before the answer counts: a refusal leaves the question open.
 * Undefined where nothing is to be kept.
 *
 * @throws RampartError `rule_refused` with the reason, `forbidden` for who may not keep it,
 * `request_invalid` for a scope that makes no sense.
 */
export async function keepAnswer(
  services: Services,
  caller: Caller,
  approval: Approval,
  wanted: Wanted,
  via: Via,
): Promise<Keeping | undefined> {
  if (wanted.scope === 'once') {
    if (
      wanted.generalisation !== undefined || wanted.for !== undefined || wanted.calls !== undefined
    ) {
      throw invalid(
        '/scope',
        'once keeps nothing: generalisation, for and calls need another scope',
      )
    }
    return undefined
  }
  checkMay(caller, wanted)
  const asked = await askedAbout(requestOf(approval), services)
  const plan = await planOf(asked, wanted.generalisation ?? 'exact', services)
  const by: By = { principal: caller.principal, via }
  if (wanted.scope === 'always') {
    if (wanted.calls !== undefined) throw invalid('/calls', 'always has no number of calls')
    const until = wanted.for === undefined ? undefined : services.clock.now() + spanOf(wanted.for)
    const rules = plan.rules.map((rule) => ({
      ...rule,
      approval: approval.id,
      ...(until === undefined ? {} : { expires_at: new Date(until).toISOString() }),
    }))
    return { keep: () => keepAlways(services, rules, by) }
  }
  const grants = grantsFor(plan, approval, wanted, by, services)
  // The call that was asked about is one of them.
  if (wanted.calls === 1) return { keep: () => Promise.resolve([]) }
  await checkRoom(grants.length, approval, services)
  return { keep: () => keepGrants(services, grants, by) }
}

/**
 * What may be kept of an approval's answer, each with what it would have met. Nothing of a question that an
 * integration asked about what is no call, such as a command line without one.
 */
export async function choicesFor(
  services: Services,
  approval: Approval,
): Promise<readonly Choice[]> {
  try {
    const asked = await askedAbout(requestOf(approval), services)
    return await choicesOf(asked, await plansFor(asked, services), services)
  } catch (error) {
    if (error instanceof RampartError && error.code === 'request_invalid') return []
    throw error
  }
}

/** The asked call once more, as a dry run. */
function requestOf(approval: Approval): DecideRequest {
  const { principal, agent, session, runId } = approval
  return {
    tool: approval.called ?? approval.tool,
    identity: { principal, agent, session, run: runId, bound: new Set() },
    params: approval.params,
    cwd: approval.cwd,
    intent: 'preview',
    via: 'local',
    explain: false,
  }
}

/** The one plan that was chosen, whole and harmless. */
async function planOf(
  asked: Asked,
  generalisation: Generalisation,
  services: Services,
): Promise<Plan> {
  if (asked.asks.length === 0) throw refused(nothingAsks(asked))
  const plan = (await plansFor(asked, services)).find((one) =>
    one.generalisation === generalisation
  )
  if (plan === undefined) throw refused(`${generalisation} says nothing of this call`)
  const reason = plan.refused ?? refusalFor(await admittedBy(asked, plan.rules, services))
  if (reason !== undefined) throw refused(reason)
  return plan
}

/** A call that nobody asks about now needs no rule, and what stops it otherwise no rule may lift. */
export function nothingAsks({ decision }: Asked): string {
  const { action, message, winner } = decision
  if (action === 'deny') {
    return `${winner?.rule ?? 'a default'} denies it, and no rule lifts a denial: ${message}`
  }
  return action === 'allow' || action === 'log'
    ? `nothing asks about it: ${message}`
    : `what asks about it is not answered for good: ${message}`
}

function checkMay(caller: Caller, { scope, channel }: Wanted): void {
  if (channel === 'link') {
    throw new RampartError('forbidden', 'An answer by a link holds once')
  }
  if (scope === 'always' && !caller.scopes.includes('admin')) {
    throw new RampartError('forbidden', 'Keeping an answer for good needs the scope admin')
  }
  if (scope === 'always') checkStepped(caller)
}

function grantsFor(
  { rules }: Plan,
  approval: Approval,
  wanted: Wanted,
  by: By,
  { clock, ids }: Services,
): Grant[] {
  const { scope, calls } = wanted
  if (scope === 'run' && approval.runId === undefined) {
    throw invalid('/scope', 'the call names no run: keep it for the session')
  }
  if (calls !== undefined && !(Number.isSafeInteger(calls) && calls > 0 && calls <= MOST_CALLS)) {
    throw invalid('/calls', `a number from 1 to ${MOST_CALLS}`)
  }
  const now = clock.now()
  const usual = scope === 'run' ? RUN_MS : SESSION_MS
  const expiresAt = now + (wanted.for === undefined ? usual : spanOf(wanted.for))
  return rules.map((rule): Grant => {
    const id = ids.next()
    return {
      id,
      scope: scope as Grant['scope'],
      rule: { ...rule, id, approval: approval.id },
      principal: approval.principal,
      agent: approval.agent,
      session: approval.session,
      ...(scope === 'run' ? { run: approval.runId } : {}),
      ...(calls === undefined ? {} : { calls: calls - 1 }),
      expiresAt,
      createdAt: now,
      createdBy: by.principal,
      eventId: ids.next(),
    }
  })
}

function spanOf(text: string): number {
  const ms = /^[1-9]\d{0,8}(ms|s|m|h|d)$/.test(text) ? milliseconds(text) : NaN
  if (ms > 0 && ms <= LONGEST_MS) return ms
  throw invalid('/for', 'a duration with its unit up to 30d, such as 30m')
}

async function checkRoom(more: number, { principal }: Approval, services: Services): Promise<void> {
  const kept = await services.grants.list(services.clock.now())
  const own = kept.filter((grant) => grant.principal === principal)
  if (own.length + more > MOST_GRANTS) throw refused(`${MOST_GRANTS} grants are kept already`)
}

/** In the trail first: a grant without its event counts for nothing (F25). */
async function keepGrants(
  services: Services,
  grants: readonly Grant[],
  by: By,
): Promise<readonly string[]> {
  await sweepGrants(services)
  for (const grant of grants) {
    const { rule, scope, eventId } = grant
    const hash = await printOfGrant(grant)
    await recordStrictly(ruleEntry('created', { rule, scope, hash, grant }, by, eventId), services)
  }
  await services.grants.add(grants)
  return grants.map(({ id }) => id)
}

function invalid(pointer: string, detail: string): RampartError {
  return new RampartError('request_invalid', `${pointer} ${detail}`, {
    errors: [{ pointer, detail }],
  })
}
