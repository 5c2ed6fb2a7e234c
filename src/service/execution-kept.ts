import { RampartError } from '../errors.ts'
import { canonical } from './digest.ts'
import type { Executed } from './execution-answer.ts'
import type { DecideRequest, Outcome, Services } from './services.ts'

/** How long the same tool call gets the answer that is kept (semantics.md 22). */
export const KEPT_MS = 600_000
/** Runs at once, of all and of one principal. */
const RUNS = 16
const OWN_RUNS = 8
/** Answers that are kept, and the letters of their outputs. */
const ANSWERS = 1000
const LETTERS = 32 << 20

/** A run that others may join: it ends when nobody waits for it any more. */
export interface Entry {
  readonly outcome: Outcome
  readonly answer: Promise<Executed>
  readonly at: number
  readonly stop: AbortController
  waiters: number
  letters: number
}

export interface Kept {
  readonly entries: Map<string, Entry>
  readonly running: Map<string, number>
  readonly stops: Set<AbortController>
  readonly ends: Set<Promise<unknown>>
  stopped: boolean
}

const known = new WeakMap<object, Kept>()

/** What is kept with the executor of these services: lost with the server, and then the trail knows. */
export function keptOf({ executor }: Pick<Services, 'executor'>): Kept {
  let kept = known.get(executor!)
  if (kept === undefined) {
    kept = {
      entries: new Map(),
      running: new Map(),
      stops: new Set(),
      ends: new Set(),
      stopped: false,
    }
    known.set(executor!, kept)
  }
  return kept
}

/** What makes two requests one tool call; undefined where no id says so. */
export function keyOf({ toolCallId, identity, tool, params, cwd }: DecideRequest):
  | string
  | undefined {
  if (toolCallId === undefined) return undefined
  const { principal, agent, session, run = null } = identity
  return canonical({
    toolCallId,
    principal,
    agent,
    session,
    run,
    tool: tool.toLowerCase(),
    params,
    cwd: cwd ?? null,
  })
}

/**
 * A place among the runs; gives it back by what it returns.
 *
 * @throws RampartError `rate_limited`, `unavailable` once the server ends
 */
export function takePlace(kept: Kept, principal: string): () => void {
  if (kept.stopped) throw new RampartError('unavailable', 'The server ends: nothing is executed')
  const own = kept.running.get(principal) ?? 0
  const all = [...kept.running.values()].reduce((sum, count) => sum + count, 0)
  if (own >= OWN_RUNS || all >= RUNS) {
    throw new RampartError('rate_limited', `${all} calls are executed at once already`, {
      headers: { 'retry-after': '1' },
    })
  }
  kept.running.set(principal, own + 1)
  return () => {
    const left = (kept.running.get(principal) ?? 1) - 1
    if (left > 0) kept.running.set(principal, left)
    else kept.running.delete(principal)
  }
}

/** Keep an answer; what is oldest goes first. */
export function keep(kept: Kept, key: string, entry: Entry, now: number): void {
  kept.entries.set(key, entry)
  let letters = [...kept.entries.values()].reduce((sum, one) => sum + one.letters, 0)
  for (const [other, { at, letters: size, waiters }] of kept.entries) {
    const isOld = now - at > KEPT_MS || kept.entries.size > ANSWERS || letters > LETTERS
    if (!isOld || waiters > 0 || other === key) continue
    kept.entries.delete(other)
    letters -= size
  }
}

/** Wait for a run; who goes only leaves, and the last one ends it (semantics.md 21). */
export async function joined(entry: Entry, signal: AbortSignal | undefined): Promise<Executed> {
  entry.waiters += 1
  let left = false
  const leave = () => {
    if (left) return
    left = true
    entry.waiters -= 1
    if (entry.waiters === 0) entry.stop.abort()
  }
  signal?.addEventListener('abort', leave, { once: true })
  if (signal?.aborted) leave()
  try {
    return await entry.answer
  } finally {
    signal?.removeEventListener('abort', leave)
    if (!left) entry.waiters -= 1
  }
}

/** End what runs, and resolve when it has ended and is on record. Nothing begins from here on. */
export async function stopExecutions(services: Pick<Services, 'executor'>): Promise<void> {
  if (services.executor === undefined) return
  const kept = keptOf(services)
  kept.stopped = true
  for (const stop of kept.stops) stop.abort()
  await Promise.allSettled([...kept.ends])
}
