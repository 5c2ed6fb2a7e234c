import { type Approval, approversOf, move } from '../approval/approval.ts'
import type { EventDraft } from '../audit/event.ts'
import { deskOf, type Handed, wake } from './desk.ts'
import { stillStands } from './doubt.ts'
import { judge, type Judged } from './judge.ts'
import { draftOf } from './record.ts'
import { stepEntry } from './resolution.ts'
import type { DecideRequest, Services } from './services.ts'
import { isSameCall } from './tell.ts'
import { termsOf } from './terms.ts'

/** One caller that is held for an approval, from its question to its answer. */
export interface Seat {
  /** Set once it took its yes: whether that is on record, as soon as this is known. */
  taken(): Promise<boolean> | undefined
  leave(): void
}

/**
 * Let a held caller take the yes it waits for before that is written: the call is looked at again (security.md
 * F12), the approval is spent on it, and both stand in the trail with one write. Whoever cannot (it left,
 * the policies deny it by now, it leads elsewhere) is told by the ordinary way, once the yes counts.
 */
export function takeSeat(
  { id, digest }: Pick<Approval, 'id' | 'digest'>,
  judged: Judged,
  request: DecideRequest,
  services: Services,
): Seat {
  const { handing } = deskOf(services)
  let taken: Promise<boolean> | undefined
  let left = false
  const gone = () => left || request.signal?.aborted === true || deskOf(services).draining
  async function handOver(approved: Approval): Promise<Handed | undefined> {
    if (gone()) return undefined
    const again = await judge(request, services, 'past')
    if (approved.digest !== digest || !isSame(again, judged, approved, services)) return undefined
    if (gone()) return undefined
    const { promise, resolve } = Promise.withResolvers<boolean>()
    // From here on the caller does not leave without knowing.
    taken = promise
    const spent = await spend(approved, again, request, services)
    if (spent === undefined) resolve(false)
    return spent && { ...spent, end: resolve }
  }
  // Two connections of one tool call share an approval: one of them takes it.
  if (!handing.has(id)) handing.set(id, handOver)
  return {
    taken: () => taken,
    leave() {
      left = true
      if (handing.get(id) === handOver) handing.delete(id)
    },
  }
}

async function spend(
  approved: Approval,
  { call }: Judged,
  request: DecideRequest,
  services: Services,
): Promise<Omit<Handed, 'end'> | undefined> {
  const useId = services.ids.next()
  const row = move(approved, 'used', { toolCallId: call.toolCallId, useId })
  try {
    if (row === undefined || !await services.approvals.swap('approved', row, 'soon')) {
      return undefined
    }
  } catch (error) {
    services.log.error('Cannot hand an approval to the caller that waits for it', error)
    return undefined
  }
  const by = { principal: call.identity.principal, via: request.via }
  return { row, event: draftOf(stepEntry(row, 'used', by, useId), services) }
}

function isSame(
  again: Judged,
  judged: Judged,
  approved: Approval,
  { settings }: Services,
): boolean {
  return again.decision.action !== 'deny' &&
    termsOf(again, settings).approvers <= approversOf(approved) &&
    isSameCall(again, judged)
}

/**
 * Write answers whose rows stand already, and what a held caller made of the one of them. Rejects where they
 * are not durable; then no caller was let go, and what one took is given back. `seen` is what the store's
 * `changes` said before the rows were written.
 */
export async function writeAnswers(
  answers: readonly { readonly next: Approval; readonly event: EventDraft }[],
  services: Services,
  seen: number,
): Promise<void> {
  const desk = deskOf(services)
  const ids = answers.map(({ next }) => next.id)
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const id of ids) desk.settling.set(id, promise)
  let handed: Handed | undefined
  try {
    // Of many at once each caller is released by itself: none waits for the calls of all others.
    if (answers.length === 1) handed = await handOver(answers[0]!.next, services)
    const events = answers.map(({ event }) => event)
    await durably(handed === undefined ? events : [...events, handed.event], services)
    await holdFast(answers.map(({ next }) => next), handed, services, seen)
  } catch (error) {
    if (handed !== undefined) await giveBack(answers[0]!.next, handed, services)
    throw error
  } finally {
    for (const id of ids) desk.settling.delete(id)
    resolve()
  }
}

/** A server that starts meanwhile must not take back what is on record by now. */
async function holdFast(
  given: readonly Approval[],
  handed: Handed | undefined,
  services: Services,
  seen: number,
): Promise<void> {
  if (handed !== undefined) return handed.end(await stillStands(handed.row, seen, services))
  for (const row of given) {
    if (row.status !== 'approved' || await stillStands(row, seen, services)) continue
    services.log.warn(`Approval ${row.id} was answered twice at the same time`)
  }
}

/** The next revision of the row, for it was replaced since. */
function later(row: Approval, by = 1): Approval {
  return { ...row, revision: (row.revision ?? 0) + by }
}

async function handOver(next: Approval, services: Services): Promise<Handed | undefined> {
  const take = deskOf(services).handing.get(next.id)
  if (next.status !== 'approved' || take === undefined) return undefined
  try {
    return await take(later(next))
  } catch (error) {
    // The same trouble meets the caller when it is released, and is told there.
    services.log.error('Cannot look again at a call that was approved', error)
    return undefined
  }
}

async function giveBack(next: Approval, handed: Handed, services: Services): Promise<void> {
  try {
    await services.approvals.swap('used', later(next, 2))
  } finally {
    handed.end(false)
    wake(deskOf(services), next.id)
  }
}

/** The trail and the rows, beside each other. */
async function durably(events: readonly EventDraft[], services: Services): Promise<void> {
  const results = await Promise.allSettled([
    services.audit.append(events),
    services.approvals.durable(),
  ])
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
