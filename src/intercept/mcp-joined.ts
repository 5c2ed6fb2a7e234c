import type { Json } from '../engine/types.ts'
import { roleOf, wordsOf } from './mcp-words.ts'
import { type Params, wrong } from './params.ts'
import { PATH_LIMIT } from './path.ts'

/** Paths that are put together for one call. One that names more is refused, never read in part. */
const JOINED_LIMIT = 1024
/** Directories that may hold one name: those beside it and those further out. */
const BASES_LIMIT = 32

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))
/** Words of a key, anywhere in it, whose value holds what others name. */
const BASES = words(
  'dir dirs directory directories dirname folder folders root roots parent base basedir cwd workdir workspace',
)
/** A key that ends so names something in a directory. */
const NAMES = words('name names file files filename filenames basename path paths')
/** Of those, the ones that name a file and no directory: for them a `path` beside them is the directory. */
const FILES = words('name names file files filename filenames basename')
/** A text that is a path whatever its key says. */
const PATH_LIKE = /^[~.]|[/\\]/
/** What stands for itself, wherever it is named. */
const ABSOLUTE = /^(?:[~/\\]|[a-z]:[\\/]|[a-z][a-z0-9+.-]*:\/\/)/i
/** Nothing is put behind an address; `file:` is a path. */
const ADDRESS = /^(?!file:)[a-z][a-z0-9+.-]*:\/\//i

/** A text and what its key says of it. */
interface Named {
  readonly text: string
  /** Its key says directory. */
  readonly base: boolean
  /** The last word of its key. */
  readonly last: string
  /** Its key says path by itself. */
  readonly path: boolean
}

/**
 * The paths of a call that names a file in one argument and its directory in another, as in
 * `{directory: "~/.claude", file: "settings.json"}`: a name is read in every directory that stands beside it or
 * further out, for nobody knows which of them a server joins.
 *
 * @throws RampartError `request_invalid` where that gives more paths than are judged
 */
export function joinedPaths(params: Params): readonly string[] {
  const joined = new Set<string>()
  // A list of what is left to look at: params may nest deeper than a stack.
  const left: { readonly value: Json; readonly outer: readonly Named[] }[] = [
    { value: params, outer: [] },
  ]
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    const { value, outer } = one
    if (Array.isArray(value)) {
      for (const entry of value.toReversed()) {
        if (isHolder(entry)) left.push({ value: entry, outer })
      }
    } else if (isHolder(value)) {
      const own = namedIn(value as Members)
      const bases = [...outer, ...own.filter(isBase), ...basesInside(value as Members)]
      if (bases.length > BASES_LIMIT && own.some(isName)) throw tooMany()
      addJoined(joined, own, bases)
      const kept = bases.slice(0, BASES_LIMIT + 1)
      for (const entry of Object.values(value)) {
        if (isHolder(entry)) left.push({ value: entry, outer: kept })
      }
    }
  }
  return [...joined]
}

type Members = Readonly<Record<string, Json>>

function isHolder(value: Json): value is Json[] | Members {
  return value !== null && typeof value === 'object'
}

function addJoined(
  joined: Set<string>,
  own: readonly Named[],
  bases: readonly Named[],
): void {
  for (const name of own) {
    if (!isName(name)) continue
    for (const base of bases) {
      if (!fits(base, name)) continue
      joined.add(under(base.text, name.text))
      // A directory may itself be named in another one.
      for (const outer of ABSOLUTE.test(base.text) ? [] : bases) {
        if (outer !== name && fits(outer, base)) {
          joined.add(under(under(outer.text, base.text), name.text))
        }
      }
      if (joined.size > JOINED_LIMIT) throw tooMany()
    }
  }
}

/** Whether one may be the directory of the other. */
function fits(base: Named, name: Named): boolean {
  if (base === name || !(base.base || FILES.has(name.last))) return false
  return base.path || name.path || PATH_LIKE.test(base.text)
}

function isBase({ base, last, text }: Named): boolean {
  return (base || last === 'path') && !ADDRESS.test(text)
}

function isName({ base, last, text }: Named): boolean {
  return (base || NAMES.has(last)) && !ABSOLUTE.test(text)
}

function under(base: string, name: string): string {
  return /[/\\]$/.test(base) ? `${base}${name}` : `${base}/${name}`
}

/** Every text of an object that may be a path or a part of one; what stands on either side of a NUL by itself. */
function namedIn(value: Members): Named[] {
  return Object.entries(value).flatMap(([key, entry]) => {
    const said = wordsOf(key)
    const last = said.at(-1) ?? ''
    const base = said.some((word) => BASES.has(word))
    if (!base && !NAMES.has(last)) return []
    const texts = Array.isArray(entry) ? entry : [entry]
    return texts.flatMap((text) => typeof text === 'string' ? text.split('\0') : [])
      .map((text) => text.trim())
      .filter((text) => text !== '' && text.length <= PATH_LIMIT && !text.includes('\n'))
      .map((text) => ({ text, base, last, path: roleOf(key) === 'path' }))
  })
}

/** Directories that stand one level further in, as in `{options: {dir: "~"}, file: ".bashrc"}`. */
function basesInside(value: Members): Named[] {
  return Object.values(value).flatMap((entry) =>
    isHolder(entry) && !Array.isArray(entry) ? namedIn(entry as Members).filter(isBase) : []
  )
}

function tooMany(): Error {
  return wrong('/params', `names files in more directories than are judged`)
}
