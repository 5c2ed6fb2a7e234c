import {
  type Answer,
  type Approval,
  approversOf,
  type Channel,
  move,
  statusAt,
} from '../approval/approval.ts'
import type { EventDraft, Via } from '../audit/event.ts'
import type { Json } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import type { Caller, Resolution } from './api.ts'
import { denialsOf } from './denials.ts'
import { deskOf, vouch, wake } from './desk.ts'
import { writeAnswers } from './handover.ts'
import { draftOf } from './record.ts'
import { provedAnswers, stepEntry } from './resolution.ts'
import type { Services } from './services.ts'
import { refuseOwn, refuseTwice, visible, voices } from './who-answers.ts'

/** An approved call has at least this long to be made, however late the answer came. */
const REDEEM_MS = 60_000
/** Longest name an approver may give, and longest reason of a denial. */
const NAME = 256
const REASON = 1000
/** How often an answer is put again that another one crossed. */
const ROUNDS = 32

/** What became of one answer. */
export type Resolved =
  | { readonly id: string; readonly approval: Approval }
  | { readonly id: string; readonly approval?: Approval | undefined; readonly error: RampartError }

/** An answer on its way: the row as it will be, and the event that makes it count. */
interface Draft {
  readonly before: Approval
  readonly next: Approval
  readonly event: EventDraft
}

/**
 * Answer questions, each by itself. Of any number of answers, over all processes, exactly one counts; the
 * others get `approval_settled`. Where several people must say yes each of them counts once, and one no is
 * enough. A yes counts only once it is in the trail: if it cannot be written the question is open again
 * (security.md F25). All of them are one change of the store and one of the trail.
 */
export async function resolveAll(
  services: Services,
  caller: Caller,
  ids: readonly string[],
  resolution: Resolution,
  via: Via,
): Promise<readonly Resolved[]> {
  const results = new Map<string, Resolved>()
  let open = [...new Set(ids)]
  for (let round = 0; open.length > 0 && round < ROUNDS; round++) {
    const drafts: Draft[] = []
    for (const id of open) {
      try {
        drafts.push(await draftFor(id, caller, resolution, via, services))
      } catch (error) {
        if (!(error instanceof RampartError)) throw error
        const hidden = error.code === 'not_found'
        const approval = hidden ? undefined : await services.approvals.get(id)
        results.set(id, { id, approval, error })
      }
    }
    open = await settle(drafts, services, results)
  }
  for (const id of open) {
    const error = new RampartError('unavailable', 'Too many answers cross each other')
    results.set(id, { id, error })
  }
  const seen = new Set<string>()
  return ids.map((id) => {
    const result = results.get(id)!
    if (!seen.has(id)) return seen.add(id) && result
    const error = new RampartError('approval_settled', 'The id stands here twice')
    return { id, approval: result.approval, error }
  })
}

/** Write the answers. Resolves with those that somebody crossed, to be put again. */
async function settle(
  drafts: readonly Draft[],
  services: Services,
  results: Map<string, Resolved>,
): Promise<string[]> {
  const { approvals, log } = services
  const seen = approvals.changes()
  const pending = await approvals.swapAll('pending', drafts.map(({ next }) => next), 'soon')
  const won = drafts.filter((_draft, i) => pending[i])
  try {
    if (won.length > 0) await writeAnswers(won, services, seen)
  } catch (error) {
    log.error('The audit trail cannot be written', error)
    await takeBack(won, services)
    for (const { before } of won) {
      const failed = new RampartError('audit_unavailable', 'The answer could not be recorded')
      results.set(before.id, { id: before.id, approval: before, error: failed })
    }
    return crossed(drafts, pending)
  }
  for (const { next, event } of won) {
    results.set(next.id, { id: next.id, approval: await counted(next, event, services) })
  }
  return crossed(drafts, pending)
}

function crossed(drafts: readonly Draft[], pending: readonly boolean[]): string[] {
  return drafts.filter((_draft, i) => !pending[i]).map(({ before }) => before.id)
}

/** A yes that is not on record is none; a no stands all the same, and who waits is told. */
async function takeBack(won: readonly Draft[], services: Services): Promise<void> {
  for (const { before, next } of won) {
    if (next.status === 'denied') {
      denialsOf(services).remember(next)
      wake(deskOf(services), next.id)
      continue
    }
    await reopen(before, next, services)
  }
}

/** Back to what it was, however often the row was replaced on the way, unless others went on from there. */
async function reopen(before: Approval, next: Approval, { approvals }: Services): Promise<void> {
  const row = await approvals.get(next.id)
  const isOurs = next.resolutionId === undefined
    ? row?.revision === (before.revision ?? 0) + 1
    : row?.resolutionId === next.resolutionId
  if (row !== undefined && isOurs) {
    await approvals.swap(row.status, { ...before, revision: row.revision })
  }
}

/** The answer is on record: from here on it counts. */
async function counted(
  next: Approval,
  event: EventDraft,
  services: Services,
): Promise<Approval> {
  const desk = deskOf(services)
  if (next.status === 'pending') {
    vouch(desk, event.id)
    return await conclude(next.id, event.via, services) ?? next
  }
  if (next.status === 'approved') vouch(desk, next.id)
  else denialsOf(services).remember(next)
  wake(desk, next.id)
  return next
}

/** Approve what enough people said yes to: their answers, as far as they are on record. */
async function conclude(
  id: string,
  via: Via,
  services: Services,
): Promise<Approval | undefined> {
  for (let round = 0; round < ROUNDS; round++) {
    const row = await services.approvals.get(id)
    const now = services.clock.now()
    if (row === undefined || statusAt(row, now) !== 'pending') return row
    const answers = await provedAnswers(row, services)
    const people = approversOf(row)
    const last = answers.at(-1)
    if (last === undefined || voices(answers) < people) return row
    const draft = draftOf(
      stepEntry(row, 'approved', { principal: last.principal, via, name: last.name }, undefined, {
        ...facts(row, last.channel, now),
        of: people,
        answers: answers.map(({ principal, eventId }) => ({ principal, event: eventId })),
      }),
      services,
    )
    const next = approvedBy(row, last, draft.id, now, answers)
    const seen = services.approvals.changes()
    if (!await services.approvals.swap('pending', next, 'soon')) continue
    try {
      await writeAnswers([{ next, event: draft }], services, seen)
    } catch (error) {
      services.log.error('The audit trail cannot be written', error)
      await reopen(row, next, services)
      throw new RampartError('audit_unavailable', 'The answer could not be recorded')
    }
    vouch(deskOf(services), id, people)
    wake(deskOf(services), id)
    return next
  }
  return undefined
}

/** What the answer makes of the question, and the event that says so. */
async function draftFor(
  id: string,
  caller: Caller,
  { approved, resolvedBy, reason, channel = 'http', link, scope = 'once' }: Resolution,
  via: Via,
  services: Services,
): Promise<Draft> {
  const before = await visible(services, caller, id)
  refuseOwn(caller, before)
  const now = services.clock.now()
  if (statusAt(before, now) !== 'pending') throw settled(before, now)
  const people = approversOf(before)
  const partial = approved && people > 1
  if (partial) refuseTwice(caller, await provedAnswers(before, services))
  const name = resolvedBy?.slice(0, NAME)
  const by = { principal: caller.principal, via, name }
  const why = approved ? undefined : reason?.slice(0, REASON)
  const event = draftOf(
    stepEntry(before, partial ? 'answered' : approved ? 'approved' : 'denied', by, undefined, {
      ...facts(before, channel, now),
      ...(why === undefined ? {} : { reason: why }),
      ...(partial ? { of: people } : {}),
    }),
    services,
  )
  const { principal, agent } = caller
  const given = { principal, agent, name, channel, approved, at: now, eventId: event.id }
  const answer: Answer = link === undefined ? given : { ...given, link }
  const answers = [...before.answers ?? [], answer]
  if (partial) return { before, event, next: { ...before, answers } }
  const next = approved
    ? { ...approvedBy(before, answer, event.id, now, answers), scope }
    : move(before, 'denied', {
      resolvedAt: now,
      resolvedBy: principal,
      resolvedName: name,
      resolutionId: event.id,
      answers,
      channel,
      reason: why,
    })!
  return { before, next, event }
}

function approvedBy(
  row: Approval,
  { principal, name, channel }: Answer,
  resolutionId: string,
  now: number,
  answers: readonly Answer[],
): Approval {
  return move(row, 'approved', {
    resolvedAt: now,
    resolvedBy: principal,
    resolvedName: name,
    resolutionId,
    expiresAt: Math.max(row.expiresAt, now + REDEEM_MS),
    answers,
    channel,
    scope: 'once',
  })!
}

/** What the trail has of an answer beside who gave it. */
function facts(row: Approval, channel: Channel, now: number): Record<string, Json> {
  return { channel, waited_ms: Math.max(0, Math.round(now - row.createdAt)) }
}

function settled(approval: Approval, now: number): RampartError {
  return new RampartError(
    'approval_settled',
    `The approval is ${statusAt(approval, now)} already`,
  )
}
