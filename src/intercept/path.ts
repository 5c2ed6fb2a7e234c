import { codeAt } from '../engine/match/code-at.ts'
import type { PathValue } from '../engine/types.ts'

/** Longest path that is read, in characters: the kernel's own limit. */
export const PATH_LIMIT = 4096

/** Where relative paths start, and what `~` may mean. Neither comes from the agent (F35). */
export interface Place {
  /** Directories a relative path may start in; none that can be trusted = it stays relative. */
  readonly cwds: readonly string[]
  readonly homes: readonly string[]
}

/** The place of a call: a cwd counts only when it is absolute. */
export function placeOf(cwd: string | undefined, homes: readonly string[]): Place {
  const trusted = cwd !== undefined && cwd.startsWith('/') && !cwd.includes('\0')
  return { cwds: trusted ? [cwd] : [], homes: homes.filter((home) => home.startsWith('/')) }
}

/**
 * Every path that a text may name, lexically normalised. Several homes or starting points give several
 * candidates: a restriction takes any, a permission needs all (semantics.md 6).
 */
export function pathValues(
  text: string,
  access: PathValue['access'],
  place: Place,
): readonly PathValue[] {
  const plain = plainPath(text, place)
  if (plain !== undefined) return [{ access, path: plain, absolute: plain.startsWith('/') }]
  const found = new Map<string, PathValue>()
  const add = (path: string, absolute: boolean) => {
    found.set(path, { access, path, absolute })
    // Both the bytes as given and their composed form, which some file systems take for the same (F34).
    const composed = path.normalize('NFC')
    if (composed !== path) found.set(composed, { access, path: composed, absolute })
  }
  // Where it is a Windows path, or a tool takes it for one, its parts are these. A lone backslash is what
  // a line that was cut off ends with.
  const windows = text.includes('\\') && !/^\\\/*$/.test(text)
  const written = windows ? [text, text.replaceAll('\\', '/')] : [text]
  const texts = withTrimmed(written)
  for (const { path, absolute } of texts.flatMap((one) => rooted(one, place))) {
    const normal = normalisePath(path)
    add(normal, absolute)
    // A `..` behind a link leads elsewhere than the text says: facts follow the path as it was written.
    if (absolute && path.includes('/..')) {
      const steps = withoutDots(path)
      if (steps !== normal && STEP_BACK.test(steps)) add(steps, true)
    }
    for (const seen of throughProcess(normal, place)) add(seen.path, seen.absolute)
  }
  return [...found.values()]
}

/** Space around a path is part of its name to the kernel, and none of it to a tool that trims what it is given. */
function withTrimmed(texts: readonly string[]): readonly string[] {
  const trimmed = texts.map((text) => text.trim()).filter((text) => text !== '')
  return [...new Set([...texts, ...trimmed])]
}

/** The one path that a text names in which nothing is there to normalise, which most are. */
function plainPath(text: string, { cwds }: Place): string | undefined {
  if (!isPlain(text)) return undefined
  if (text.startsWith('/')) return text.startsWith('/proc') ? undefined : text
  if (cwds.length === 0) return text
  const cwd = cwds[0]!
  return cwds.length > 1 || !isPlain(cwd) || cwd.startsWith('/proc') ? undefined : `${cwd}/${text}`
}

const SLASH = 47
const DOT = 46

/** Whether a text is ASCII without escapes, home, empty segments and those that begin with two dots. */
function isPlain(text: string): boolean {
  const { length } = text
  if (length === 0) return false
  let before = 0
  for (let i = 0; i < length; i++) {
    const code = codeAt(text, i)
    if (code > 126 || code === 92) return false
    const first = i === 0 || before === SLASH
    if (
      first &&
      (code === SLASH
        ? i > 0
        : code === DOT && !isName(i + 1 < length ? codeAt(text, i + 1) : SLASH))
    ) {
      return false
    }
    before = code
  }
  const begin = codeAt(text, 0)
  // Space at its ends.
  if (begin <= 32 || before <= 32) return false
  return before !== SLASH && begin !== 126 && begin !== 36
}

/** Whether a dot in front of it begins a name. */
function isName(code: number): boolean {
  return code !== DOT && code !== SLASH
}

/** A `..` that steps out of a directory named before it. */
const STEP_BACK = /\/(?!\.\.(?:\/|$))[^/]+\/\.\.(?:\/|$)/

function withoutDots(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  return (path.startsWith('/') ? '/' : '') + parts.join('/')
}

/** `/proc/self/cwd/x` is `x` in the working directory; that of another process may be anywhere (F34). */
function throughProcess(path: string, place: Place): { path: string; absolute: boolean }[] {
  if (!path.startsWith('/proc/')) return []
  const match = /^\/proc\/([^/]+)\/(?:task\/[^/]+\/)?cwd(?=\/|$)/.exec(path)
  if (match === null) return []
  const rest = path.slice(match[0].length + 1)
  if (!/^(?:self|thread-self)$/.test(match[1]!) || place.cwds.length === 0) {
    return [{ path: rest || '.', absolute: false }]
  }
  return place.cwds.map((cwd) => ({ path: normalisePath(`${cwd}/${rest}`), absolute: true }))
}

/** The text with its home or starting point in front. */
function rooted(text: string, place: Place): readonly { path: string; absolute: boolean }[] {
  const home = /^(?:~|\$HOME|\$\{HOME\})(?=\/|$)/.exec(text)
  if (home !== null) {
    const rest = text.slice(home[0].length)
    if (place.homes.length === 0) return [{ path: `~${rest}`, absolute: false }]
    return place.homes.map((dir) => ({ path: dir + rest, absolute: true }))
  }
  const user = /^~([a-z_][a-z0-9_.-]*)(?=\/|$)/i.exec(text)
  if (user !== null) {
    const dir = user[1] === 'root' ? '/root' : `/home/${user[1]}`
    // Where there is no such account the text is an ordinary name.
    return [
      { path: dir + text.slice(user[0].length), absolute: true },
      ...rooted(`./${text}`, place),
    ]
  }
  if (text.startsWith('/')) return [{ path: text, absolute: true }]
  if (place.cwds.length === 0) return [{ path: text, absolute: false }]
  return place.cwds.map((cwd) => ({ path: `${cwd}/${text}`, absolute: true }))
}

/** What normalising may change: empty segments, those that begin with a dot, a process's view. */
const UNTIDY = /\/(?:[/.]|$)|^\/proc/
const UNTIDY_RELATIVE = /(?:^|\/)(?:[/.]|$)/

/**
 * `//`, `.`, `..` and a trailing slash removed; the detours through a process's own view of the file
 * system (`/proc/self/root/etc`) too (F34). A relative path that climbs keeps its leading `..`.
 */
export function normalisePath(path: string): string {
  const absolute = path.startsWith('/')
  if (!(absolute ? UNTIDY : UNTIDY_RELATIVE).test(path)) return path
  const out: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') out.push(part)
    else if (out.length > 0 && out.at(-1) !== '..') out.pop()
    else if (!absolute) out.push('..')
    if (absolute && isProcessRoot(out)) out.length = 0
  }
  return absolute ? `/${out.join('/')}` : out.join('/') || '.'
}

/** `/proc/<pid>/root` is `/`; so is, for want of a better name, `/proc/<pid>/task/<tid>/root`. */
function isProcessRoot(parts: readonly string[]): boolean {
  if (parts[0] !== 'proc' || parts.at(-1) !== 'root') return false
  return parts.length === 3 || (parts.length === 5 && parts[2] === 'task')
}
