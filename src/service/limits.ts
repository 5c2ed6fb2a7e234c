import { type Approval, ownerOf } from '../approval/approval.ts'
import { close } from './resolution.ts'
import type { Services } from './services.ts'

/**
 * Open questions there may be at once (security.md F30). Names are claims, so what an agent cannot make
 * up counts first: its principal. Of all of them the last `reserve` are kept for principals that have
 * fewer than `few` open, so that whoever fills the rest shuts out nobody else.
 */
export const PENDING = {
  principal: 100,
  /** Of one agent's name within its principal, or of all credentials that are bound to the agent. */
  owner: 50,
  all: 10_000,
  reserve: 1000,
  few: 10,
} as const

/** Most lapsed questions that are closed to make room. */
const CLOSED_AT_ONCE = 1000

/** Why no more may be asked, after what nobody answered in time is closed; undefined when it may. */
export async function overLimit(
  asking: Pick<Approval, 'principal' | 'agent' | 'agentBound'>,
  services: Services,
): Promise<string | undefined> {
  if (await exceeded(asking, services) === undefined) return undefined
  const { approvals, clock } = services
  for (const approval of await approvals.lapsed(clock.now(), CLOSED_AT_ONCE)) {
    await close(approval, 'expired', services)
  }
  return await exceeded(asking, services)
}

async function exceeded(
  asking: Pick<Approval, 'principal' | 'agent' | 'agentBound'>,
  { approvals }: Services,
): Promise<string | undefined> {
  const { principal } = asking
  const own = await approvals.pendingCount({ principal })
  if (own >= PENDING.principal) return `${own} approvals of ${principal} are pending already`
  const owner = await approvals.pendingCount({ owner: ownerOf(asking as Approval) })
  if (owner >= PENDING.owner) {
    return `${owner} approvals of the agent ${asking.agent.slice(0, 64)} are pending already`
  }
  const all = await approvals.pendingCount()
  if (all >= PENDING.all) return `${all} approvals are pending already`
  if (all >= PENDING.all - PENDING.reserve && own >= PENDING.few) {
    return `${all} approvals are pending already, and what is left is for others`
  }
  return undefined
}
