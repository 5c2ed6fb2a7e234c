import type { Dimension, IndexTexts, Policy, Rule, RuleIndex } from './policy-set.ts'

/**
 * An index over the rules in evaluation order: a rule whose every pattern holds a literal of three or
 * more characters is filed under one trigram of each (the rarest), so that a text's own trigrams find
 * the few rules that can hold. Cost follows the text, not the number of rules.
 */
export function indexRules(policies: readonly Policy[]): RuleIndex {
  const flat = policies.flatMap((policy) => policy.rules.map((rule) => ({ policy, rule })))
  const frequency = countTrigrams(flat.map(({ rule }) => rule))
  const always: number[] = []
  const filed: Record<Dimension, Map<string, number[]>> = {
    command: new Map(),
    path: new Map(),
    url: new Map(),
  }
  flat.forEach(({ rule }, position) => {
    if (rule.literals === undefined) {
      always.push(position)
      return
    }
    const map = filed[rule.literals.dimension]
    for (const literal of new Set(rule.literals.all)) {
      const key = rarest(literal, frequency)
      const list = map.get(key)
      if (list === undefined) map.set(key, [position])
      else if (list.at(-1) !== position) list.push(position)
    }
  })
  return { flat, candidates: (texts) => merge(always, found(texts, filed)) }
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

function found(
  texts: IndexTexts,
  filed: Record<Dimension, Map<string, number[]>>,
): Set<number> {
  const hits = new Set<number>()
  for (const dimension of ['command', 'path', 'url'] as const) {
    const map = filed[dimension]
    if (map.size === 0) continue
    const given = texts[dimension]
    if (given === 'any') {
      for (const positions of map.values()) positions.forEach((position) => hits.add(position))
      continue
    }
    for (const text of given) {
      for (let i = 0; i + 3 <= text.length; i++) {
        for (const position of map.get(text.slice(i, i + 3)) ?? []) hits.add(position)
      }
    }
  }
  return hits
}

function merge(always: readonly number[], hits: ReadonlySet<number>): readonly number[] {
  if (hits.size === 0) return always
  return [...always, ...hits].sort((a, b) => a - b)
}
