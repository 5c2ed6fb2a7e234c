import type { Dimension, IndexTexts, Policy, Rule, RuleIndex } from './policy-set.ts'

/** Rules of one dimension by a trigram, and which places of trigrams are taken at all. */
interface Filed {
  readonly map: Map<string, number[]>
  readonly seen: Uint8Array
}

/** A path of which only the end is known is looked up by the endings of patterns. */
type Files = Readonly<Record<Dimension | 'relative', Filed>> & {
  /** Rules with an ending too short to be looked up. */
  readonly anyRelative: number[]
}

const SLOTS = 1 << 14

function emptyFiled(): Filed {
  return { map: new Map(), seen: new Uint8Array(SLOTS) }
}

/**
 * An index over the rules in evaluation order: a rule whose every pattern holds a literal of three or
 * more characters is filed under one trigram of each (the rarest), so that a text's own trigrams find
 * the few rules that can hold. Cost follows the text, not the number of rules.
 */
export function indexRules(policies: readonly Policy[]): RuleIndex {
  const flat = policies.flatMap((policy) => policy.rules.map((rule) => ({ policy, rule })))
  const frequency = countTrigrams(flat.map(({ rule }) => rule))
  const always: number[] = []
  const filed: Files = {
    command: emptyFiled(),
    path: emptyFiled(),
    url: emptyFiled(),
    relative: emptyFiled(),
    anyRelative: [],
  }
  flat.forEach(({ rule }, position) => {
    if (rule.literals === undefined) {
      always.push(position)
      return
    }
    const { dimension, all, relative } = rule.literals
    file(filed[dimension], all, position, frequency)
    if (dimension !== 'path') return
    const indexable = relative?.every((literal) => literal.length >= 3) === true
    if (indexable) file(filed.relative, relative, position, frequency)
    else filed.anyRelative.push(position)
  })
  return { flat, candidates: (texts) => merge(always, found(texts, filed)) }
}

function file(
  { map, seen }: Filed,
  literals: readonly string[],
  position: number,
  frequency: ReadonlyMap<string, number>,
): void {
  for (const literal of new Set(literals)) {
    const key = rarest(literal, frequency)
    seen[slot(key, 0)] = 1
    const list = map.get(key)
    if (list === undefined) map.set(key, [position])
    else if (list.at(-1) !== position) list.push(position)
  }
}

function countTrigrams(rules: readonly Rule[]): Map<string, number> {
  const frequency = new Map<string, number>()
  for (const { literals } of rules) {
    for (const literal of literals?.all ?? []) {
      for (const gram of new Set(trigrams(literal))) {
        frequency.set(gram, (frequency.get(gram) ?? 0) + 1)
      }
    }
  }
  return frequency
}

function rarest(literal: string, frequency: ReadonlyMap<string, number>): string {
  let best = literal.slice(0, 3)
  for (const gram of trigrams(literal)) {
    if ((frequency.get(gram) ?? 0) < (frequency.get(best) ?? 0)) best = gram
  }
  return best
}

function trigrams(text: string): string[] {
  const grams: string[] = []
  for (let i = 0; i + 3 <= text.length; i++) grams.push(text.slice(i, i + 3))
  return grams
}

function found(texts: IndexTexts, filed: Files): Set<number> {
  const hits = new Set<number>()
  lookUp(texts.command, filed.command, hits)
  lookUp(texts.path, filed.path, hits)
  lookUp(texts.url, filed.url, hits)
  if (texts.relative.length > 0) {
    lookUp(texts.relative, filed.relative, hits)
    for (const position of filed.anyRelative) hits.add(position)
  }
  return hits
}

function lookUp(given: readonly string[] | 'any', { map, seen }: Filed, hits: Set<number>): void {
  if (map.size === 0) return
  if (given === 'any') {
    for (const positions of map.values()) for (const position of positions) hits.add(position)
    return
  }
  for (const text of given) {
    for (let i = 0; i + 3 <= text.length; i++) {
      // Nearly every trigram of a text is in no rule: the bits say so without making a string.
      if (seen[slot(text, i)] === 0) continue
      for (const position of map.get(text.slice(i, i + 3)) ?? []) hits.add(position)
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
