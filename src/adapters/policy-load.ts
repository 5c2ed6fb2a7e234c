import { realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { assemblePolicies, NoReader, type ParseStore, type PolicyText } from '../engine/assemble.ts'
import type { PolicySet } from '../engine/policy-set.ts'
import type { Fault } from '../engine/types.ts'
import { sha256Hasher } from './hash.ts'
import { faultAt, type Look, OVERLAY, type Place, readPolicy } from './policy-read.ts'
import { codeOf } from './safe-read.ts'

export interface Embedded {
  /** Built-in profiles by name; `self-protection` among them is always in force and no profile. */
  readonly builtins: Readonly<Record<string, string>>
  /** The profile when there is no policy file but the overlay. */
  readonly profile: string
  /** Texts that were read before: for commands that run once. */
  readonly parses?: ParseStore | undefined
}

export interface Loaded {
  readonly set?: PolicySet | undefined
  readonly faults: readonly Fault[]
  /** Everything that went in, for the project layer on top. */
  readonly sources: readonly PolicyText[]
  /** Files outside the places that `extends` led to. */
  readonly extended: readonly string[]
  readonly beside: Beside
}

type Beside = (file: string, name: string) => { file: string; text: string } | undefined

const PROTECTION = 'self-protection'
/** As deep as `extends` goes, and one more to see the end. */
const ROUNDS = 10

/** `sha256:` over texts, in order and told apart. */
export function hashTexts(texts: readonly string[]): string {
  const hash = sha256Hasher()
  for (const text of texts) {
    hash.update(`${text.length}:`)
    hash.update(text)
  }
  return `sha256:${hash.digest('hex')}`
}

/** Built-in profiles that a file may extend. */
export function profilesOf({ builtins }: Embedded): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(builtins).filter(([name]) => name !== PROTECTION))
}

/**
 * Make a set out of texts. YAML and its schema take longer to start than everything else a one-shot
 * command does, so they are loaded only when a text is not remembered.
 */
export async function loadTexts(
  sources: readonly PolicyText[],
  embedded: Embedded,
  beside: Beside,
): Promise<{ readonly set?: PolicySet; readonly faults: readonly Fault[] }> {
  const { parses } = embedded
  const options = { builtins: profilesOf(embedded), hash: hashTexts, beside, parses }
  if (parses !== undefined) {
    try {
      return assemblePolicies(sources, options)
    } catch (error) {
      if (!(error instanceof NoReader)) throw error
    }
  }
  const { loadPolicies } = await import('../engine/load.ts')
  return loadPolicies(sources, options)
}

/**
 * Compile what a look saw, with the built-in layers around it. A file that another one extends counts
 * as part of that one and no more by itself.
 */
export async function loadLook(
  { texts, faults }: Look,
  places: readonly Place[],
  embedded: Embedded,
): Promise<Loaded> {
  const own = sourcesOf(texts, embedded)
  const beside = new Map<string, { file: string; text: string } | undefined>()
  for (const { file, layer, text } of texts) {
    if (layer !== 'overlay') beside.set(file, { file, text })
  }
  const unreadable: Fault[] = []
  const used = new Set<string>()
  for (let round = 0;; round++) {
    const missing = new Map<string, string>()
    const find: Beside = (file, name) => {
      const path = join(dirname(file), name.endsWith('.yaml') ? name : `${name}.yaml`)
      if (basename(path) === OVERLAY || file.startsWith('builtin:')) return undefined
      if (!beside.has(path)) missing.set(path, file)
      const found = beside.get(path)
      if (found !== undefined) used.add(path)
      return found
    }
    const usedBefore = used.size
    const sources = own.filter(({ file }) => !used.has(file))
    const result = await loadTexts(sources, embedded, find)
    if (round < ROUNDS && (missing.size > 0 || used.size > usedBefore)) {
      for (const [path, from] of missing) {
        beside.set(path, await readBeside(path, from, ownerOf(from, places), unreadable))
      }
      continue
    }
    const all = [...faults, ...unreadable, ...result.faults]
    if (!sources.some(({ layer }) => layer === 'user')) {
      all.push(faultAt(`builtin:${embedded.profile}`, 'There is no such profile'))
    }
    return {
      set: all.length === 0 ? result.set : undefined,
      faults: all,
      sources,
      extended: [...used].filter((path) => !texts.some(({ file }) => file === path)),
      beside: find,
    }
  }
}

function sourcesOf(texts: readonly PolicyText[], { builtins, profile }: Embedded): PolicyText[] {
  const sources: PolicyText[] = []
  const protection = builtins[PROTECTION]
  if (protection !== undefined) {
    sources.push({ file: `builtin:${PROTECTION}`, layer: 'builtin', text: protection })
  }
  if (!texts.some(({ layer }) => layer === 'user')) {
    const text = Object.hasOwn(builtins, profile) ? builtins[profile] : undefined
    if (text !== undefined) sources.push({ file: `builtin:${profile}`, layer: 'user', text })
  }
  return [...sources, ...texts]
}

/** The text of a file beside another one, never of one that a link leads elsewhere (F36). */
async function readBeside(
  path: string,
  from: string,
  owner: Place['owner'],
  faults: Fault[],
): Promise<{ file: string; text: string } | undefined> {
  const fault = (message: string) => {
    faults.push({ file: from, line: 1, col: 1, message: `extends ${basename(path)}: ${message}` })
    return undefined
  }
  try {
    const [real, home] = await Promise.all([realpath(path), realpath(dirname(from))])
    if (dirname(real) !== home) return fault('a link leads out of the directory')
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? undefined : fault(`cannot be read: ${codeOf(error)}`)
  }
  const read = await readPolicy(path, owner)
  return read.text === undefined ? fault(read.detail) : { file: path, text: read.text }
}

function ownerOf(file: string, places: readonly Place[]): Place['owner'] {
  const place = places.find(({ kind, path }) =>
    kind === 'file' ? dirname(path) === dirname(file) : path === dirname(file)
  )
  return place?.owner ?? 'self'
}
