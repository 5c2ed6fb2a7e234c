import { globLiteral, parseGlob, plainGlob } from './match/command-glob.ts'
import type { Dimension, PolicySet, Rule } from './policy-set.ts'

/** What a program may do by itself that rules speak of, as the bits of `preload/snapshot.h`. */
export const ACCESSES = { read: 1, write: 2, delete: 4, fetch: 8 } as const
export type Access = keyof typeof ACCESSES

/** The names that rules are matched by for each; deleting is writing, too. */
const TOOLS: readonly (readonly [Access, readonly string[]])[] = [
  ['read', ['read']],
  ['write', ['write']],
  ['delete', ['write', 'delete']],
  ['fetch', ['fetch']],
]

const FILES = ACCESSES.read | ACCESSES.write | ACCESSES.delete

export type ReachKind = 'path' | 'host' | 'url'

/** Texts that some rule may speak of: all pieces stand in them, in this order. */
export interface ReachPattern {
  readonly kind: ReachKind
  readonly pieces: readonly string[]
  /** The text begins with the first piece; ends with the last. */
  readonly begins: boolean
  readonly ends: boolean
}

/** What rules could say anything of but allow, for a program that wants to ask about nothing else. */
export interface Reach {
  /** Accesses about which all is to be asked, as bits of `ACCESSES`. */
  readonly everything: number
  /** By what each is, with the accesses it is for. */
  readonly patterns: ReadonlyMap<string, { readonly pattern: ReachPattern; readonly for: number }>
}

/**
 * The reach of a policy set: for every read, write, delete and fetch by path or URL that `evaluate` does
 * not simply allow, either its access is one of `everything` or one of the patterns meets the text. More
 * may meet one than any rule speaks of, never less. Rules that only log count: what they saw would be
 * missing in the trail.
 *
 * @param homes - what `~` means, as facts have it.
 */
export function reachOf(set: PolicySet, homes: readonly string[]): Reach {
  const reach: Growing = { everything: 0, patterns: new Map() }
  if (set.defaultAction !== 'allow') reach.everything = FILES | ACCESSES.fetch
  for (const { matchTool, rules } of set.policies) {
    let accesses = 0
    for (const [access, tools] of TOOLS) if (matchTool(tools)) accesses |= ACCESSES[access]
    if (accesses === 0) continue
    for (const rule of rules) addRule(reach, rule, accesses, homes)
  }
  return reach
}

type Growing = {
  everything: number
  readonly patterns: Map<string, { pattern: ReachPattern; for: number }>
}

function addRule(
  reach: Growing,
  rule: Rule,
  accesses: number,
  homes: readonly string[],
): void {
  if (rule.action === 'allow' || rule.needs.includes('response')) return
  const literals = rule.literals()
  if (literals === 'none') {
    reach.everything |= accesses
    return
  }
  const kind = KINDS[literals.dimension]
  // A rule about commands says nothing of what a program does by itself.
  if (kind === undefined) return
  const meant = accesses & (kind === 'path' ? FILES : ACCESSES.fetch)
  if (meant === 0) return
  const globs = literals.rooted?.(homes) ?? literals.globs?.() ??
    literals.all.map((text) => `*${plainGlob(text)}*`)
  for (const glob of globs) addGlob(reach, kind, glob, meant)
}

const KINDS: Partial<Record<Dimension, ReachKind>> = { path: 'path', host: 'host', url: 'url' }

/** More pieces would say little more. */
const PIECES = 32

function addGlob(reach: Growing, kind: ReachKind, glob: string, accesses: number): void {
  if (globLiteral(glob) === '') {
    reach.everything |= accesses
    return
  }
  const pattern = patternOf(kind, glob)
  const key = JSON.stringify(pattern)
  const known = reach.patterns.get(key)
  reach.patterns.set(key, { pattern, for: accesses | (known?.for ?? 0) })
}

/** What lies between wildcards, each of which stands for any run here. */
function patternOf(kind: ReachKind, glob: string): ReachPattern {
  const pieces: string[] = []
  let open = false
  const atoms = parseGlob(glob)
  for (const atom of atoms) {
    if (atom.kind !== 'char') open = false
    else if (open) pieces[pieces.length - 1] += atom.char
    else {
      pieces.push(atom.char)
      open = true
    }
  }
  const all = pieces.length <= PIECES
  return {
    kind,
    pieces: pieces.slice(0, PIECES),
    begins: atoms[0]!.kind === 'char',
    ends: all && atoms.at(-1)!.kind === 'char',
  }
}

/** What either could say anything of. */
export function joinedReach(one: Reach, other: Reach): Reach {
  const patterns = new Map(one.patterns)
  for (const [key, { pattern, for: accesses }] of other.patterns) {
    patterns.set(key, { pattern, for: accesses | (patterns.get(key)?.for ?? 0) })
  }
  return { everything: one.everything | other.everything, patterns }
}

/** All of it, where nothing can be told. */
export const ALL_REACH: Reach = { everything: FILES | ACCESSES.fetch, patterns: new Map() }
