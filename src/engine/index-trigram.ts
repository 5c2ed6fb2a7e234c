import { codeAt } from './match/code-at.ts'
import type { Rule } from './policy-set.ts'

/** How often each place of trigrams is asked for. */
export type Frequency = Uint32Array

/** Places of trigrams: a power of two. */
export const SLOTS = 1 << 14

export function countTrigrams(rules: readonly Rule[]): Frequency {
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
export function rarest(literal: string, frequency: Frequency): number {
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

/** Where a trigram is looked up in `Filed.seen`; different ones may share a place. */
export function slot(text: string, at: number): number {
  return placeOf(trigramAt(text, at))
}

export function placeOf(trigram: number): number {
  return Math.imul(trigram, 0x9e37_79b1) >>> 18
}

/** Seven bits for each character: what is not ASCII may share its trigram with others. */
export const TRIGRAM = (1 << 21) - 1

export function trigramAt(text: string, at: number): number {
  return ((codeAt(text, at) << 14) ^ (codeAt(text, at + 1) << 7) ^ codeAt(text, at + 2)) & TRIGRAM
}
