import type { By } from '../service/tokens.ts'
import { localPrincipal } from './local-parts.ts'
import type { Invocation } from './command.ts'
import { composeState, type StateServices } from './compose.ts'
import { loadConfig } from './config.ts'
import { safe } from './output.ts'
import { prepareState } from './state.ts'

/** Who works at this terminal, for the trail: `uid:N` where there are numbers. */
export function atTerminal(): By {
  return { principal: localPrincipal(), via: 'cli' }
}

/** Run a command on the stores of the state directory, beside the server if one runs. */
export async function withState<T>(
  { environment, flags, out }: Invocation,
  body: (services: StateServices) => Promise<T>,
): Promise<T> {
  const config = await loadConfig(environment, { serving: false, flags })
  for (const warning of await prepareState(environment.home)) out.note(safe`${warning}`)
  const { services, close } = await composeState(environment, config)
  try {
    return await body(services)
  } finally {
    await close()
  }
}
