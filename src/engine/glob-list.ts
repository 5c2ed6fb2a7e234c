import { type CommandGlob, compileCommandGlob } from './match/command-glob.ts'
import { canonicalCommandText } from './match/command-text.ts'
import { type GlobSet, isSet } from './match/glob-set.ts'
import type { View } from './policy-set.ts'
import type { PreparedCommand } from './prepare.ts'

/** Globs of one rule from which on all globs there are get asked at once: of a long text, and of any. */
const MANY = 64
const VERY_MANY = 256

/** A command glob in the spelling that texts are brought to. */
export function commandGlob(source: string): CommandGlob {
  return compileCommandGlob(canonicalCommandText(source))
}

const OPERATOR = /[|&;<>\n]/

/** Whether it says something of how commands are put together. */
export function holdsOperator(source: string): boolean {
  return OPERATOR.test(source)
}

/** The globs of one rule over commands. */
export class GlobList {
  readonly globs: readonly CommandGlob[]
  #set: GlobSet | undefined
  #numbers: readonly (number | undefined)[] = []

  constructor(sources: readonly string[]) {
    this.globs = sources.map(commandGlob)
  }

  /** The position of the first glob that holds, from some position on; -1 where none does. */
  find(command: PreparedCommand, view: View, permissive: boolean, from = 0): number {
    const { globs } = this
    if (globs.length >= MANY) askMany(globs.length, command, view)
    const { met } = command
    if (met !== undefined) return this.#findMet(command, permissive, from)
    for (let i = from; i < globs.length; i++) {
      if (globHolds(globs[i]!, command, permissive)) return i
    }
    return -1
  }

  /** A glob of the set has its answer; only a permission looks again, for what may not be crossed. */
  #findMet(command: PreparedCommand, permissive: boolean, from: number): number {
    const { set, bits } = command.met!
    if (this.#set !== set) {
      this.#set = set
      this.#numbers = this.globs.map(({ source }) => set.numberOf(source))
    }
    for (let i = from; i < this.globs.length; i++) {
      const number = this.#numbers[i]
      if (number !== undefined && !isSet(bits, number)) continue
      if (number !== undefined && !permissive) return i
      if (globHolds(this.globs[i]!, command, permissive)) return i
    }
    return -1
  }
}

function askMany(count: number, command: PreparedCommand, view: View): void {
  if (count >= VERY_MANY || command.isLong) command.meetAll(view.globs())
}

/** How a permissive and a restrictive rule read a glob: semantics.md 4. */
export function globHolds(
  glob: CommandGlob,
  command: PreparedCommand,
  permissive: boolean,
): boolean {
  if (!command.mayHold(glob.literal)) return false
  if (permissive) return command.whole.some(({ text, fences }) => glob.test(text, fences))
  // By index: this is asked of every glob of a rule, and an iterator for each is not free.
  const { any } = command
  for (let i = 0; i < any.length; i++) if (glob.test(any[i]!)) return true
  return false
}
