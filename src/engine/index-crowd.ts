import { holdsOperator } from './glob-list.ts'
import { type Bits, bitsOf, eachSet, type GlobSet, globSet } from './match/glob-set.ts'

/** A rule with what must meet a text where it holds; without it any text finds the rule. */
export interface Member {
  readonly position: number
  readonly globs: () => readonly string[] | undefined
}

/** Characters of globs in one set: a glob over that is asked by itself. */
const SIZE_LIMIT = 1 << 18

/** The set of as many globs as there is room for. */
export function roomySet(globs: Iterable<string>): GlobSet {
  const taken: string[] = []
  let size = 0
  for (const glob of globs) {
    if (size + glob.length > SIZE_LIMIT) continue
    size += glob.length
    taken.push(glob)
  }
  return globSet(taken)
}

/** Rules that are found by asking for all their globs at once, where literals would find too many. */
export interface Crowd {
  readonly set: GlobSet
  /** Calls back with every rule that can hold where these globs are met, some more than once. */
  readonly find: (met: Bits, say: (position: number) => void) => void
  /** Of the globs that a span meets those that say something of more than one part (semantics.md 3). */
  readonly spanning: (met: Bits, byParts: Bits) => Bits
}

export function crowdOf(members: readonly Member[], set: GlobSet): Crowd {
  const always: number[] = []
  const rules: number[][] = set.sources.map(() => [])
  for (const { position, globs } of members) {
    const numbers = globs()?.map((glob) => set.numberOf(glob))
    if (numbers === undefined || numbers.includes(undefined)) always.push(position)
    else for (const number of new Set(numbers)) rules[number!]!.push(position)
  }
  let operators: Bits | undefined
  return {
    set,
    spanning: (met, byParts) => {
      const operating = operators ??= bitsOf(set, holdsOperator)
      return met.map((word, i) => word & (~byParts[i]! | operating[i]!))
    },
    find: (met, say) => {
      for (const position of always) say(position)
      eachSet(met, (number) => {
        for (const position of rules[number]!) say(position)
      })
    },
  }
}
