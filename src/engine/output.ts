import { isRestrictive } from './compile.ts'
import { type Ground, groundFor, reasonsFor } from './hold.ts'
import type { Policy, PolicySet, Rule } from './policy-set.ts'
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
  const ground = groundFor(call, facts, set.index.globs)
  const votes: Vote[] = []
  let position = 0
  for (const policy of set.policies) {
    const vote = firstVote(ground, policy, position, text)
    if (vote !== undefined) votes.push(vote)
    position += policy.rules.length
  }
  // The call has already run: no part meets a default here.
  return conclude(set, { ...call, subjects: [] }, votes, [])
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
  if (text.length > RESPONSE_LIMIT) {
    return rule.stance === 'restrictive'
      ? [`output is longer than ${RESPONSE_LIMIT} characters`]
      : null
  }
  const reasons: Reason[] = []
  for (const test of rule.tests().response) {
    const reason = test(text)
    if (reason === null) return null
    reasons.push(reason)
  }
  return reasons
}
