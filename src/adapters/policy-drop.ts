import type { PolicySet } from '../engine/policy-set.ts'
import { type Action, ACTIONS } from '../engine/types.ts'

/** Restrictive rules by their meaning, with the name they are told by. */
function restrictions(set: PolicySet): Map<string, string> {
  const found = new Map<string, string>()
  for (const { name, layer, enabled, rules } of set.listing) {
    if (!enabled) continue
    for (const { key, action, when } of rules) {
      if (isRestrictive(action)) found.set(JSON.stringify([layer, name, action, when]), key)
    }
  }
  return found
}

/** Restrictions of `before` that `after` no longer holds, by `policy/rule` (security.md F16). */
export function droppedRules(before: PolicySet, after: PolicySet): readonly string[] {
  const kept = restrictions(after)
  const dropped = [...restrictions(before)].filter(([meaning]) => !kept.has(meaning))
  const names = new Set(dropped.map(([, key]) => key))
  const loosened = ACTIONS.indexOf(after.defaultAction) > ACTIONS.indexOf(before.defaultAction)
  if (loosened) names.add(`default_action ${before.defaultAction}`)
  return [...names]
}

function isRestrictive(action: Action): boolean {
  return action === 'deny' || action === 'webhook' || action === 'require_approval'
}
