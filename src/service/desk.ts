import type { EventDraft } from '../audit/event.ts'
import type { Services } from './services.ts'

/** What this process remembers beside its stores; lost on a restart, and nothing is wrong then. */
export interface Desk {
  /** Who waits for an approval: called when it may have changed. */
  readonly waiting: Map<string, Set<() => void>>
  /** Approvals that this process saw approved, so that its memory vouches for the row (F25). */
  readonly vouched: Set<string>
  /** Records that could not be written, oldest first, and how many there were in all. */
  missed: EventDraft[]
  missedCount: number
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
      vouched: new Set(),
      missed: [],
      missedCount: 0,
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
export function vouch(desk: Desk, id: string): void {
  desk.vouched.add(id)
  if (desk.vouched.size <= VOUCHED) return
  const oldest = desk.vouched.values().next().value
  if (oldest !== undefined) desk.vouched.delete(oldest)
}

/** Wake everybody who waits for an approval. */
export function wake(desk: Desk, id: string): void {
  for (const call of [...desk.waiting.get(id) ?? []]) call()
}

/** From now on nobody is held; who is held is let go. */
export function drain(desk: Desk): void {
  desk.draining = true
  for (const id of [...desk.waiting.keys()]) wake(desk, id)
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
