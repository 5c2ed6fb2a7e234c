import { codeAt } from './match/code-at.ts'
import { type Crowd, crowdOf, type Member, roomySet } from './index-crowd.ts'
import { begin, forget, type Hits, hitsFor, note, noteAll, sorted } from './index-hits.ts'
import { scan } from './index-scan.ts'
import {
  countTrigrams,
  type Frequency,
  placeOf,
  rarest,
  slot,
  SLOTS,
  TRIGRAM,
  trigramAt,
} from './index-trigram.ts'
import { SHORTEST } from './literal.ts'
import type { Bits, GlobSet } from './match/glob-set.ts'
import type { Dimension, IndexTexts, MoreTexts, Policy, Rule, RuleIndex } from './policy-set.ts'

/** Rules of one dimension by the place of a trigram, and which places are taken at all, a bit for each. */
interface Filed {
  readonly seen: Int32Array
  /** The number of the list in `lists` by place. */
  readonly numbers: Uint16Array
  readonly lists: Entry[][]
  /** Rules that any text finds: they have a literal too short to be looked up. */
  readonly short: number[]
  /** How many globs those of them hold that have any. */
  crowding: number
  /** All of its rules, by their globs: see `Crowd`. */
  readonly members: Member[]
  /** Makes the set of their globs. */
  readonly set: () => GlobSet
  crowd: Crowd | undefined
}

/** A rule can hold where its literal stands: the trigram it is filed under begins `at` in it. */
interface Entry {
  readonly literal: string
  /** The trigram's own characters: others may share its place. */
  readonly trigram: number
  readonly at: number
  readonly position: number
}

type Files = Readonly<Record<Exclude<Dimension, 'exact'>, Filed>> & {
  readonly exact: Map<string, number[]>
  /** Rules that ask for this name, or hold globs against it. */
  readonly named: (name: string) => readonly number[]
  readonly asksNames: () => boolean
  /** A path of which only the end is known is looked up by the endings of patterns. */
  readonly relative: () => Filed
}

function emptyFiled(set?: () => GlobSet): Filed {
  const members: Member[] = []
  return {
    seen: new Int32Array(SLOTS / 32),
    numbers: new Uint16Array(SLOTS),
    lists: [],
    short: [],
    crowding: 0,
    members,
    set: set ?? (() => roomySet(members.flatMap(({ globs }) => globs() ?? []))),
    crowd: undefined,
  }
}

/** Questions before an index is worth its making: a one-shot command asks no more. */
const SCANS = 8
/** Characters of commands for which it is worth it at once. */
const LONG = 2048

/**
 * Finds the rules that can hold at all. The first questions go through all rules, those after them
 * through an index; both give the same answer.
 */
export function indexRules(policies: readonly Policy[]): RuleIndex {
  const flat = policies.flatMap((policy) => policy.rules.map((rule) => ({ policy, rule })))
  let asked = 0
  let find: RuleIndex['candidates'] | undefined
  let globs: GlobSet | undefined
  const index: RuleIndex = {
    flat,
    candidates: (texts) => {
      if (find === undefined && asked++ < SCANS && !isLong(texts.command)) return scan(flat, texts)
      find ??= filedRules(index)
      return find(texts)
    },
    globs: () => globs ??= roomySet(flat.flatMap(({ rule }) => rule.commandGlobs())),
  }
  return index
}

function isLong(texts: IndexTexts['command']): boolean {
  return texts === 'any' || texts.some(({ length }) => length > LONG)
}

/**
 * An index over the rules in evaluation order: a rule whose every pattern holds a literal of `SHORTEST`
 * or more characters is filed under one trigram of each (the rarest), so that a text's own trigrams find
 * the few rules that can hold. Cost follows the text, not the number of rules.
 */
function filedRules({ flat, globs }: RuleIndex): RuleIndex['candidates'] {
  const frequency = countTrigrams(flat.map(({ rule }) => rule))
  const always: number[] = []
  let relative: Filed | undefined
  const filed: Files = {
    command: emptyFiled(globs),
    folded: emptyFiled(),
    path: emptyFiled(),
    url: emptyFiled(),
    host: emptyFiled(),
    name: emptyFiled(),
    exact: new Map(),
    named: (name) => named(name),
    asksNames: () => filed.exact.size + filed.name.members.length > 0,
    relative: () => relative ??= indexRelative(flat.map(({ rule }) => rule), frequency),
  }
  flat.forEach(({ rule }, position) => {
    const literals = rule.literals()
    if (literals === 'none') {
      always.push(position)
      return
    }
    const { dimension, all } = literals
    if (dimension === 'exact') return fileExact(filed.exact, all, position)
    const globs = () => literals.globs?.()
    file(filed[dimension], all, { position, globs }, frequency)
  })
  const named = byName(filed, hitsFor(flat.length))
  const hits = hitsFor(flat.length)
  return (texts) => {
    begin(hits)
    for (const position of always) note(hits, position)
    find(texts, filed, hits)
    return sorted(hits.found)
  }
}

/** Names that are remembered; nearly all commands are of a few programs. */
const NAMES = 1024
const NAME_LENGTH = 64

function byName(filed: Files, hits: Hits): Files['named'] {
  const known = new Map<string, readonly number[]>()
  return (name) => {
    const before = known.get(name)
    if (before !== undefined) return before
    begin(hits)
    noteAll(filed.exact.get(name), hits)
    lookUp([name], filed.name, hits)
    if (known.size >= NAMES) known.clear()
    if (name.length <= NAME_LENGTH) known.set(name, hits.found)
    return hits.found
  }
}

function indexRelative(rules: readonly Rule[], frequency: Frequency): Filed {
  const filed = emptyFiled()
  rules.forEach((rule, position) => {
    const literals = rule.literals()
    if (literals === 'none' || literals.dimension !== 'path') return
    const globs = () => literals.relativeGlobs?.()
    file(filed, literals.relative?.() ?? [''], { position, globs }, frequency)
  })
  return filed
}

function file(
  filed: Filed,
  literals: readonly string[],
  member: Member,
  frequency: Frequency,
): void {
  const { seen, numbers, lists, short, members } = filed
  const { position } = member
  members.push(member)
  if (literals.some((literal) => literal.length < SHORTEST)) {
    short.push(position)
    filed.crowding += member.globs()?.length ?? 0
    return
  }
  for (const literal of new Set(literals)) {
    const at = rarest(literal, frequency)
    const place = slot(literal, at)
    if ((seen[place >> 5]! & (1 << (place & 31))) === 0) numbers[place] = lists.push([]) - 1
    seen[place >> 5]! |= 1 << (place & 31)
    lists[numbers[place]!]!.push({ literal, trigram: trigramAt(literal, at), at, position })
  }
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, { length }) => sum + length, 0)
}

function fileExact(map: Files['exact'], names: readonly string[], position: number): void {
  for (const name of new Set(names)) {
    const list = map.get(name)
    if (list === undefined) map.set(name, [position])
    else list.push(position)
  }
}

function find(texts: IndexTexts, filed: Files, hits: Hits): void {
  if (typeof texts.exact === 'string') {
    for (const positions of filed.exact.values()) noteAll(positions, hits)
    lookUp(texts.exact, filed.name, hits)
  } else {
    const { exact } = texts
    if (filed.asksNames()) {
      for (let i = 0; i < exact.length; i++) noteAll(filed.named(exact[i]!), hits)
    }
  }
  const { command, folded, path, url, host } = filed
  if (command.members.length > 0) lookUp(texts.command, command, hits, texts.more)
  if (folded.members.length > 0) lookUp(texts.more.folded(), folded, hits)
  if (path.members.length > 0) lookUp(texts.path, path, hits)
  if (url.members.length > 0) lookUp(texts.url, url, hits)
  if (host.members.length > 0) lookUp(texts.more.host(), host, hits)
  if (texts.relative.length > 0) lookUp(texts.relative, filed.relative(), hits)
}

function lookUp(
  given: readonly string[] | 'any',
  filed: Filed,
  hits: Hits,
  more?: MoreTexts,
): void {
  const { short, lists, members } = filed
  if (typeof given === 'string') {
    noteAll(short, hits)
    for (const entries of lists) for (const { position } of entries) note(hits, position)
    return
  }
  if (given.length === 0) return
  const before = hits.found.length
  if (filed.crowding < CROWDED && byLiterals(given, filed, hits)) {
    if (hits.found.length < before + CROWDED) return
  }
  forget(hits, before)
  const crowd = filed.crowd ??= crowdOf(members, filed.set())
  crowd.find(metBy(given, crowd, more), (position) => note(hits, position))
}

/** A command answers for itself, for rules will ask again; of a span only what its parts leave to it counts. */
function metBy(given: readonly string[], crowd: Crowd, more: MoreTexts | undefined): Bits {
  const met = more?.prepared()?.meetAll(crowd.set)
  if (met?.set !== crowd.set) return crowd.set.meeting(given)
  const joined = more?.joined()
  return joined === undefined ? met.bits : crowd.spanning(met.bits, joined.met())
}

/** Rules that any text finds, or entries beside those that texts pay for, from which on the crowd is asked. */
const CROWDED = 64

/**
 * Whether it could be done without looking at more entries than there are characters. A rule that is found
 * is not looked for again: a text that repeats itself would ask for it at every turn.
 */
function byLiterals(
  given: readonly string[],
  { seen, numbers, lists, short }: Filed,
  hits: Hits,
): boolean {
  noteAll(short, hits)
  const { marks, round } = hits
  const most = CROWDED + lengthOf(given)
  let looked = 0
  for (const text of given) {
    const last = text.length - 3
    if (last < 0) continue
    let trigram = (codeAt(text, 0) << 7) ^ codeAt(text, 1)
    for (let i = 0; i <= last; i++) {
      trigram = ((trigram << 7) ^ codeAt(text, i + 2)) & TRIGRAM
      const place = placeOf(trigram)
      // Nearly every trigram of a text is in no rule: the bits say so, and stay in the nearest cache.
      if ((seen[place >> 5]! & (1 << (place & 31))) === 0) continue
      const entries = lists[numbers[place]!]!
      for (let k = 0; k < entries.length; k++) {
        const entry = entries[k]!
        if (marks[entry.position] === round || entry.trigram !== trigram) continue
        looked++
        if (text.startsWith(entry.literal, i - entry.at)) note(hits, entry.position)
      }
      if (looked > most) return false
    }
  }
  return true
}
