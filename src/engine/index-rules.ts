import { codeAt } from './match/code-at.ts'
import { scan } from './index-scan.ts'
import { SHORTEST } from './literal.ts'
import type { Dimension, IndexTexts, Policy, Rule, RuleIndex } from './policy-set.ts'

/** Rules of one dimension by the place of a trigram, and which places are taken at all, a bit for each. */
interface Filed {
  readonly seen: Int32Array
  /** The number of the list in `lists` by place. */
  readonly numbers: Uint16Array
  readonly lists: Entry[][]
  /** Rules that any text finds: they have a literal too short to be looked up. */
  readonly short: number[]
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
  /** A path of which only the end is known is looked up by the endings of patterns. */
  readonly relative: () => Filed
}

/** How often each place of trigrams is asked for. */
type Frequency = Uint32Array

const SLOTS = 1 << 14

function emptyFiled(): Filed {
  return {
    seen: new Int32Array(SLOTS / 32),
    numbers: new Uint16Array(SLOTS),
    lists: [],
    short: [],
  }
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
  { seen, numbers, lists, short }: Filed,
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
    if ((seen[place >> 5]! & (1 << (place & 31))) === 0) numbers[place] = lists.push([]) - 1
    seen[place >> 5]! |= 1 << (place & 31)
    lists[numbers[place]!]!.push({ literal, trigram: trigramAt(literal, at), at, position })
  }
}

function fileExact(map: Files['exact'], names: readonly string[], position: number): void {
  for (const name of new Set(names)) {
    const list = map.get(name)
    if (list === undefined) map.set(name, [position])
    else list.push(position)
  }
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

/** What command lines are made of, the most frequent first. */
const COMMON = ' e-tnoairsdfl.mpcuy/hgx'

/** The trigram that the fewest rules ask for and the fewest texts hold. */
function rarest(literal: string, frequency: Frequency): number {
  const cost = (at: number) => {
    let sum = frequency[slot(literal, at)]!
    for (const char of literal.slice(at, at + 3)) {
      if (COMMON.includes(char)) sum += COMMON.length - COMMON.indexOf(char)
    }
    return sum
  }
  let best = 0
  for (let i = 1; i + 3 <= literal.length; i++) if (cost(i) < cost(best)) best = i
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
  { seen, numbers, lists, short }: Filed,
  hits: Hits,
): void {
  if (typeof given === 'string') {
    noteAll(short, hits)
    for (const entries of lists) for (const { position } of entries) note(hits, position)
    return
  }
  if (given.length === 0) return
  noteAll(short, hits)
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
        if (entry.trigram !== trigram) continue
        if (text.startsWith(entry.literal, i - entry.at)) note(hits, entry.position)
      }
    }
  }
}

/** Where a trigram is looked up in `Filed.seen`; different ones may share a place. */
function slot(text: string, at: number): number {
  return placeOf(trigramAt(text, at))
}

function placeOf(trigram: number): number {
  return Math.imul(trigram, 0x9e37_79b1) >>> 18
}

/** Seven bits for each character: what is not ASCII may share its trigram with others. */
const TRIGRAM = (1 << 21) - 1

function trigramAt(text: string, at: number): number {
  return ((codeAt(text, at) << 14) ^ (codeAt(text, at + 1) << 7) ^ codeAt(text, at + 2)) & TRIGRAM
}
