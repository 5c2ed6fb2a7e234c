import { scan } from './index-scan.ts'
import { SHORTEST } from './literal.ts'
import type { Dimension, IndexTexts, Policy, Rule, RuleIndex } from './policy-set.ts'

/** Rules of one dimension by a trigram, and which places of trigrams are taken at all. */
interface Filed {
  readonly map: Map<string, Entry[]>
  readonly seen: Uint8Array
  /** Rules that any text finds: they have a literal too short to be looked up. */
  readonly short: number[]
}

/** A rule can hold where its literal stands: the trigram it is filed under begins `at` in it. */
interface Entry {
  readonly literal: string
  readonly at: number
  readonly position: number
}

type Files = Readonly<Record<Dimension, Filed>> & {
  /** A path of which only the end is known is looked up by the endings of patterns. */
  readonly relative: () => Filed
}

/** How often each place of trigrams is asked for. */
type Frequency = Uint32Array

const SLOTS = 1 << 14

function emptyFiled(): Filed {
  return { map: new Map(), seen: new Uint8Array(SLOTS), short: [] }
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
    exact: emptyFiled(),
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
  return (texts) => merge(always, found(texts, filed))
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
    const key = literal.slice(at, at + 3)
    seen[slot(key, 0)] = 1
    add(map, key, { literal, at, position })
  }
}

function add(map: Filed['map'], key: string, entry: Entry): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [entry])
  else list.push(entry)
}

function fileExact({ map }: Filed, names: readonly string[], position: number): void {
  for (const literal of new Set(names)) add(map, literal, { literal, at: 0, position })
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

function found(texts: IndexTexts, filed: Files): Set<number> {
  const hits = new Set<number>()
  if (texts.exact === 'any') lookUp('any', filed.exact, hits)
  else {
    for (const name of texts.exact) {
      for (const { position } of filed.exact.map.get(name) ?? []) hits.add(position)
    }
  }
  lookUp(texts.command, filed.command, hits)
  lookUp(texts.path, filed.path, hits)
  lookUp(texts.url, filed.url, hits)
  if (texts.relative.length > 0) lookUp(texts.relative, filed.relative(), hits)
  return hits
}

function lookUp(
  given: readonly string[] | 'any',
  { map, seen, short }: Filed,
  hits: Set<number>,
): void {
  if (given.length > 0) { for (const position of short) hits.add(position) }
  if (map.size === 0) return
  if (given === 'any') {
    for (const entries of map.values()) for (const { position } of entries) hits.add(position)
    return
  }
  for (const text of given) lookUpText(text, map, seen, hits)
}

function lookUpText(
  text: string,
  map: Filed['map'],
  seen: Filed['seen'],
  hits: Set<number>,
): void {
  let first = text.charCodeAt(0)
  let second = text.charCodeAt(1)
  for (let i = 0; i + 3 <= text.length; i++) {
    const third = text.charCodeAt(i + 2)
    const place = (first * 961 + second * 31 + third) & (SLOTS - 1)
    first = second
    second = third
    // Nearly every trigram of a text is in no rule: the bits say so without making a string.
    if (seen[place] === 0) continue
    const entries = map.get(text.slice(i, i + 3))
    if (entries === undefined) continue
    for (const { literal, at, position } of entries) {
      if (!hits.has(position) && text.startsWith(literal, i - at)) hits.add(position)
    }
  }
}

/** Where a trigram is looked up in `Filed.seen`; different ones may share a place. */
function slot(text: string, at: number): number {
  return (text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2)) &
    (SLOTS - 1)
}

function merge(always: readonly number[], hits: ReadonlySet<number>): readonly number[] {
  if (hits.size === 0) return always
  return [...always, ...hits].sort((a, b) => a - b)
}
