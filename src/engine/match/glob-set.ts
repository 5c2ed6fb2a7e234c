import { planOf } from './glob-plan.ts'
import { Pass } from './glob-pass.ts'

/** Which globs of a set are met, a bit for each. */
export type Bits = Uint32Array

/** Many command globs, held against a text all at once. */
export interface GlobSet {
  /** The globs, each once; their positions are their numbers. */
  readonly sources: readonly string[]
  readonly numberOf: (source: string) => number | undefined
  /** A bit for each glob that meets one of the texts; not to be changed. */
  readonly meeting: (texts: readonly string[]) => Bits
}

/** Lines repeat their commands: answers that are kept, for texts of so many characters. */
const REMEMBERED = 256
const SHORT = 128

/**
 * Compile globs so that one pass over a text tells all that meet it, as `compileCommandGlob` would. The
 * pass costs the text, and a little for each step that is taken: a glob waits for its first segment, then
 * for the next one behind that, and so on. Stars give each segment the leftmost place, which leaves most
 * room for the next, so nobody ever goes back. Nothing is read of a glob before the first question.
 */
export function globSet(all: Iterable<string>): GlobSet {
  const numbers = new Map<string, number>()
  for (const source of all) if (!numbers.has(source)) numbers.set(source, numbers.size)
  const sources = [...numbers.keys()]
  let pass: Pass | undefined
  const remembered = new Map<string, Bits>()
  return {
    sources,
    numberOf: (source) => numbers.get(source),
    meeting: (texts) => {
      const short = texts.length === 1 && texts[0]!.length <= SHORT ? texts[0]! : undefined
      const known = short === undefined ? undefined : remembered.get(short)
      if (known !== undefined) return known
      pass ??= new Pass(planOf(sources))
      const bits = new Uint32Array((sources.length + 31) >> 5)
      for (const text of texts) pass.read(text, bits)
      if (short !== undefined) {
        if (remembered.size >= REMEMBERED) remembered.clear()
        remembered.set(short, bits)
      }
      return bits
    },
  }
}

export function isSet(bits: Bits, number: number): boolean {
  return (bits[number >> 5]! & (1 << (number & 31))) !== 0
}

/** A bit for each glob of which this is true. */
export function bitsOf({ sources }: GlobSet, is: (source: string) => boolean): Bits {
  const bits = new Uint32Array((sources.length + 31) >> 5)
  sources.forEach((source, number) => {
    if (is(source)) bits[number >> 5]! |= 1 << (number & 31)
  })
  return bits
}

/** Calls back with every number whose bit is set, in ascending order. */
export function eachSet(bits: Bits, say: (number: number) => void): void {
  for (let i = 0; i < bits.length; i++) {
    for (let rest = bits[i]!; rest !== 0; rest &= rest - 1) {
      say((i << 5) + 31 - Math.clz32(rest & -rest))
    }
  }
}
