import { PATCH_LIMIT } from '../intercept/params.ts'
import type { Target } from './host.ts'
import { type Input, unreadable } from './read.ts'
import type { Called } from './targets.ts'

const FIELDS = ['command', 'patch', 'input', 'diff', 'patch_text', 'patchtext']

/** Lines that say which file comes next; what a line of a patch would change begins with a sign. */
const HEADER = /^\s*\*\*\*\s*(Add|Update|Delete)\s+File:(.*)$/i
const MOVE = /^\s*\*\*\*\s*Move\s+to:(.*)$/i
/** Headers that name nothing; what else begins so may do what nobody here knows. */
const PLAIN = /^\*\*\*\s*(?:Begin Patch|End Patch|End of File|Environment ID:.*)\s*$/i
/** The forms of `diff`: two lines for a file, and git's own for what has no lines. */
const UNIFIED = /^(---|\+\+\+) (.*)$/
const GIT = /^(rename|copy) (from|to) (.*)$/
const GIT_PAIR = /^diff --git (.*)$/

/**
 * Every file that a patch names, each as a call of its own with what is done to it. A file that is moved is
 * deleted in one place and written in the other.
 *
 * @throws RampartError `request_invalid` for a patch that names none, or cannot be read
 */
export function patchTargets({ tool, input, cwd }: Called): readonly Target[] {
  const texts = Object.entries(input).filter(([key]) => FIELDS.includes(key.toLowerCase()))
  const given = new Set(texts.map(([, value]) => value))
  if (given.size > 1) throw unreadable('Several fields hold the patch and differ')
  const [patch] = given
  if (patch === undefined) return [{ tool, params: input, cwd }]
  const text = Array.isArray(patch) ? patch.join('\n') : patch
  if (typeof text !== 'string') throw unreadable('The patch is no text')
  if (text.length > PATCH_LIMIT) throw unreadable('The patch is too long')
  if (text.includes('\0')) throw unreadable('The patch holds a NUL character')
  const beside = Object.fromEntries(
    Object.entries(input).filter(([key]) => !FIELDS.includes(key.toLowerCase())),
  )
  // In its own form a line that begins with "---" is a line that goes, and names no file.
  const own = /^apply_?patch$/i.test(tool) && /^\s*\*\*\* Begin Patch/.test(text)
  const named = [...filesOf(text, own), ...pathsBeside(beside)]
  if (named.length === 0) throw unreadable('The patch names no file')
  return named.map(({ path, deletes }) => ({
    tool: deletes ? 'delete_file' : 'write',
    params: { path },
    cwd,
  }))
}

interface Named {
  readonly path: string
  readonly deletes: boolean
}

function pathsBeside(input: Input): readonly Named[] {
  return Object.entries(input).flatMap(([key, value]) =>
    /^(?:path|file_?path|target_?file|filename)$/i.test(key) && typeof value === 'string'
      ? [{ path: value, deletes: false }]
      : []
  )
}

function filesOf(text: string, own: boolean): readonly Named[] {
  const found: Named[] = []
  let last: string | undefined
  // What ends a line for one reader and not for another would hide a file: each of them ends it.
  for (const line of text.split(/\r\n|[\n\r\u2028\u2029\u0085]/)) {
    const header = HEADER.exec(line)
    if (header !== null) {
      last = pathIn(header[2]!)
      found.push({ path: last, deletes: /^delete$/i.test(header[1]!) })
      continue
    }
    const move = MOVE.exec(line)
    if (move !== null) {
      if (last !== undefined) found.push({ path: last, deletes: true })
      found.push({ path: pathIn(move[1]!), deletes: false })
      continue
    }
    if (!own) found.push(...diffPaths(line))
    else if (/^\*\*\*/.test(line) && !PLAIN.test(line)) {
      throw unreadable('The patch has a header that nobody knows')
    }
  }
  return unique(found)
}

function diffPaths(line: string): readonly Named[] {
  const git = GIT.exec(line)
  if (git !== null) {
    const moved = git[1] === 'rename' && git[2] === 'from'
    return [{ path: pathIn(git[3]!), deletes: moved }]
  }
  const pair = GIT_PAIR.exec(line)
  if (pair !== null) {
    // Which blank parts the two names is not known where they hold some: each half of every cut.
    const words = pair[1]!.split(' ')
    const half = words.length / 2
    return [words.slice(0, half).join(' '), words.slice(half).join(' ')]
      .filter((word) => word !== '')
      .map((word) => ({ path: stripped(pathIn(word)), deletes: false }))
  }
  const unified = UNIFIED.exec(line)
  if (unified === null) return []
  const path = unified[2]!.split('\t')[0]!.trim()
  if (path === '' || path === '/dev/null') return []
  return [{ path: stripped(pathIn(path)), deletes: false }]
}

function stripped(path: string): string {
  return path.replace(/^[ab]\//, '')
}

/** A path as a header has it: blanks around it and quotes do not count. */
function pathIn(text: string): string {
  const path = text.trim().replace(/^"(.*)"$/, '$1')
  if (path === '') throw unreadable('A file of the patch has no name')
  return path
}

function unique(all: readonly Named[]): readonly Named[] {
  const seen = new Map<string, Named>()
  for (const one of all) seen.set(`${one.deletes} ${one.path}`, one)
  return [...seen.values()]
}
