import { evaluate } from '../engine/evaluate.ts'
import type { Facts } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import { tellUsedUp } from './grant-events.ts'
import type { Judged } from './judge.ts'
import { claimOf, ruled } from './ruled.ts'
import type { DecideRequest, Services } from './services.ts'
import { isOwnClaim, rememberClaims } from './own-claims.ts'
import { permits } from './tell.ts'
import { askWebhooks } from './webhooks.ts'

/** Rounds of losing a `once` rule to a racing call before the answer is a denial. */
const CLAIM_ROUNDS = 16

/**
 * Claim the `once` rules that a permission rests on, all or none, and count the call for the grants it
 * rests on; where another call was faster the decision is made again without them (security.md F29). What
 * a refusal rests on is claimed later, once the refusal is recorded: a claim without its answer must
 * never loosen.
 */
export async function claimGrants(
  judged: Judged,
  request: DecideRequest,
  services: Services,
): Promise<Judged> {
  let current = judged
  const lost = new Set<string>()
  const without = new Set<string>()
  for (let round = 0; round < CLAIM_ROUNDS; round++) {
    if (await isClaimed(current, request, services, lost, without)) return current
    const facts: Facts = {
      ...current.facts,
      claimed: (key) => lost.has(key) || judged.facts.claimed(key),
    }
    const { set, call } = current
    const plain = { set, call, facts, decision: evaluate(set, call, facts, request.explain) }
    const again = { ...current, facts, decision: await ruled(plain, services, { without }) }
    current = await askWebhooks(again, services)
  }
  throw new RampartError('unavailable', 'Too many calls claim the same rule at once')
}

/** Whether the decision stands; what it lost is added to `lost` and `without`. */
async function isClaimed(
  { decision, call }: Judged,
  request: DecideRequest,
  services: Services,
  lost: Set<string>,
  without: Set<string>,
): Promise<boolean> {
  const { once, grants, clock } = services
  if (!permits(decision)) return true
  // The output of a call that ran: what the person granted was counted then, and what it claimed is its own.
  const isPast = request.response !== undefined
  const used = request.response === undefined ? decision.grants ?? [] : []
  const rests = [...decision.consumes, ...used.filter(({ once }) => once).map(claimOf)]
  const keys = isPast ? rests.filter((key) => !isOwnClaim(once, key, call)) : rests
  if (keys.length > 0 && !await once.claim(keys, clock.now())) {
    for (const key of keys) if (once.claimed(key)) lost.add(key)
    return false
  }
  rememberClaims(once, keys, call)
  const counted = used.filter(({ scope }) => scope !== 'always').map(({ id }) => id)
  if (counted.length === 0) return true
  const { gone, last } = await grants.take(counted, clock.now())
  for (const id of gone) without.add(id)
  if (gone.length === 0) await tellUsedUp(last, call, services)
  return gone.length === 0
}
