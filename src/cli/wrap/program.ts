import { accessSync, constants, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** A program as a shell would find it, or the exit code and the words of one that finds none. */
export type Program =
  | { readonly path: string }
  | { readonly code: 126 | 127; readonly why: string }

/** What `execvp` does without a PATH. */
export const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin'

/** The file that a name stands for: itself when it has a slash, else the first of that name on the path. */
export function findProgram(name: string, path: string): Program {
  if (name === '') return { code: 127, why: 'the name of the program is empty' }
  const isPath = name.includes('/')
  const places = isPath ? [resolve(name)] : path.split(':').map((dir) => join(resolve(dir), name))
  let seen = false
  for (const place of places) {
    if (isExecutable(place)) return { path: place }
    seen ||= isThere(place)
  }
  return seen
    ? { code: 126, why: `${name}: no program that may be executed` }
    : { code: 127, why: `${name}: ${isPath ? 'no such file' : 'no such program on the PATH'}` }
}

/** Whether this account may execute a regular file there. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function isThere(path: string): boolean {
  try {
    statSync(path)
    return true
  } catch {
    return false
  }
}
