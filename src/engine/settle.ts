import { isRestrictive } from './compile.ts'
import type { PolicySet } from './policy-set.ts'
import {
  type Action,
  ACTIONS,
  type Call,
  type Decision,
  type TraceLine,
  type Vote,
} from './types.ts'

/** What a webhook said; `failed` falls to the rule's own `fail_open`. */
export type WebhookAnswer = 'allow' | 'deny' | 'failed'

/** Put votes together (contract.md, Evaluation 3–4). `overlay` names the rule that answers a part's default ask. */
export function conclude(
  set: PolicySet,
  call: Call,
  votes: readonly Vote[],
  trace: readonly TraceLine[],
  overlay: (part: number) => string | undefined = () => undefined,
): Decision {
  const inForce = votes.length === 0 ? votes : votes.filter((vote) => vote.answeredBy === undefined)
  const defaulted: number[] = []
  const answeredDefaults: number[] = []
  let action: Action = 'allow'
  const spoken = votes.length === 0 ? NOBODY : spokenFor(votes)
  call.subjects.forEach(({ kind }, part) => {
    if (kind !== 'part' || spoken.has(part)) return
    defaulted.push(part)
    const byDefault = set.defaultAction
    if (byDefault === 'require_approval' && overlay(part) !== undefined) {
      answeredDefaults.push(part)
      return
    }
    action = stronger(action, byDefault)
  })
  for (const vote of inForce) action = stronger(action, vote.action)
  const winner = winnerOf(inForce, action)
  return {
    action,
    winner,
    message: winner?.message || MESSAGES[action](winner?.policy),
    votes: votes.length < 2
      ? votes
      : [...votes].sort((a, b) => a.rank - b.rank || a.subject - b.subject),
    defaulted,
    answeredDefaults,
    consumes: consumed(inForce, action, winner),
    trace,
  }
}

/**
 * The decision once its webhooks have answered: each answer replaces only its own vote, then precedence
 * runs again over all votes (semantics.md 8). A vote that nobody answered is a denial.
 */
export function settle(
  set: PolicySet,
  call: Call,
  decision: Decision,
  answers: ReadonlyMap<string, WebhookAnswer>,
): Decision {
  const votes = decision.votes.flatMap((vote): Vote[] => {
    if (vote.action !== 'webhook') return [vote]
    const answer = answers.get(vote.rule)
    if (answer === 'allow') return [{ ...vote, action: 'allow' }]
    if ((answer === 'failed' || answer === undefined) && vote.webhook?.failOpen) return []
    return [{ ...vote, action: 'deny' }]
  })
  const answered = new Set(decision.answeredDefaults)
  const settled = conclude(
    set,
    call,
    votes,
    decision.trace,
    (part) => answered.has(part) ? 'overlay' : undefined,
  )
  return decision.grants === undefined ? settled : { ...settled, grants: decision.grants }
}

const NOBODY: ReadonlySet<number> = new Set()

/** Parts that a rule outside the project layer granted or restricted: they need no default. */
function spokenFor(votes: readonly Vote[]): ReadonlySet<number> {
  const parts = new Set<number>()
  for (const { subject, layer, action } of votes) {
    if (layer !== 'project' && (action === 'allow' || isRestrictive(action))) parts.add(subject)
  }
  return parts
}

function stronger(a: Action, b: Action): Action {
  return ACTIONS.indexOf(a) <= ACTIONS.indexOf(b) ? a : b
}

/** Semantics.md 9: the first by rank among the votes for the winning action. */
function winnerOf(votes: readonly Vote[], action: Action): Vote | undefined {
  let winner: Vote | undefined
  for (const vote of votes) {
    if (vote.action !== action) continue
    const before = winner === undefined || vote.rank < winner.rank ||
      (vote.rank === winner.rank && vote.subject < winner.subject)
    if (before) winner = vote
  }
  return winner
}

/** The `once` rules the answer rests on: of a refusal its winner, of a permission each part's grant. */
function consumed(votes: readonly Vote[], action: Action, winner: Vote | undefined): string[] {
  if (isRestrictive(action)) return winner?.once ? [winner.rule] : []
  if (votes.length === 0) return []
  const keys = new Set<string>()
  const granted = new Set<number>()
  for (const vote of [...votes].sort((a, b) => a.rank - b.rank)) {
    if (vote.action !== 'allow' || granted.has(vote.subject)) continue
    granted.add(vote.subject)
    if (vote.once) keys.add(vote.rule)
  }
  return [...keys]
}

const MESSAGES: Readonly<Record<Action, (policy: string | undefined) => string>> = {
  deny: (policy) => `Denied by ${named(policy)}`,
  webhook: (policy) => `A webhook of ${named(policy)} decides`,
  require_approval: (policy) =>
    `${policy === undefined ? 'The default' : `Policy "${policy}"`} asks a person`,
  log: (policy) => `Allowed and logged by ${named(policy)}`,
  allow: (policy) => policy === undefined ? 'No rule objects' : `Allowed by ${named(policy)}`,
}

function named(policy: string | undefined): string {
  return policy === undefined ? 'default_action' : `policy "${policy}"`
}
