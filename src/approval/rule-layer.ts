import { DEFAULT_ASK, type OwnRule } from '../engine/own-rule.ts'
import type { PolicySet } from '../engine/policy-set.ts'
import { conclude } from '../engine/settle.ts'
import type { Call, Decision, GrantUse, TraceLine, Vote } from '../engine/types.ts'
import { textOf } from './rule-text.ts'

/** Where the person's own rules stand in answers, audit and traces. */
export const OWN_POLICY = 'user.yaml'

/** An ask of the user layer that nothing has answered: the only thing a grant may answer (F17). */
export interface Ask {
  readonly subject: number
  /** The part it belongs to, where it asks about an effect. */
  readonly of?: number | undefined
  /** `policy/rule`, or `default_action`. */
  readonly answers: string
  /** What the rule says, in short. */
  readonly print?: string | undefined
  readonly vote?: Vote | undefined
}

/** A rule that answers: of the overlay (`always`), or kept for a session or a run. */
export interface Allow {
  readonly rule: OwnRule
  readonly scope: GrantUse['scope']
}

/**
 * The asks that a person may answer for good: of rules in the user layer, the built-in profile among
 * them, and of a default that the user layer gives. Never a denial, a webhook, or a vote of
 * self-protection, a managed policy or a project.
 */
export function asksOf(set: PolicySet, call: Call, decision: Decision): Ask[] {
  const asks: Ask[] = []
  for (const vote of decision.votes) {
    const { action, layer, answeredBy, subject, rule, approvers = 1 } = vote
    // What several people must say yes to, no one person answers for good.
    if (action !== 'require_approval' || layer !== 'user' || approvers > 1) continue
    if (answeredBy !== undefined) continue
    const { of } = call.subjects[subject] ?? {}
    asks.push({ subject, of, answers: rule, print: set.printOf(rule), vote })
  }
  if (set.defaultAction !== 'require_approval' || !set.defaultIsOwn) return asks
  for (const subject of decision.defaulted) {
    if (decision.answeredDefaults.includes(subject)) continue
    asks.push({ subject, answers: DEFAULT_ASK })
  }
  return asks
}

/** Whether a rule speaks of this ask at all: of the rule as it was when the answer was given. */
export function speaksOf({ action, answers, answers_as }: OwnRule, ask: Ask): boolean {
  return action === 'allow' && answers === ask.answers &&
    (answers_as === undefined || answers_as === ask.print)
}

/**
 * The decision once the person's own rules have spoken: blocks are denials of the user layer, an allow
 * takes back the one ask it answers. Everything else stays, and precedence runs again, so the result is
 * never weaker than the votes that nobody may answer (security.md F17).
 */
export function settleOwn(
  set: PolicySet,
  call: Call,
  decision: Decision,
  answered: ReadonlyMap<Ask, Allow>,
  blocked: readonly { readonly rule: OwnRule; readonly subject: number }[],
): Decision {
  if (answered.size === 0 && blocked.length === 0) return decision
  const byVote = new Map<Vote, Allow>()
  const defaults = new Set(decision.answeredDefaults)
  for (const [ask, allow] of answered) {
    if (ask.vote !== undefined) byVote.set(ask.vote, allow)
    else defaults.add(ask.subject)
  }
  const votes = decision.votes.map((vote) => {
    const allow = byVote.get(vote)
    return allow === undefined ? vote : { ...vote, answeredBy: allow.rule.id }
  })
  const rank = set.index.flat.length
  votes.push(...blocked.map(({ rule, subject }, at) => blockVote(rule, subject, rank + at)))
  const trace = [
    ...decision.trace,
    ...[...answered].map(([ask, allow]) => answerLine(ask, allow)),
    ...blocked.map(({ rule, subject }) => blockLine(rule, subject)),
  ]
  const settled = conclude(set, call, votes, trace, (part) => defaults.has(part) ? '' : undefined)
  const grants = [
    ...new Map([...answered.values()].map((allow) => [allow.rule.id, allow])).values(),
  ]
  return named({ ...settled, grants: grants.map(useOf) }, answered)
}

function useOf({ rule, scope }: Allow): GrantUse {
  return { id: rule.id, scope, once: rule.once === true }
}

/** A permission that rests on grants says so, and names the rule whose ask the first of them answered. */
function named(decision: Decision, answered: ReadonlyMap<Ask, Allow>): Decision {
  const { action, winner } = decision
  const [first] = answered
  if (first === undefined || (action !== 'allow' && action !== 'log')) return decision
  const [{ vote }, allow] = first
  const others = decision.grants!.length - 1
  const more = others === 0 ? '' : ` and ${others} more`
  return {
    ...decision,
    winner: winner ?? (vote === undefined ? undefined : { ...vote, action, once: false }),
    message: `${sayingOf(allow)}${more} (${winner?.message || 'no other rule objects'})`,
  }
}

const SCOPES = { always: 'always', session: 'for this session', run: 'for this run' } as const

/** How an answer says which grant it rests on. */
export function sayingOf({ rule, scope }: Allow): string {
  return `Your rule ${rule.id} allows ${SCOPES[scope]} what ${rule.answers} asks about`
}

function blockVote(rule: OwnRule, subject: number, rank: number): Vote {
  return {
    action: 'deny',
    policy: OWN_POLICY,
    rule: rule.id,
    message: `Your rule ${rule.id} blocks it${rule.reason === undefined ? '' : `: ${rule.reason}`}`,
    layer: 'user',
    subject,
    reasons: [textOf(rule)],
    rank,
    once: false,
    nativeAllow: false,
  }
}

function answerLine({ subject, answers }: Ask, { rule, scope }: Allow): TraceLine {
  const reasons = [`answers ${answers} (${SCOPES[scope]})`, textOf(rule)]
  return { subject, policy: OWN_POLICY, rule: rule.id, action: 'allow', held: true, reasons }
}

function blockLine(rule: OwnRule, subject: number): TraceLine {
  const reasons = [textOf(rule)]
  return { subject, policy: OWN_POLICY, rule: rule.id, action: 'deny', held: true, reasons }
}
