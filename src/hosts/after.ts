import type { Json } from '../engine/types.ts'
import type { HookedCall } from '../ports.ts'
import type { Outcome } from '../service/services.ts'
import { type Asking, keyOf, requestFor } from './before.ts'
import type { After, Host, HostCall } from './host.ts'
import { blanked, leavesOf } from './output.ts'
import { exposedText, hiddenText } from './texts.ts'

/** Answer for a call that ran: was it meant to, and may its output be shown? */
export async function answerAfter(host: Host, call: HostCall, asking: Asking): Promise<Json> {
  const { service, principal, agent = host.name, via } = asking
  const key = await keyOf(host, call, asking)
  const known = await service.recall(key)
  if (known?.told === 'denied') {
    const { session, callId: toolCallId } = call
    await service.ignored(call.tool, known, { principal, agent, session, toolCallId, via })
  }
  const told = call.output === undefined
    ? PASS
    : await screened(host, call, call.output, asking, known)
  if (known !== undefined) await service.forget(key)
  return host.after(told, call)
}

/** Nothing came of it that could be judged, or nothing that anybody objects to. */
const PASS: After = { kind: 'pass' }

/** The output, judged for everything that the call did, without what rules object to. */
async function screened(
  host: Host,
  call: HostCall,
  output: Json,
  asking: Asking,
  known: HookedCall | undefined,
): Promise<After> {
  const { whole, rebuilt, ...leaves } = leavesOf(output)
  const askedBy = known?.told === 'asked' ? known.auditIds : undefined
  let texts = leaves.texts
  let objection: Outcome | undefined
  for (const target of call.targets) {
    const outcome = await asking.service.decide({
      ...requestFor(host, call, target, asking),
      response: whole(texts),
      askedBy,
    })
    if (outcome.state === 'held' || outcome.answer.allowed) continue
    objection ??= outcome
    const shown = outcome.screen?.(texts, whole)
    if (shown === undefined) {
      return hide(blanked(output), true, outcome)
    }
    texts = shown
  }
  if (objection === undefined) return PASS
  return hide(rebuilt(texts), false, objection)
}

function hide(output: Json, all: boolean, { answer }: Outcome): After {
  return {
    kind: 'hide',
    output,
    all,
    reason: hiddenText(answer, all),
    exposed: exposedText(answer),
  }
}
