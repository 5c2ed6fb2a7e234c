import type { Json } from '../engine/types.ts'
import type { HashText } from './chain.ts'
import { compact, shortenText } from './compact.ts'
import type { EventDecision, EventDraft } from './event.ts'
import { redact, type RedactOptions } from './redact.ts'

/** Longest name that the trail keeps whole: names are claims, and an agent chooses them. */
const LONGEST_NAME = 512
const LONGEST_MESSAGE = 2048

export interface PrepareOptions extends RedactOptions {
  readonly hash: HashText
}

/**
 * A draft fit for the trail whoever made it: without secrets (security.md F14) and of a bounded size
 * (F28). Every log applies it before an event is sealed, so that no caller can forget it; doing it
 * twice changes nothing.
 */
export function prepareDraft(draft: EventDraft, options: PrepareOptions): EventDraft {
  const tidy = (json: Json): Json => compact(redact(json, options), options.hash)
  const short = (text: string, most = LONGEST_NAME): string =>
    shortenText(text === '' ? text : String(redact(text, options)), most)
  const { run_id, tool_call_id } = draft
  return {
    ...draft,
    agent: short(draft.agent),
    session: short(draft.session),
    ...(run_id === undefined ? undefined : { run_id: short(run_id) }),
    ...(tool_call_id === undefined ? undefined : { tool_call_id: short(tool_call_id) }),
    tool: short(draft.tool),
    request: tidy(draft.request),
    decision: prepareDecision(draft.decision, tidy, short),
  }
}

/** In the order in which it is written, which spares sorting it. */
function prepareDecision(
  decision: EventDecision,
  tidy: (json: Json) => Json,
  short: (text: string, most?: number) => string,
): EventDecision {
  const { action, effects, eval_us, message, policy, rule, webhooks } = decision
  return {
    action,
    ...(effects === undefined ? undefined : { effects: listOf(tidy(effects)) }),
    eval_us,
    ...(message === undefined ? undefined : { message: short(message, LONGEST_MESSAGE) }),
    ...(policy === undefined ? undefined : { policy }),
    ...(rule === undefined ? undefined : { rule }),
    ...(webhooks === undefined ? undefined : { webhooks: listOf(tidy(webhooks)) }),
  }
}

function listOf(json: Json): readonly Json[] {
  return isArray(json) ? json : [json]
}

function isArray(json: Json): json is readonly Json[] {
  return Array.isArray(json)
}
