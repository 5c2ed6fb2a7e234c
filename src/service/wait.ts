import { type Approval, approversOf, statusAt } from '../approval/approval.ts'
import { RampartError } from '../errors.ts'
import { deskOf, wake, wakeAll } from './desk.ts'
import { close, isProved } from './resolution.ts'
import type { Services } from './services.ts'

/** Other processes answer too, and tell nobody: how often the store is asked whether one did. */
const POLL_MS = 250
/** And how often each caller looks for itself, should that have missed something. */
const LOOK_MS = 5000
/** How long after its last synchronous waiter an approval stays open (semantics.md 21). */
export const ORPHAN_MS = 30_000

export interface Waited {
  readonly approval: Approval
  /** `pending`: the time was up, the server drains, or the caller left. */
  readonly status: 'pending' | 'approved' | 'denied' | 'expired' | 'cancelled' | 'used'
}

/**
 * Wait until an approval is settled, at most `waitMs`. Woken at once by an answer in this process, and
 * by the store for another's. A row that says `approved` without proof keeps the caller waiting.
 */
export async function waitFor(
  approval: Approval,
  waitMs: number,
  services: Services,
  signal?: AbortSignal,
): Promise<Waited> {
  const { clock } = services
  const desk = deskOf(services)
  const deadline = clock.monotonic() + waitMs
  let current = approval
  for (;;) {
    if (waitMs > 0) watchOthers(services)
    const found = await foundNow(current, services)
    current = found.approval
    const { status } = found
    const left = deadline - clock.monotonic()
    if (status !== 'pending' || left <= 0 || desk.draining || signal?.aborted) {
      return { approval: current, status }
    }
    const expiresIn = Math.max(1, current.expiresAt - clock.now())
    // What another process approved and has not written to the trail yet is looked at again soon.
    const look = current.status === 'pending' ? LOOK_MS : POLL_MS
    const rest = found.isAway ? POLL_MS : Math.min(expiresIn, look)
    await pause(approval.id, Math.min(left, rest), services, signal)
  }
}

/**
 * While anybody waits, wake all of them once another process may have changed an approval: one look at the
 * store for any number of callers.
 */
function watchOthers(services: Services): void {
  const desk = deskOf(services)
  if (desk.watching) return
  desk.watching = true
  const { approvals, clock, log } = services
  if (approvals.heard !== undefined) return hearOthers(services)
  async function watch(): Promise<void> {
    let known = approvals.changes()
    do {
      await clock.sleep(POLL_MS)
      if (desk.draining) break
      const now = approvals.changes()
      if (now !== known) wakeAll(desk)
      known = now
    } while (desk.waiting.size > 0)
    desk.watching = false
  }
  watch().catch((error) => {
    desk.watching = false
    log.error('Cannot see what other processes answer', error)
  })
}

/** The same where the store tells: for as long as the server takes calls. */
function hearOthers(services: Services): void {
  const desk = deskOf(services)
  const end = services.approvals.heard!((id) => {
    if (id === undefined) wakeAll(desk)
    else wake(desk, id)
    if (desk.draining) end()
  })
}

/**
 * The row as it is now. A store of others may be away for a while: then the question is as it was, and who waits
 * goes on waiting.
 */
async function foundNow(
  known: Approval,
  services: Services,
): Promise<Waited & { readonly isAway: boolean }> {
  const { approvals, log } = services
  try {
    const approval = await approvals.get(known.id) ?? { ...known, status: 'cancelled' as const }
    return { approval, status: await settledStatus(approval, services), isAway: false }
  } catch (error) {
    const isAway = error instanceof RampartError && error.code === 'unavailable'
    if (!isAway || approvals.isShared !== true) throw error
    log.info('Cannot see what became of an approval', error)
    return { approval: known, status: 'pending', isAway: true }
  }
}

/** What the row amounts to now; one past its time is closed on the way. */
async function settledStatus(approval: Approval, services: Services): Promise<Waited['status']> {
  const status = statusAt(approval, services.clock.now())
  // What its row says already is on its way to the trail.
  if (deskOf(services).settling.has(approval.id)) return 'pending'
  if (status === 'expired' && approval.status === 'pending') {
    await close(approval, 'expired', services)
  }
  if (status !== 'approved') return status
  return await isProved(approval, approversOf(approval), services) ? 'approved' : 'pending'
}

/** Until woken, until the time is up or the caller is gone; never rejects. */
async function pause(
  id: string,
  ms: number,
  services: Services,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { waiting } = deskOf(services)
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = new AbortController()
  const callers = waiting.get(id) ?? new Set()
  waiting.set(id, callers.add(resolve))
  signal?.addEventListener('abort', () => resolve(), { once: true, signal: stop.signal })
  try {
    await Promise.race([promise, services.clock.sleep(ms, stop.signal).catch(() => {})])
  } finally {
    stop.abort()
    callers.delete(resolve)
    if (callers.size === 0 && waiting.get(id) === callers) waiting.delete(id)
  }
}

/**
 * Somebody waits here for what may have been asked on another server of the same store, which sees its own
 * callers alone: it must not withdraw the question when theirs is gone. Then it ends by its time.
 */
export async function stayOpen(approval: Approval, { approvals }: Services): Promise<void> {
  if (approvals.isShared !== true || approval.detached || approval.status !== 'pending') return
  await approvals.swap('pending', { ...approval, detached: true })
}

/**
 * The caller's connection is gone: its approval is cancelled when no other synchronous waiter came for
 * a while and nobody asked asynchronously (semantics.md 21). A restart never cancels.
 */
export function abandon(id: string, services: Services): void {
  async function watch(): Promise<void> {
    await services.clock.sleep(ORPHAN_MS)
    const desk = deskOf(services)
    const current = await services.approvals.get(id)
    if (desk.draining || desk.held.has(id) || current === undefined) return
    if (current.status === 'pending' && !current.detached) {
      await close(current, 'cancelled', services)
    }
  }
  watch().catch((error) => services.log.error('Cannot cancel an abandoned approval', error))
}
