import { answerHook } from '../../hosts/answer.ts'
import { defect, type HookAnswer, refused } from '../../hosts/refused.ts'
import { hostName } from '../../hosts/load.ts'
import { RampartError } from '../../errors.ts'
import { hookService } from '../../service/hooked.ts'
import type { Invocation } from '../command.ts'
import { composeLocal } from '../compose-local.ts'
import { loadConfig } from '../config.ts'
import { localPrincipal } from '../local-parts.ts'
import { safe } from '../output.ts'
import { prepareState } from '../state.ts'

/** Faults of policies that are told in one go. */
const TOLD = 10

/**
 * Answer an event in this process: the same policies and the same trail as the server's, but nobody to ask.
 * Resolves with the answer and what is left to close, for the answer need not wait for that.
 */
export async function answerLocally(
  { environment, flags, out }: Invocation,
  format: string,
  event: Uint8Array,
  deadlineMs: number,
): Promise<{ readonly answer: HookAnswer; close(): Promise<void> }> {
  const nothing = async () => {}
  try {
    const config = await loadConfig(environment, { serving: false, flags })
    for (const warning of await prepareState(environment.home)) out.note(safe`${warning}`)
    const { services, close } = await composeLocal(environment, config)
    const answer = await answerHook(format, event, {
      service: hookService(services),
      principal: localPrincipal(),
      via: 'local',
      deadlineMs,
    })
    return { answer, close }
  } catch (error) {
    const host = hostName(format)
    out.note(safe`${error instanceof Error ? error.message : String(error)}`)
    const faults = error instanceof RampartError ? error.errors : []
    for (const { detail } of faults.slice(0, TOLD)) out.note(safe`  ${detail}`)
    const known = error instanceof RampartError && error.code !== 'internal'
    return { answer: known ? refused(host, error.message) : defect(host), close: nothing }
  }
}
