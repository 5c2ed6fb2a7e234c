import { setTimeout } from 'node:timers/promises'
import { eventsBehind, queryTrail } from '../../adapters/audit-query.ts'
import type { Invocation } from '../command.ts'
import { countFlag, printEvent, trailOf } from '../trail.ts'

const FOLLOW_MS = 250
/** More than a person reads while it goes on. */
const BATCH = 10_000

/** The newest events, oldest first; with --follow whatever comes after them too. */
export async function run(invocation: Invocation): Promise<number> {
  const { flags, out } = invocation
  const count = countFlag(invocation, 'n', 20)
  const dir = await trailOf(invocation)
  const events = [...await queryTrail(dir, { limit: count })].reverse()
  for (const event of events) printEvent(event, out)
  let last = events.at(-1)?.seq ?? 0
  while (flags.has('follow')) {
    await setTimeout(FOLLOW_MS)
    const fresh = await eventsBehind(dir, last, BATCH)
    for (const event of fresh) printEvent(event, out)
    last = fresh.at(-1)?.seq ?? last
  }
  return 0
}
