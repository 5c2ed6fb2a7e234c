import type { NoApprover } from '../engine/types.ts'
import type { Judged } from './judge.ts'
import type { Settings } from './services.ts'

/** On what terms a person is asked. */
export interface Terms {
  /** People who must say yes. */
  readonly approvers: number
  readonly timeoutMs: number
}

/**
 * One approval per call: the largest quorum and the shortest time of all that asks (semantics.md 27). A
 * rule without a time of its own, and `default_action`, give what the server gives.
 */
export function termsOf(
  { decision, set }: Pick<Judged, 'decision' | 'set'>,
  { approvalTimeoutMs }: Pick<Settings, 'approvalTimeoutMs'>,
): Terms {
  const asks = decision.votes.filter(({ action, answeredBy }) =>
    action === 'require_approval' && answeredBy === undefined
  )
  const defaults = set.defaultAction === 'require_approval' &&
    decision.defaulted.length > decision.answeredDefaults.length
  const times = asks.map(({ timeoutMs }) => timeoutMs ?? approvalTimeoutMs)
  if (defaults || times.length === 0) times.push(approvalTimeoutMs)
  return {
    approvers: Math.max(1, ...asks.map(({ approvers }) => approvers ?? 1)),
    timeoutMs: Math.min(...times),
  }
}

/** Whether an ask waits or is denied: as the configuration says, else as the policies do, else it waits. */
export function onNoApprover(
  { set }: Pick<Judged, 'set'>,
  { onNoApprover: configured }: Pick<Settings, 'onNoApprover'>,
): NoApprover {
  return configured ?? set.onNoApprover ?? 'wait'
}
