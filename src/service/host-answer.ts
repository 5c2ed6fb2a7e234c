import { hideMatches } from '../engine/output.ts'
import type { Judged } from './judge.ts'
import type { Answer, DecideRequest, Held, Outcome, Screen, Services } from './services.ts'
import { tell } from './tell.ts'

/**
 * A question that waits for the host's word on who puts it. Nothing is recorded of it yet: exactly one of
 * its three ways is to be taken, and each writes the call's one event.
 */
export function heldQuestion(
  judged: Judged,
  request: DecideRequest,
  services: Services,
  queue: (waitMs: number) => Promise<Outcome>,
): Held {
  const { decision } = judged
  const told = { allowed: false, enforced: true }
  return {
    state: 'held',
    message: decision.message,
    policy: decision.winner?.policy ?? null,
    rule: decision.winner?.rule ?? null,
    queueOnly: decision.votes.some(({ action, answeredBy, approvers, timeoutMs }) =>
      action === 'require_approval' && answeredBy === undefined &&
      (approvers !== undefined || timeoutMs !== undefined)
    ),
    delegate: () => tell(judged, { ...request, delegated: true }, services, told),
    queue,
    drop: () => tell(judged, request, services, told),
  }
}

/** Every part is allowed by rules that all have `native_allow`, and no default took part (semantics.md 31). */
export function isNativeAllow({ call, decision }: Judged): boolean {
  if (decision.action !== 'allow' || decision.defaulted.length > 0) return false
  const parts = call.subjects.flatMap(({ kind }, index) => kind === 'part' ? [index] : [])
  return parts.length > 0 &&
    decision.votes.every(({ action, nativeAllow }) => action === 'allow' && nativeAllow) &&
    parts.every((part) => decision.votes.some(({ subject }) => subject === part))
}

/** The same, told to who is not there to ask for it: in the form in which the output was given. */
export function shownOf(
  screen: Screen | undefined,
  { response, texts, seen }: DecideRequest,
): Pick<Answer, 'response' | 'response_texts'> {
  // A host's codec takes outputs apart itself.
  if (screen === undefined || response === undefined || seen?.layer === 'hook') return {}
  const shown = screen(texts ?? [response], (some) => some.join('\n'))
  if (shown === undefined) return {}
  return texts === undefined ? { response: shown[0]! } : { response_texts: shown }
}

/** What may be shown of output that is withheld for what stands in it, and for nothing else. */
export function screenOf(
  { call, set, facts, decision }: Judged,
  { response }: DecideRequest,
): Screen | undefined {
  if (response === undefined || decision.winner === undefined) return undefined
  const rules = new Map(
    set.policies.flatMap(({ layer, rules }) =>
      rules.map((rule) => [`${layer} ${rule.key}`, rule.needs.includes('response')] as const)
    ),
  )
  const denied = decision.votes.filter(({ action }) => action === 'deny')
  const byOutput = denied.every(({ layer, rule }) => rules.get(`${layer} ${rule}`) === true)
  if (!byOutput || decision.defaulted.length > 0 && set.defaultAction === 'deny') return undefined
  return (texts, whole) => hideMatches(set, call, facts, texts, whole)
}
