import { lstat } from 'node:fs/promises'

/** The budget is spent in so many steps. */
const STEPS = 5
/** Steps after which nobody waits for a machine that answers nothing at all. */
const STEPS_AT_MOST = 100
/**
 * Late reads that may hang at once. The runtime's pool has four threads: two hung mounts must not
 * take the other reads with them.
 */
const LATE = 2

/** Runs work on a budget of time, its own or `ms`: the result, or undefined when the budget is spent. */
export type WithinBudget = <T>(
  work: (stop: AbortSignal) => Promise<T>,
  ms?: number,
) => Promise<T | undefined>

/**
 * A budget of `budgetMs` for each piece of work. Work that is late goes on, is told to stop, and counts
 * until it ends; while too much of it hangs, nothing new is begun.
 *
 * Only time in which answers of the file system arrive is spent: a loop that was busy for a second
 * costs one step, and so long as not even the root directory answers, it is the machine that is slow
 * and not the path.
 *
 * @param probe - asks for what is always there.
 */
export function timeBudget(
  budgetMs: number,
  probe: () => Promise<unknown> = () => lstat('/'),
): WithinBudget {
  let late = 0
  return async (work, ms = budgetMs) => {
    if (late >= LATE) return undefined
    const abort = new AbortController()
    const { promise, resolve } = Promise.withResolvers<undefined>()
    let done = false
    let missed = false
    let steps = 0
    let turns = 0
    let answered = true
    const timer = setInterval(() => {
      turns += 1
      if (answered) {
        steps += 1
        answered = false
        probe().catch(() => {}).finally(() => answered = true)
      }
      if (steps < STEPS && turns < STEPS_AT_MOST) return
      clearInterval(timer)
      abort.abort()
      if (done) return
      missed = true
      late += 1
      resolve(undefined)
    }, ms / STEPS)
    const running = work(abort.signal).catch(() => undefined).finally(() => {
      done = true
      if (missed) late -= 1
    })
    try {
      return await Promise.race([running, promise])
    } finally {
      clearInterval(timer)
    }
  }
}
