import { codeAt } from './match/code-at.ts'
import { scan } from './index-scan.ts'
import { SHORTEST } from './literal.ts'
import type { Dimension, IndexTexts, Policy, Rule, RuleIndex } from './policy-set.ts'

/** Rules of one dimension by the place of a trigram, and which places are taken at all, a bit for each. */
interface Filed {
  readonly map: Map<number, Entry[]>
  readonly seen: Int32Array
  /** Rules that any text finds: they have a literal too short to be looked up. */
  readonly short: number[]
}

/** A rule can hold where its literal stands: the trigram it is filed under begins `at` in it. */
interface Entry {
  readonly literal: string
  readonly at: number
  readonly position: number
}

type Files = Readonly<Record<Exclude<Dimension, 'exact'>, Filed>> & {
  readonly exact: Map<string, number[]>
  /** A path of which only the end is known is looked up by the endings of patterns. */
  readonly relative: () => Filed
}

/** How often each place of trigrams is asked for. */
type Frequency = Uint32Array

const SLOTS = 1 << 14

function emptyFiled(): Filed {
  return { map: new Map(), seen: new Int32Array(SLOTS / 32), short: [] }
}

/** Questions before an index is worth its making: a one-shot command asks no more. */
const SCANS = 8

/**
 * Finds the rules that can hold at all. The first questions go through all rules, those after them
 * through an index; both give the same answer.
 */
export function indexRules(policies: readonly Policy[]): RuleIndex {
  const flat = policies.flatMap((policy) => policy.rules.map((rule) => ({ policy, rule })))
  let asked = 0
  let find: RuleIndex['candidates'] | undefined
  return {
    flat,
    candidates: (texts) => {
      if (find === undefined && asked++ < SCANS) return scan(flat, texts)
      find ??= filedRules(flat)
      return find(texts)
    },
  }
}

/**
 * An index over the rules in evaluation order: a rule whose every pattern holds a literal of `SHORTEST`
 * or more characters is filed under one trigram of each (the rarest), so that a text's own trigrams find
 * the few rules that can hold. Cost follows the text, not the number of rules.
 */
function filedRules(flat: RuleIndex['flat']): RuleIndex['candidates'] {
  const frequency = countTrigrams(flat.map(({ rule }) => rule))
  const always: number[] = []
  let relative: Filed | undefined
  const filed: Files = {
    command: emptyFiled(),
    path: emptyFiled(),
    url: emptyFiled(),
    exact: new Map(),
    relative: () => relative ??= indexRelative(flat.map(({ rule }) => rule), frequency),
  }
  flat.forEach(({ rule }, position) => {
    const literals = rule.literals()
    if (literals === 'none') {
      always.push(position)
      return
    }
    const { dimension, all } = literals
    if (dimension === 'exact') fileExact(filed.exact, all, position)
    else file(filed[dimension], all, position, frequency)
  })
  const hits: Hits = { marks: new Int32Array(flat.length), round: 0, found: [] }
  return (texts) => {
    hits.round = hits.round === LAST_ROUND ? 1 : hits.round + 1
    if (hits.round === 1) hits.marks.fill(0)
    hits.found = NONE
    for (const position of always) note(hits, position)
    find(texts, filed, hits)
    return sorted(hits.found)
  }
}

/** In place and ascending; few rules are found, and those nearly in order. */
function sorted(positions: number[]): number[] {
  if (positions.length > 64) return positions.sort((a, b) => a - b)
  for (let i = 1; i < positions.length; i++) {
    const position = positions[i]!
    let at = i
    for (; at > 0 && positions[at - 1]! > position; at--) positions[at] = positions[at - 1]!
    positions[at] = position
  }
  return positions
}

/** What one question finds: each rule once, by a mark that tells this question from those before it. */
interface Hits {
  readonly marks: Int32Array
  round: number
  found: number[]
}

/** Most questions find nothing: they share this. Never pushed to. */
const NONE: number[] = []

const LAST_ROUND = 2 ** 31 - 1

function note(hits: Hits, position: number): void {
  if (hits.marks[position] === hits.round) return
  hits.marks[position] = hits.round
  if (hits.found === NONE) hits.found = [position]
  else hits.found.push(position)
}

function indexRelative(rules: readonly Rule[], frequency: Frequency): Filed {
  const filed = emptyFiled()
  rules.forEach((rule, position) => {
    const literals = rule.literals()
    if (literals === 'none' || literals.dimension !== 'path') return
    file(filed, literals.relative?.() ?? [''], position, frequency)
  })
  return filed
}

function file(
  { map, seen, short }: Filed,
  literals: readonly string[],
  position: number,
  frequency: Frequency,
): void {
  if (literals.some((literal) => literal.length < SHORTEST)) {
    short.push(position)
    return
  }
  for (const literal of new Set(literals)) {
    const at = rarest(literal, frequency)
    const place = slot(literal, at)
    seen[place >> 5]! |= 1 << (place & 31)
    add(map, place, { literal, at, position })
  }
}

function add<K, V>(map: Map<K, V[]>, key: K, entry: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [entry])
  else list.push(entry)
}

function fileExact(map: Files['exact'], names: readonly string[], position: number): void {
  for (const name of new Set(names)) add(map, name, position)
}

function countTrigrams(rules: readonly Rule[]): Frequency {
  const frequency: Frequency = new Uint32Array(SLOTS)
  for (const rule of rules) {
    const literals = rule.literals()
    for (const literal of literals === 'none' ? [] : literals.all) {
      for (let i = 0; i + 3 <= literal.length; i++) frequency[slot(literal, i)]!++
    }
  }
  return frequency
}

function rarest(literal: string, frequency: Frequency): number {
  let best = 0
  for (let i = 1; i + 3 <= literal.length; i++) {
    if (frequency[slot(literal, i)]! < frequency[slot(literal, best)]!) best = i
  }
  return best
}

function find(texts: IndexTexts, filed: Files, hits: Hits): void {
  if (typeof texts.exact === 'string') {
    for (const positions of filed.exact.values()) noteAll(positions, hits)
  } else {
    for (const name of texts.exact) noteAll(filed.exact.get(name), hits)
  }
  lookUp(texts.command, filed.command, hits)
  lookUp(texts.path, filed.path, hits)
  lookUp(texts.url, filed.url, hits)
  if (texts.relative.length > 0) lookUp(texts.relative, filed.relative(), hits)
}

function noteAll(positions: readonly number[] | undefined, hits: Hits): void {
  if (positions === undefined) return
  for (const position of positions) note(hits, position)
}

function lookUp(
  given: readonly string[] | 'any',
  { map, seen, short }: Filed,
  hits: Hits,
): void {
  if (typeof given === 'string') {
    noteAll(short, hits)
    for (const entries of map.values()) for (const { position } of entries) note(hits, position)
    return
  }
  if (given.length === 0) return
  noteAll(short, hits)
  for (const text of given) {
    const last = text.length - 3
    if (last < 0) continue
    let first = codeAt(text, 0)
    let second = codeAt(text, 1)
    for (let i = 0; i <= last; i++) {
      const third = codeAt(text, i + 2)
      const place = slotOf(first, second, third)
      first = second
      second = third
      // Nearly every trigram of a text is in no rule: the bits say so, and stay in the nearest cache.
      if ((seen[place >> 5]! & (1 << (place & 31))) === 0) continue
      for (const { literal, at, position } of map.get(place)!) {
        if (text.startsWith(literal, i - at)) note(hits, position)
      }
    }
  }
}

/** Where a trigram is looked up in `Filed.seen`; different ones may share a place. */
function slot(text: string, at: number): number {
  return slotOf(codeAt(text, at), codeAt(text, at + 1), codeAt(text, at + 2))
}

function slotOf(first: number, second: number, third: number): number {
  return (first * 961 + second * 31 + third) & (SLOTS - 1)
}
