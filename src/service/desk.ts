import type { Approval } from '../approval/approval.ts'
import type { EventDraft } from '../audit/event.ts'
import type { Services } from './services.ts'

/** A held caller that took its yes: what goes into the trail with that, and where the caller hears of it. */
export interface Handed {
  readonly row: Approval
  readonly event: EventDraft
  /** Whether both are on record. */
  end(recorded: boolean): void
}

/** Spends an approval that was just given on the caller that is held for it; undefined where it cannot. */
export type HandOver = (approved: Approval) => Promise<Handed | undefined>

/** What this process remembers beside its stores; lost on a restart, and nothing is wrong then. */
export interface Desk {
  /** Who waits for an approval: called when it may have changed. */
  readonly waiting: Map<string, Set<() => void>>
  /** Callers held for an approval, by its id, from the question to their answer. */
  readonly held: Map<string, number>
  /** What a held caller makes of a yes before that is written: the first of those held for an approval. */
  readonly handing: Map<string, HandOver>
  /** Answers on their way to the trail: what their rows say does not count yet. */
  readonly settling: Map<string, Promise<void>>
  /** Uses of approvals that this process has on their way to the trail, by the id of their event. */
  readonly using: Set<string>
  /** Whether somebody looks for what other processes change. */
  watching: boolean
  /**
   * Approvals that this process saw approved, by how many people, and answers that it recorded, so that
   * its memory vouches for the row (F25).
   */
  readonly vouched: Map<string, number>
  /** Records that could not be written, oldest first, and how many there were in all. */
  missed: EventDraft[]
  missedCount: number
  /** Calls that are known to have passed while no server answered, told since this one started. */
  passed: number
  /** Said once, until it can be written again. */
  unwritable: boolean
  /** Who asks a person for the same principal: one at a time, so that limits and joins hold. */
  readonly asking: Map<string, Promise<unknown>>
  /** Shutting down: held callers are told to ask again. */
  draining: boolean
}

const desks = new WeakMap<object, Desk>()

/** The one desk of these services, kept with their approval store. */
export function deskOf({ approvals }: Pick<Services, 'approvals'>): Desk {
  let desk = desks.get(approvals)
  if (desk === undefined) {
    desk = {
      waiting: new Map(),
      held: new Map(),
      handing: new Map(),
      settling: new Map(),
      using: new Set(),
      watching: false,
      vouched: new Map(),
      missed: [],
      missedCount: 0,
      passed: 0,
      unwritable: false,
      asking: new Map(),
      draining: false,
    }
    desks.set(approvals, desk)
  }
  return desk
}

const VOUCHED = 10_000

/** Remember an approval that was approved here; the oldest are forgotten and proved by the trail. */
export function vouch(desk: Desk, id: string, people = 1): void {
  desk.vouched.set(id, people)
  if (desk.vouched.size <= VOUCHED) return
  const oldest = desk.vouched.keys().next().value
  if (oldest !== undefined) desk.vouched.delete(oldest)
}

/** Wake everybody who waits for an approval. */
export function wake(desk: Desk, id: string): void {
  for (const call of [...desk.waiting.get(id) ?? []]) call()
}

/** Wake all who wait for anything. */
export function wakeAll(desk: Desk): void {
  for (const id of [...desk.waiting.keys()]) wake(desk, id)
}

/** Count a caller as held while `work` runs. */
export async function holding<T>(desk: Desk, id: string, work: () => Promise<T>): Promise<T> {
  desk.held.set(id, (desk.held.get(id) ?? 0) + 1)
  try {
    return await work()
  } finally {
    const left = (desk.held.get(id) ?? 1) - 1
    if (left > 0) desk.held.set(id, left)
    else desk.held.delete(id)
  }
}

/** From now on nobody is held; who is held is let go. */
export function drain(desk: Desk): void {
  desk.draining = true
  wakeAll(desk)
}

/** Do the work once all earlier work under the same key is done, whatever became of that. */
export function serially<T>(desk: Desk, key: string, work: () => Promise<T>): Promise<T> {
  const before = desk.asking.get(key) ?? Promise.resolve()
  const mine = before.then(work, work)
  desk.asking.set(key, mine)
  const forget = () => {
    if (desk.asking.get(key) === mine) desk.asking.delete(key)
  }
  mine.then(forget, forget)
  return mine
}
