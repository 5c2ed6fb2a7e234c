import { type Atom, parseGlob } from './command-glob.ts'
import { SegmentAutomaton } from './segment-automaton.ts'
import { type Segment, segmentsOf } from './segments.ts'

/**
 * A place in the tree of plans: some globs' first segments up to here have been found. What globs begin
 * with in common they wait for in common.
 */
export interface Step {
  /** The step that has to be taken before, -1 for one that begins. */
  readonly before: number
  /** The segment that is waited for. */
  readonly segment: number
  readonly after: number[]
  /** Globs that are met here: what follows is a `*` and the end. */
  readonly met: number[]
}

/** A glob that is met where a step was taken, if what it ends in begins behind that. */
export interface Ending {
  readonly step: number
  readonly glob: number
}

/** What many globs ask of a text, shared. */
export interface GlobPlan {
  /** Segments anywhere in the text by their number, and those that begin it by `-1 - number`. */
  readonly forward: SegmentAutomaton
  /** What texts end in, back to front. */
  readonly backward: SegmentAutomaton
  readonly steps: readonly Step[]
  /** Lengths of segments by number. */
  readonly lengths: readonly number[]
  /** The step that stands for the beginning of any text; -1 where every glob begins with a character. */
  readonly root: number
  /** By number of what begins a text: its step, -1 for none, and the globs that ask for nothing else. */
  readonly heads: readonly { step: number; readonly whole: number[] }[]
  /** By number of what ends a text. */
  readonly endings: readonly { readonly length: number; readonly list: Ending[] }[]
  /** Globs for the empty text. */
  readonly empty: readonly number[]
}

/** Puts plans together; segments and steps that are alike are made once. */
export function planOf(sources: readonly string[]): GlobPlan {
  const draft = new Draft()
  sources.forEach((source, glob) => draft.add(segmentsOf(parseGlob(source)), glob))
  return draft
}

class Draft implements GlobPlan {
  readonly forward = new SegmentAutomaton()
  readonly backward = new SegmentAutomaton()
  readonly steps: Step[] = []
  readonly lengths: number[] = []
  readonly heads: { step: number; readonly whole: number[] }[] = []
  readonly endings: { readonly length: number; readonly list: Ending[] }[] = []
  readonly empty: number[] = []
  root = -1
  readonly #numbers = new Map<string, number>()

  add(segments: readonly Segment[], glob: number): void {
    const first = segments[0]!.atoms
    if (segments.length === 1) {
      if (first.length === 0) this.empty.push(glob)
      else this.heads[this.#head(first)]!.whole.push(glob)
      return
    }
    let step = this.#begin(first)
    for (const { atoms } of segments.slice(1, -1)) step = this.#step(step, this.#segment(atoms))
    const last = segments.at(-1)!.atoms
    if (last.length === 0) this.steps[step]!.met.push(glob)
    else this.endings[this.#ending(last)]!.list.push({ step, glob })
  }

  #begin(atoms: readonly Atom[]): number {
    if (atoms.length === 0) {
      if (this.root < 0) this.root = this.#newStep(-1, -1)
      return this.root
    }
    const head = this.heads[this.#head(atoms)]!
    if (head.step < 0) head.step = this.#newStep(-1, -1)
    return head.step
  }

  #step(before: number, segment: number): number {
    return this.#once(`step ${before} ${segment}`, () => {
      const step = this.#newStep(before, segment)
      this.steps[before]!.after.push(step)
      return step
    })
  }

  #newStep(before: number, segment: number): number {
    return this.steps.push({ before, segment, after: [], met: [] }) - 1
  }

  #segment(atoms: readonly Atom[]): number {
    return this.#once(`segment ${keyOf(atoms)}`, () => {
      const number = this.lengths.push(atoms.length) - 1
      this.forward.add(atoms, true, number)
      return number
    })
  }

  #head(atoms: readonly Atom[]): number {
    return this.#once(`head ${keyOf(atoms)}`, () => {
      const number = this.heads.push({ step: -1, whole: [] }) - 1
      this.forward.add(atoms, false, -1 - number)
      return number
    })
  }

  #ending(atoms: readonly Atom[]): number {
    return this.#once(`ending ${keyOf(atoms)}`, () => {
      const number = this.endings.push({ length: atoms.length, list: [] }) - 1
      this.backward.add(atoms.toReversed(), false, number)
      return number
    })
  }

  #once(key: string, make: () => number): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = make()
    this.#numbers.set(key, number)
    return number
  }
}

/** Atoms spelled so that different ones never look alike. */
function keyOf(atoms: readonly Atom[]): string {
  let key = ''
  for (const atom of atoms) {
    if (atom.kind === 'char') key += `=${atom.char}`
    else if (atom.kind === 'class') {
      key += `${atom.negated ? '!' : '['}${JSON.stringify(atom.ranges)}`
    } else key += '?'
  }
  return key
}
