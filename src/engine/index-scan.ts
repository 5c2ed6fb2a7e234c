import { SHORTEST } from './literal.ts'
import type { Dimension, IndexTexts, Literals, Policy, RuleIndex } from './policy-set.ts'

/** Positions of the rules that can hold for these texts, found by looking at every rule. */
export function scan(flat: RuleIndex['flat'], texts: IndexTexts): readonly number[] {
  const positions: number[] = []
  const { tools } = texts
  // Rules stand in the order of their policies.
  let current: Policy | undefined
  let open = true
  for (let position = 0; position < flat.length; position++) {
    const { policy, rule } = flat[position]!
    if (tools !== undefined && policy !== current) {
      current = policy
      open = policy.matchTool(tools)
    }
    if (!open) continue
    const literals = rule.literals()
    if (literals === 'none' || mayHold(literals, texts)) positions.push(position)
  }
  return positions
}

function mayHold(literals: Literals, texts: IndexTexts): boolean {
  const { dimension, all } = literals
  const given = textsOf(dimension, texts)
  if (given === 'any') return true
  if (dimension === 'exact') return all.some((name) => given.includes(name))
  // As the index: who has a short one is found by any text.
  if (given.length > 0 && all.some((literal) => literal.length < SHORTEST)) return true
  if (holdsOne(given, all)) return true
  if (dimension !== 'path' || texts.relative.length === 0) return false
  const endings = literals.relative?.() ?? ['']
  return endings.some((ending) => ending.length < SHORTEST) || holdsOne(texts.relative, endings)
}

function textsOf(dimension: Dimension, texts: IndexTexts): readonly string[] | 'any' {
  if (dimension === 'host' || dimension === 'folded') return texts.more[dimension]()
  return texts[dimension === 'name' ? 'exact' : dimension]
}

function holdsOne(texts: readonly string[], literals: readonly string[]): boolean {
  for (const text of texts) {
    for (const literal of literals) if (text.includes(literal)) return true
  }
  return false
}
