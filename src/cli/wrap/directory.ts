import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { Clock } from '../../ports.ts'
import { places } from '../config.ts'
import { isAlive, markOf } from './process-mark.ts'

/** Where the directories of running wraps lie: one each, named by its process. */
function wrapsOf(home: string): string {
  return join(places(home).run, 'wraps')
}

/** A directory of this process alone, 0700; those of wraps that were killed are removed. */
export function makeWrapDirectory(home: string): string {
  removeStale(home)
  const dir = join(wrapsOf(home), markOf(process.pid))
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(join(dir, 'bin'), { recursive: true, mode: 0o700 })
  return dir
}

export function removeWrapDirectory(dir: string): void {
  rmSync(dir, { recursive: true, force: true })
}

function removeStale(home: string): void {
  for (const name of namesIn(home)) {
    if (!isAlive(name)) rmSync(join(wrapsOf(home), name), { recursive: true, force: true })
  }
}

/** Whether any wrap of the state directory runs. */
export function isWrapping(home: string): boolean {
  return namesIn(home).some(isAlive)
}

function namesIn(home: string): readonly string[] {
  try {
    return readdirSync(wrapsOf(home))
  } catch {
    return []
  }
}

const LOOK_MS = 1000

/** Resolves when no wrap of the state directory runs any more, however the last one ended. */
export async function unwrapped(home: string, clock: Pick<Clock, 'sleep'>): Promise<string> {
  for (let missing = 0; missing < 2;) {
    await clock.sleep(LOOK_MS)
    missing = isWrapping(home) ? 0 : missing + 1
  }
  return 'the last wrap ended'
}
