import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
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
