import { config as readSchemas } from 'zod'
import type { Json } from '../../engine/types.ts'
import { RampartError } from '../../errors.ts'
import { check } from '../../http/check.ts'
import { parseJson } from '../../engine/json.ts'
import { CallRequest } from '../../http/requests.ts'
import { identityOf } from '../../http/identity.ts'
import { outputOf } from '../../http/output.ts'
import { decide } from '../../service/decide.ts'
import type { EdgeLayer } from '../../service/edge.ts'
import type { Answer, DecideRequest } from '../../service/services.ts'
import type { Invocation } from '../command.ts'
import { composeLocal } from '../compose-local.ts'
import { loadConfig } from '../config.ts'
import { localPrincipal } from '../local-parts.ts'
import { safe } from '../output.ts'
import { prepareState } from '../state.ts'

/** What a client of the boundary reads of an answer. */
export type Told =
  & Pick<Answer, 'allowed' | 'decision' | 'message' | 'policy'>
  & Partial<Answer>

/**
 * Decide a call in this process, enforced and recorded, because the server does not answer. Nobody can be
 * asked, so a question is a denial; and so is everything that fails, with the reason. Never rejects.
 */
export async function decideLocally(
  invocation: Invocation,
  body: string,
  seen: { readonly layer: EdgeLayer; readonly tool: string },
): Promise<Told> {
  try {
    // One request is read: to make a faster reader of its schema takes longer than to read it.
    readSchemas({ jitless: true })
    const request = requestOf(check(CallRequest, parseJson(body), 'request'), seen)
    const { environment, flags, out } = invocation
    const config = await loadConfig(environment, { serving: false, flags })
    for (const warning of await prepareState(environment.home)) out.note(safe`${warning}`)
    const { services, close } = await composeLocal(environment, config)
    try {
      return (await decide(request, services)).answer
    } finally {
      await close()
    }
  } catch (error) {
    return refusal(error)
  }
}

function requestOf(
  body: CallRequest,
  { layer, tool }: { readonly layer: EdgeLayer; readonly tool: string },
): DecideRequest {
  const caller = { principal: localPrincipal(), scopes: ['eval'] as const }
  return {
    tool,
    identity: identityOf(caller, body),
    params: body.params as Readonly<Record<string, Json>>,
    cwd: body.cwd,
    toolCallId: body.tool_call_id,
    ...outputOf(body),
    roles: body.roles,
    intent: 'enforce',
    waitMs: 0,
    via: 'local',
    seen: { layer, pid: body.pid, parents: body.parents },
    explain: false,
  }
}

/** A failure as an answer: whoever reads it denies for a reason, not for want of an answer. */
export function refusal(error: unknown): Told {
  const known = error instanceof RampartError
  return {
    allowed: false,
    decision: 'deny',
    message: known ? error.message : 'Deciding failed',
    policy: null,
  }
}
