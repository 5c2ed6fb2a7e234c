import type { Api } from './api.ts'
import { beginExecution } from './execution.ts'
import { stopExecutions } from './execution-kept.ts'
import type { Services } from './services.ts'

/** What an edge may ask of executions. */
export function executionApi(
  services: Services,
): Pick<Api, 'executes' | 'execute' | 'stopExecutions'> {
  return {
    executes: services.executor?.tools ?? [],
    execute: (request, ask) => beginExecution(request, ask, services),
    stopExecutions: () => stopExecutions(services),
  }
}
