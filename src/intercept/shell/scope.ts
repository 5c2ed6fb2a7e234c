import type { Subject } from '../../engine/types.ts'
import { normalisePath, type Place } from '../path.ts'
import { LazyMap, LazySet } from './lazy.ts'
import { type Budget, CWD_LIMIT, freshBudget, HOME_LIMIT } from './limits.ts'
import type { Expansion, Field, Values } from './words.ts'
import type { Script } from './syntax.ts'

/** What is gathered while a line is read. */
export interface Reader {
  readonly subjects: Subject[]
  budget: Budget
  complete: boolean
  /** While code of another language is read: the part whose possible commands are met. */
  possible?: number | undefined
  /** Files that the line wrote so far, with their text where it can be told. */
  readonly written: LazyMap<string | undefined>
  /** Of those, the ones that came from another host. */
  readonly fetched: LazySet
  /** Other names that the line gave to files, with what they lead to. */
  readonly links: LazyMap<readonly string[]>
  /** Something runs in the background by now, which may change any file at any time. */
  wild: boolean
  /** Script files by path, as far as their text was handed in. */
  readonly scripts: ReadonlyMap<string, string>
  /** Script files whose text would be of use. */
  readonly wanted: LazySet
  /** Script files that are being read just now: one that runs itself is read once. */
  readonly open: LazySet
  /** Calls of functions that are being read just now: one that calls itself likewise adds nothing. */
  readonly calling: LazySet
  /** What script files may spend. */
  readonly aside: Budget
  /** Values of variables in which substitutions stand. */
  latent?: string[] | undefined
  /** Homes that the line assigns: `~` may mean each of them, too (F35). */
  readonly homes: string[]
}

const NO_SCRIPTS: ReadonlyMap<string, string> = new Map()

/** A reader at the start of a line of so many characters. */
export function freshReader(length: number, scripts = NO_SCRIPTS): Reader {
  return {
    subjects: [],
    budget: freshBudget(length),
    complete: true,
    latent: undefined,
    homes: [],
    written: new LazyMap(),
    fetched: new LazySet(),
    links: new LazyMap(),
    wild: false,
    scripts,
    wanted: new LazySet(),
    open: new LazySet(),
    calling: new LazySet(),
    aside: freshBudget(),
  }
}

/**
 * Read what may run in the name of a part: restrictive rules alone are asked of its commands, and what is
 * not known of it leaves the line as known as it was.
 */
export function readPossible(reader: Reader, part: number, read: () => void): void {
  const { possible, complete } = reader
  reader.possible = possible ?? part
  read()
  Object.assign(reader, { possible, complete })
}

/** What a command sees: variables, functions, where it runs. Subshells get a copy. */
export interface Scope {
  readonly values: Values
  /** What variables may well hold whose value is not certain. */
  readonly guesses: LazyMap<readonly string[]>
  /** The scripts whose output variables hold: what a `curl` printed is code from the network still. */
  readonly outputs: LazyMap<Script>
  /** Names that stand for other names: `declare -n`. */
  readonly references: LazyMap<string>
  /** Functions by name, with the bodies that may answer to it. */
  readonly functions: LazyMap<readonly Script[]>
  /** What names stand for that `alias` made, where shells heed it. */
  readonly aliases: LazyMap<string>
  /** Names that no assignment changes any more. */
  readonly frozen: LazySet
  readonly homes: readonly string[]
  /** Directories it may run in; none that is known = relative paths stay relative. */
  cwds: readonly string[]
  /** Where else it runs unless the `cd` in front of an `&&` worked. */
  otherwise?: readonly string[] | undefined
}

/** The scope of a line: what `bash -c` starts with. */
export function scopeOf(place: Place): Scope {
  return {
    values: new LazyMap(),
    guesses: new LazyMap(),
    outputs: new LazyMap(),
    references: new LazyMap(),
    functions: new LazyMap(),
    aliases: new LazyMap(),
    frozen: new LazySet(),
    homes: place.homes.length < 2 ? place.homes : [...new Set(place.homes)],
    cwds: place.cwds,
    otherwise: undefined,
  }
}

export function copyOf(scope: Scope): Scope {
  return {
    values: new LazyMap(scope.values),
    guesses: new LazyMap(scope.guesses),
    outputs: new LazyMap(scope.outputs),
    references: new LazyMap(scope.references),
    functions: new LazyMap(scope.functions),
    aliases: new LazyMap(scope.aliases),
    frozen: new LazySet(scope.frozen),
    homes: scope.homes,
    cwds: scope.cwds,
    otherwise: scope.otherwise,
  }
}

/** What a program finds that is started without the variables around it. */
function withoutValues(scope: Scope): Scope {
  const bare = copyOf(scope)
  for (const name of scope.values.keys()) forget(bare.values, name)
  for (const name of [...scope.guesses.keys()]) bare.guesses.delete(name)
  for (const name of [...scope.outputs.keys()]) bare.outputs.delete(name)
  return bare
}

/** Variables that a shell gives a meaning of its own when nobody else does. */
const OWN = /^(?:HOME|PATH|PWD|OLDPWD|IFS)$/

/** Let a variable hold nothing. */
export function forget(values: Scope['values'], name: string): void {
  values.set(name, OWN.test(name) ? undefined : [])
}

export function placeIn(reader: Reader, scope: Scope): Place {
  const { homes } = reader
  if (homes.length === 0) return scope
  return { cwds: scope.cwds, homes: [...new Set([...scope.homes, ...homes])] }
}

/** Note homes that the line assigns; each is tried for every path, so a line has but a few. */
export function addHomes({ homes, budget }: Reader, values: readonly string[]): void {
  for (const home of values) {
    if (homes.includes(home)) continue
    if (homes.length >= HOME_LIMIT) budget.bound = true
    else homes.push(home)
  }
}

export function expansionIn(
  reader: Reader,
  scope: Scope,
  printed: (script: Script) => string | undefined,
): Expansion {
  return {
    values: scope.values,
    guesses: scope.guesses,
    outputs: scope.outputs,
    references: scope.references,
    functions: scope.functions,
    aliases: scope.aliases,
    budget: reader.budget,
    printed,
    cwd: scope.cwds.length === 1 ? scope.cwds[0] : undefined,
  }
}

/** What `cd` does to a scope. What follows by `&&` runs there; what follows otherwise runs here or there. */
export function changeDirectory(scope: Scope, target: Field | undefined, worked: boolean): void {
  const before = scope.cwds
  const next = target === undefined ? scope.homes : directories(scope, target)
  scope.cwds = next ?? []
  scope.otherwise = before
  if (!worked) settleDirectory(scope)
}

/** Leave the `&&` behind a `cd`: both directories may be the one. */
export function settleDirectory(scope: Scope): void {
  if (scope.otherwise === undefined) return
  const all = [...new Set([...scope.otherwise, ...scope.cwds])]
  const known = scope.otherwise.length > 0 && scope.cwds.length > 0 && all.length <= CWD_LIMIT
  scope.cwds = known ? all : []
  scope.otherwise = undefined
}

function directories(
  scope: Scope,
  { text, known, tilde, glob }: Field,
): readonly string[] | undefined {
  if (!known || glob || text === '-' || text === '') return undefined
  if (text === '~' || (tilde && text.startsWith('~/'))) {
    return scope.homes.map((home) => normalisePath(home + text.slice(1)))
  }
  if (tilde) return undefined
  if (text.startsWith('/')) return [normalisePath(text)]
  if (scope.cwds.length === 0) return undefined
  return scope.cwds.map((cwd) => normalisePath(`${cwd}/${text}`))
}

/** What a launcher lets its command see. */
export function seenBy(
  { clean, chdir }: { readonly clean?: boolean; readonly chdir?: Field | undefined },
  scope: Scope,
): Scope {
  if (clean !== true && chdir === undefined) return scope
  const seen = clean === true ? withoutValues(scope) : copyOf(scope)
  if (chdir !== undefined) changeDirectory(seen, chdir, true)
  seen.otherwise = undefined
  return seen
}
