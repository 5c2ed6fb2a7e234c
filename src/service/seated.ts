import type { Call } from '../engine/types.ts'
import type { Approval } from '../approval/approval.ts'
import { judge, type Judged } from './judge.ts'
import { readCall } from './read-call.ts'
import { createSeats, type Seats } from './seats.ts'
import { directoriesOf, placeOf, unitsOf } from './seat-units.ts'
import type { DecideRequest, Outcome, Services } from './services.ts'
import { permits, tell } from './tell.ts'

/** A question that a person has not answered, and what its answer releases. */
interface Waiting {
  readonly judged: Judged
  readonly request: DecideRequest
}

interface Kept {
  readonly seats: Seats
  readonly waiting: Map<string, Waiting | 'released'>
}

const WAITING = 1000
const known = new WeakMap<object, Kept>()

/** The seats of these services, kept with their approval store as the desk is. */
function keptOf({ approvals, processes, clock }: Services): Kept | undefined {
  if (processes === undefined) return undefined
  let kept = known.get(approvals)
  if (kept === undefined) {
    kept = { seats: createSeats(processes, () => clock.monotonic()), waiting: new Map() }
    known.set(approvals, kept)
  }
  return kept
}

/**
 * Answer what another edge was asked about already (security.md F11): nobody is asked again, nothing is
 * counted or consumed, and the event names the first one. The policies are asked all the same, and what
 * they deny by now stays denied. Undefined where the call is a new one.
 */
export async function answerSeated(
  request: DecideRequest,
  services: Services,
): Promise<
  { readonly call: Call; readonly judged: Judged; readonly outcome: Outcome } | undefined
> {
  const { seen, cwd, response, identity: { principal } } = request
  const seats = keptOf(services)?.seats
  if (seats === undefined || seen?.pid === undefined || cwd === undefined) return undefined
  if (response !== undefined || !seats.any(principal)) return undefined
  const { call } = await readCall(request, services)
  const units = unitsOf(call)
  const taken = units && seats.take({ principal, seen, units, cwd: placeOf(call, cwd) })
  if (!taken) return undefined
  try {
    const judged = await judge(request, services, 'past')
    const { decision } = judged
    const refused = decision.action === 'deny'
    // What a person or a webhook said is said: nobody is told of a question.
    const settled = refused || permits(decision)
      ? judged
      : { ...judged, decision: { ...decision, action: 'allow' as const } }
    const told = { allowed: !refused, enforced: true }
    return {
      call: judged.call,
      judged,
      outcome: await tell(settled, request, services, told, [taken.auditId]),
    }
  } catch (error) {
    taken.back()
    throw error
  }
}

/** Keep seats for what an allowed call listed. */
export function seat(
  judged: Judged,
  request: DecideRequest,
  auditId: string,
  services: Services,
): void {
  const seats = keptOf(services)?.seats
  const { seen, identity: { principal } } = request
  if (seats === undefined || seen?.pid === undefined || request.response !== undefined) return
  // Behind the proxy nobody sees the call again.
  if (seen.layer === 'mcp') return
  const units = unitsOf(judged.call)
  if (units === undefined) return
  const directories = directoriesOf(judged.call, services.facts.home())
  // A program that was run is seen by one edge; a line, or a shell with one, by several.
  const line = seen.layer !== 'preload' || units.inner.length > 1 || units.own.startsWith('["line"')
  seats.issue({ principal, seen, auditId, units, directories, line })
}

/** An edge asked, and polls for the answer of a person. */
export function seatLater(
  judged: Judged,
  request: DecideRequest,
  approval: Approval,
  services: Services,
): void {
  const waiting = keptOf(services)?.waiting
  if (waiting === undefined || request.seen?.pid === undefined) return
  // The proxy asks again once it has heard a yes, and the yes is spent then.
  if (request.seen.layer === 'mcp') return
  waiting.delete(approval.id)
  waiting.set(approval.id, { judged, request })
  if (waiting.size > WAITING) waiting.delete(waiting.keys().next().value!)
}

/** What an edge waits for that asked about this approval; undefined where none does, or did here. */
export function waitingFor(id: string, services: Services): Waiting | 'released' | undefined {
  return keptOf(services)?.waiting.get(id)
}

/** Its yes is spent on the call; who asks again hears it again. */
export function markReleased(id: string, services: Services): void {
  keptOf(services)?.waiting.set(id, 'released')
}
