import { Random } from '../differential/random.ts'
import { Grammar } from './grammar.ts'
import { mutated } from './mutate.ts'

/** The line of a seed: now short, now long, now whole, now broken. */
export function randomLine(seed: number): string {
  const random = new Random(seed)
  const line = new Grammar(random).line(1 + random.below(random.chance(0.2) ? 64 : 16))
  return mutated(line, random).slice(0, LONGEST)
}

/** Mutations double a text: the longest are as long as any line that is read. */
const LONGEST = 131_072
