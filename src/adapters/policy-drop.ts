import type { PolicySet } from '../engine/policy-set.ts'
import { type Action, ACTIONS } from '../engine/types.ts'

/** What is told of a restrictive rule: its name, and how many people must say yes. */
interface Restriction {
  readonly key: string
  readonly people: number
}

/** Restrictive rules by their meaning. */
function restrictions(set: PolicySet): Map<string, Restriction> {
  const found = new Map<string, Restriction>()
  for (const { name, layer, enabled, rules } of set.listing) {
    if (!enabled) continue
    for (const { key, action, when, approvers = 1 } of rules) {
      if (!isRestrictive(action)) continue
      const meaning = JSON.stringify([layer, name, action, when])
      const people = Math.max(approvers, found.get(meaning)?.people ?? 0)
      found.set(meaning, { key, people })
    }
  }
  return found
}

/**
 * Restrictions of `before` that `after` no longer holds, or with fewer people, by `policy/rule`
 * (security.md F16).
 */
export function droppedRules(before: PolicySet, after: PolicySet): readonly string[] {
  const kept = restrictions(after)
  const dropped = [...restrictions(before)].filter(([meaning, { people }]) =>
    (kept.get(meaning)?.people ?? 0) < people
  )
  const names = new Set(dropped.map(([, { key }]) => key))
  const loosened = ACTIONS.indexOf(after.defaultAction) > ACTIONS.indexOf(before.defaultAction)
  if (loosened) names.add(`default_action ${before.defaultAction}`)
  return [...names]
}

function isRestrictive(action: Action): boolean {
  return action === 'deny' || action === 'webhook' || action === 'require_approval'
}
