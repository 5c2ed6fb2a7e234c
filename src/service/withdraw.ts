import type { Via } from '../audit/event.ts'
import { RampartError } from '../errors.ts'
import type { Caller, SeenApproval } from './api.ts'
import { seen } from './approve.ts'
import { deskOf } from './desk.ts'
import { close } from './resolution.ts'
import type { Services } from './services.ts'
import { takenBack } from './taken-back.ts'
import { visible } from './who-answers.ts'

/** A person and another process may be changing it at the same time. */
const TRIES = 5

/**
 * Take back a question of one's own, on record: a later answer finds none, and a yes that nobody used is worth
 * nothing any more. Left as it is while others are held for it, and once it is over.
 */
export async function withdrawApproval(
  services: Services,
  caller: Caller,
  id: string,
  via: Via,
): Promise<SeenApproval> {
  const { held, settling } = deskOf(services)
  for (let round = 0; round < TRIES; round++) {
    await settling.get(id)
    const row = await visible(services, caller, id)
    if (row.principal !== caller.principal) {
      throw new RampartError('forbidden', 'A question is taken back by who put it')
    }
    const isOpen = row.status === 'pending' || row.status === 'approved'
    if (!isOpen || held.has(id)) return seen(row, services)
    if (!await close(row, 'cancelled', services, { principal: caller.principal, via })) continue
    takenBack(services).owe(row.principal)
  }
  return seen(await visible(services, caller, id), services)
}
