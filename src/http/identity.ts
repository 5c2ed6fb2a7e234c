import type { Caller } from '../service/api.ts'
import type { DecideRequest } from '../service/services.ts'
import type { CallRequest } from './requests.ts'

/** A token's agent overrides the body's, and only what the credential carries is bound (semantics.md 16). */
export function identityOf(
  caller: Caller,
  body: Pick<CallRequest, 'agent' | 'session' | 'run_id' | 'agent_depth'>,
): DecideRequest['identity'] {
  return {
    principal: caller.principal,
    agent: caller.agent ?? body.agent,
    session: body.session,
    run: body.run_id,
    depth: body.agent_depth,
    bound: new Set(caller.agent === undefined ? [] : ['agent'] as const),
  }
}
