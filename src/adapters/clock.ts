import { clearTimeout, setTimeout } from 'node:timers'
import type { Clock } from '../ports.ts'

/** Longest a timer runs: more than this overflows and fires at once. */
const LONGEST = 2 ** 31 - 1

/** The machine's clock: the one place that reads it. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep,
  }
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  let left = ms
  do {
    await nap(Math.min(left, LONGEST), signal)
    left -= LONGEST
  } while (left > 0)
}

function nap(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const timer = setTimeout(done, Math.max(0, ms))
    timer.unref()
    signal?.addEventListener('abort', aborted, { once: true })
    function done(): void {
      signal?.removeEventListener('abort', aborted)
      resolve()
    }
    function aborted(): void {
      clearTimeout(timer)
      reject(signal?.reason)
    }
  })
}
