import { isRestrictive } from './compile.ts'
import { type Ground, groundFor, reasonsFor } from './hold.ts'
import type { Policy, PolicySet, ResponseTest, Rule, Span } from './policy-set.ts'
import type { ResponseKindName } from './response-kinds.ts'
import { conclude } from './settle.ts'
import type { Call, Decision, Facts, Reason, Vote } from './types.ts'

/** Longest output that is scanned, in characters; more is denied when a rule applies. */
export const RESPONSE_LIMIT = 1 << 20

/**
 * Judge what a tool gave back (semantics.md 14). Only rules that hold a `response_*` key count, all
 * their keys ANDed, expiry honoured, no default_action; what would ask before the call denies after it.
 * Pure and total.
 */
export function evaluateResponse(
  set: PolicySet,
  call: Call,
  facts: Facts,
  text: string,
): Decision {
  // The call has already run: no part meets a default here.
  return conclude(set, { ...call, subjects: [] }, votesOn(set, call, facts, text), [])
}

/**
 * Which outputs of a call have to be judged: those with something of these kinds in them, `all`, or none. Whoever
 * leaves one out does as if it had been judged: no rule would have held. Pure and total.
 */
export function outputsRead(set: PolicySet, call: Call): 'all' | readonly ResponseKindName[] {
  const kinds = new Set<ResponseKindName>()
  if (!set.needs.response) return []
  const parts = call.subjects.filter(({ kind }) => kind === 'part')
  for (const policy of set.policies) {
    const rules = policy.rules.filter(({ needs }) => needs.includes('response'))
    if (rules.length === 0 || !parts.some(({ tools }) => policy.matchTool(tools))) continue
    for (const rule of rules) {
      if (rule.kinds === undefined) return 'all'
      for (const kind of rule.kinds) kinds.add(kind)
    }
  }
  return [...kinds]
}

function votesOn(set: PolicySet, call: Call, facts: Facts, text: string): Vote[] {
  const ground = groundFor(call, facts, set.index.globs)
  const votes: Vote[] = []
  let position = 0
  for (const policy of set.policies) {
    const vote = firstVote(ground, policy, position, text)
    if (vote !== undefined) votes.push(vote)
    position += policy.rules.length
  }
  return votes
}

/** What stands in the place of what a rule objects to. */
export const HIDDEN = '[hidden by Rampart]'

/** A policy names one rule at a time, so that what a second one objects to is found at the next look. */
const LOOKS = 32

/**
 * Texts of an output without what the rules object to, and nothing else of them changed. `whole` makes of
 * them all that the agent would see. Undefined where what is left is objected to all the same: then nothing
 * of it may be shown. Pure and total.
 */
export function hideMatches(
  set: PolicySet,
  call: Call,
  facts: Facts,
  texts: readonly string[],
  whole: (texts: readonly string[]) => string,
): readonly string[] | undefined {
  let shown = texts
  for (let look = 0; look < LOOKS; look++) {
    const text = whole(shown)
    const denies = votesOn(set, call, facts, text).filter(({ action }) => action === 'deny')
    if (denies.length === 0) return shown
    const tests = denies.flatMap(({ policy, rule }) => testsOf(set, policy, rule))
    if (tests.some((test) => isTooLong(test, text))) return undefined
    const next = shown.map((one) => without(one, tests.flatMap(({ spans }) => spans?.(one) ?? [])))
    if (next.every((one, index) => one === shown[index])) return undefined
    shown = next
  }
  return undefined
}

function testsOf(set: PolicySet, policy: string, key: string): readonly ResponseTest[] {
  const rules = set.policies.filter(({ name }) => name === policy).flatMap(({ rules }) => rules)
  // Layers may use the same names.
  return rules.filter((rule) => rule.key === key).flatMap((rule) => rule.tests().response)
}

/** The text with a mark in the place of each span; spans that meet share one. */
function without(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text
  const parts: string[] = []
  let at = 0
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (end <= at || end === start) continue
    if (start >= at && (start > at || parts.length === 0)) parts.push(text.slice(at, start), HIDDEN)
    at = end
  }
  parts.push(text.slice(at))
  return parts.join('')
}

function firstVote(
  ground: Ground,
  policy: Policy,
  base: number,
  text: string,
): Vote | undefined {
  for (const [offset, rule] of policy.rules.entries()) {
    if (!rule.needs.includes('response')) continue
    for (const [index, subject] of ground.call.subjects.entries()) {
      if (subject.kind !== 'part' || !policy.matchTool(subject.tools)) continue
      const before = reasonsFor(ground, policy, rule, subject, index)
      const after = before === null ? null : responseReasons(rule, text)
      if (before === null || after === null) continue
      return {
        action: isRestrictive(rule.action) ? 'deny' : rule.action,
        policy: policy.name,
        rule: rule.key,
        message: rule.message,
        layer: policy.layer,
        subject: index,
        reasons: [...before, ...after],
        rank: base + offset,
        once: false,
        nativeAllow: false,
      }
    }
  }
  return undefined
}

function responseReasons(rule: Rule, text: string): Reason[] | null {
  const reasons: Reason[] = []
  for (const test of rule.tests().response) {
    const reason = isTooLong(test, text) ? tooLong(rule) : test(text)
    if (reason === null) return null
    reasons.push(reason)
  }
  return reasons
}

const isTooLong = ({ limit = RESPONSE_LIMIT }: ResponseTest, text: string) => text.length > limit

function tooLong({ stance }: Rule): Reason | null {
  return stance === 'restrictive' ? `output is longer than ${RESPONSE_LIMIT} characters` : null
}
