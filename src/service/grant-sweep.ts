import { RampartError } from '../errors.ts'
import { ruleEntry } from './grant-events.ts'
import { printOfGrant } from './grant-proof.ts'
import { recordLater } from './record.ts'
import type { Services } from './services.ts'
import type { By } from './tokens.ts'

/** Close what ended, so that the trail has it. */
export async function sweepGrants(services: Services): Promise<void> {
  for (const grant of await services.grants.sweep(services.clock.now())) {
    const { rule, scope } = grant
    const hash = await printOfGrant(grant)
    const by: By = { principal: 'rampart', via: 'local' }
    await recordLater(ruleEntry('expired', { rule, scope, hash, grant }, by), services)
  }
}

export function refused(reason: string): RampartError {
  return new RampartError('rule_refused', `No rule is made: ${reason}`)
}
