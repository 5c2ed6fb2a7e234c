import { textOf } from '../approval/rule-text.ts'
import type { OwnRule } from '../engine/own-rule.ts'
import type { Call, Json } from '../engine/types.ts'
import type { Grant } from '../ports.ts'
import type { Entry } from './record.ts'
import { recordLater } from './record.ts'
import type { Services } from './services.ts'
import type { By } from './tokens.ts'

/** Words of the trail for what became of a rule of the person's. */
export type RuleStep = 'created' | 'removed' | 'expired' | 'used_up' | 'refused'

/** What an event says of the rule it is about. */
export interface RuleTold {
  readonly rule: OwnRule
  readonly scope: 'always' | 'session' | 'run'
  /** Over its content. */
  readonly hash: string
  readonly grant?: Grant | undefined
}

/** The event of one step of a rule. */
export function ruleEntry(
  step: RuleStep,
  { rule, scope, hash, grant }: RuleTold,
  by: By,
  id?: string,
): Entry {
  const request: Record<string, Json> = {
    rule: rule.id,
    rule_action: rule.action,
    scope,
    text: textOf(rule),
    hash,
    answers: rule.answers ?? null,
    expires_at: grant === undefined
      ? rule.expires_at ?? null
      : new Date(grant.expiresAt).toISOString(),
    ...(grant?.calls === undefined ? {} : { calls: grant.calls }),
    ...(rule.once === true ? { once: true } : {}),
    ...(rule.reason === undefined ? {} : { reason: rule.reason }),
  }
  return {
    id,
    kind: 'rule',
    tool: rule.tool,
    agent: grant?.agent,
    session: grant?.session,
    runId: grant?.run,
    request,
    decision: { action: step, eval_us: 0 },
    principal: by.principal,
    via: by.via,
    ...(rule.approval === undefined ? {} : { links: [rule.approval] }),
  }
}

const RAMPART: By = { principal: 'rampart', via: 'local' }

/** Say that this call was the last one of these grants. */
export async function tellUsedUp(
  ids: readonly string[],
  { identity }: Call,
  services: Services,
): Promise<void> {
  for (const id of ids) {
    await recordLater({
      kind: 'rule',
      agent: identity.agent,
      session: identity.session,
      runId: identity.run,
      request: { rule: id },
      decision: { action: 'used_up', eval_us: 0 },
      ...RAMPART,
    }, services)
  }
}
