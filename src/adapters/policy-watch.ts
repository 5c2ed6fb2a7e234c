import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../ports.ts'
import type { Place } from './policy-read.ts'

/** The net under the watcher: directories vanish, and some file systems tell nothing. */
const POLL_MS = 250
/** Several events of one save are one. */
const DEBOUNCE_MS = 50

export interface Watching {
  close(): void
}

/**
 * Call `changed` after anything may have changed: told by the directory's watcher, found by a poll of
 * `stamp` where it is not. Calls never overlap, and a change during one makes another.
 */
export function watchPlaces(
  places: readonly Place[],
  clock: Clock,
  stamp: () => Promise<string>,
  changed: () => Promise<void>,
): Watching {
  const stop = new AbortController()
  const watchers = createWatchers(places, wake)
  let poke = () => {}
  let poked = false

  function wake(): void {
    poked = true
    poke()
  }

  async function pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    poke = resolve
    if (poked) resolve()
    await Promise.race([promise, clock.sleep(POLL_MS, stop.signal)])
    if (poked) await clock.sleep(DEBOUNCE_MS, stop.signal)
    poked = false
  }

  async function run(): Promise<void> {
    // Nothing seen yet: what was saved since the start's look is found in the first round.
    let seen: string | undefined
    while (!stop.signal.aborted) {
      watchers.arm()
      if (seen !== undefined) await pause()
      const now = await stamp()
      if (now === seen) continue
      // Taken before the change is read: what comes meanwhile differs from it again.
      seen = now
      await changed()
    }
  }

  run().catch(() => {})
  return {
    close() {
      stop.abort(new Error('closed'))
      watchers.close()
    },
  }
}

interface Watchers {
  /** Watch what is not watched (any more). */
  arm(): void
  close(): void
}

function createWatchers(places: readonly Place[], wake: () => void): Watchers {
  const watchers = new Map<string, FSWatcher>()
  return {
    arm() {
      for (const { kind, path } of places) {
        const dir = kind === 'file' ? dirname(path) : path
        if (watchers.has(dir)) continue
        const watcher = watchDir(dir, wake, () => {
          watchers.get(dir)?.close()
          watchers.delete(dir)
          wake()
        })
        if (watcher !== undefined) watchers.set(dir, watcher)
      }
    },
    close() {
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
    },
  }
}

function watchDir(dir: string, wake: () => void, lost: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dir, { persistent: false }, (event, name) => {
      // The directory itself was moved or removed: its watcher is deaf from now on.
      if (event === 'rename' && name === null) lost()
      else wake()
    })
    watcher.on('error', lost)
    return watcher
  } catch {
    return undefined
  }
}
