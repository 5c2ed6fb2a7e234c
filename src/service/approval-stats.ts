import { statusAt } from '../approval/approval.ts'
import type { ApprovalOutcome } from '../ports.ts'
import type { Services } from './services.ts'

/** How often people were asked, and what they said, as it is sent. */
export interface ApprovalStats {
  /** From when on; RFC 3339. */
  readonly since: string
  readonly asked: number
  readonly answered: number
  readonly asks_per_hour: number
  readonly median_answer_ms: number | null
  readonly rules: readonly RuleStats[]
}

export interface RuleStats {
  readonly policy: string | null
  /** Null is `default_action`, or an integrator's own question. */
  readonly rule: string | null
  readonly asked: number
  readonly approved: number
  readonly denied: number
  /** Nobody answered in time, or the caller left. */
  readonly expired: number
  /** Of those that were answered; null where none was. */
  readonly share_approved: number | null
  readonly hint: string | null
}

/** Without a time: of the last week. */
const SPAN_MS = 7 * 86_400_000
/** Most questions that are counted: as many settled ones as a store keeps, and as many open ones. */
const COUNTED = 20_000
/** A rule that is answered yes so often, of at least so many times, asks for nothing. */
const SHARE = 0.95
const TIMES = 20

/** Counted from the questions that are kept; the trail has all. */
export async function approvalStats(
  { approvals, clock }: Pick<Services, 'approvals' | 'clock'>,
  since?: number,
): Promise<ApprovalStats> {
  const now = clock.now()
  const from = since ?? now - SPAN_MS
  const outcomes = await approvals.outcomes(from, COUNTED)
  const times = outcomes.flatMap((one) =>
    verdictOf(one, now) === 'approved' || verdictOf(one, now) === 'denied'
      ? [(one.resolvedAt ?? one.createdAt) - one.createdAt]
      : []
  ).sort((a, b) => a - b)
  // Who asked for longer than there is anything of is told of the time that there is.
  const first = Math.max(from, outcomes.at(-1)?.createdAt ?? from)
  const hours = Math.max((now - first) / 3_600_000, 1)
  return {
    since: new Date(from).toISOString(),
    asked: outcomes.length,
    answered: times.length,
    asks_per_hour: Math.round(outcomes.length / hours * 100) / 100,
    median_answer_ms: times[Math.floor((times.length - 1) / 2)] ?? null,
    rules: byRule(outcomes, now),
  }
}

type Verdict = 'approved' | 'denied' | 'expired' | 'open'

/** A yes that nobody used in time was a yes. */
function verdictOf(outcome: ApprovalOutcome, now: number): Verdict {
  const { status, resolvedBy } = outcome
  if (status === 'denied') return 'denied'
  if (status === 'approved' || status === 'used' || resolvedBy !== undefined) return 'approved'
  if (status === 'cancelled') return 'expired'
  return statusAt(outcome, now) === 'expired' ? 'expired' : 'open'
}

function byRule(outcomes: readonly ApprovalOutcome[], now: number): RuleStats[] {
  const rules = new Map<string, ApprovalOutcome[]>()
  for (const outcome of outcomes) {
    const key = JSON.stringify([outcome.policy, outcome.rule])
    const known = rules.get(key)
    if (known === undefined) rules.set(key, [outcome])
    else known.push(outcome)
  }
  return [...rules.values()].map((of): RuleStats => {
    const count = (verdict: Verdict) => of.filter((one) => verdictOf(one, now) === verdict).length
    const [approved, denied] = [count('approved'), count('denied')]
    const answered = approved + denied
    const share = answered === 0 ? null : approved / answered
    const { policy = null, rule = null } = of[0]!
    return {
      policy,
      rule,
      asked: of.length,
      approved,
      denied,
      expired: count('expired'),
      share_approved: share,
      hint: answered >= TIMES && share! > SHARE ? hintFor(rule, approved, answered) : null,
    }
  }).sort((a, b) => b.asked - a.asked)
}

function hintFor(rule: string | null, approved: number, answered: number): string {
  const what = rule === null ? 'What default_action asks' : `What ${rule} asks`
  return `${what} was approved ${approved} of ${answered} times: ` +
    'narrow the rule, or answer it for good with "always"'
}
