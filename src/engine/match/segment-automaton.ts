import type { Atom } from './command-glob.ts'
import { meets } from './segments.ts'
import { Transitions } from './transitions.ts'

/** Segments that end where a state is: numbers they were added under. */
type Ends = readonly number[]

const NOTHING: Ends = []

/** States that are kept, and places in them; what needs more begins anew with those it meets from there on. */
const STATE_LIMIT = 1 << 15
const PLACE_LIMIT = 1 << 17

/** Labels of edges: a character's code, then `?`, then classes in the order in which they came. */
const ONE = 1 << 16

/**
 * Finds all of many segments while it reads a text once. Segments form a tree that shares what they
 * begin with; a state is the set of places in it that the text read so far may have come to. States and
 * steps are made when a text first needs them and kept for the next, so a character that was met before
 * in that state costs one look.
 */
export class SegmentAutomaton {
  /** By node: the label of the edge to it, its first child, its next sibling, and what ends in it. */
  readonly #label: number[] = [-1, -1]
  readonly #child: number[] = [0, 0]
  readonly #sibling: number[] = [0, 0]
  readonly #ends = new Map<number, number[]>()
  readonly #classes: Atom[] = []
  readonly #classLabels = new Map<string, number>()

  #sets: (readonly number[])[] = []
  #out: Ends[] = []
  #known = new Map<string, number>()
  #places = 0
  #steps = new Transitions()
  /** The state of a text of which nothing is read. */
  start = this.#begin()

  /** Nodes of the tree. */
  get size(): number {
    return this.#label.length
  }

  /**
   * Look for these atoms in every place, or only where a text begins. All are added before the first
   * text is read.
   */
  add(atoms: readonly Atom[], anywhere: boolean, number: number): void {
    let node = anywhere ? ANYWHERE : ANCHORED
    for (const atom of atoms) node = this.#edge(node, this.#labelOf(atom))
    const ends = this.#ends.get(node)
    if (ends === undefined) this.#ends.set(node, [number])
    else ends.push(number)
  }

  /** The state behind one more character. */
  step(state: number, code: number): number {
    const known = this.#steps.get(state, code)
    return known >= 0 ? known : this.#firstStep(state, code)
  }

  /** What ends in a state. */
  ends(state: number): Ends {
    return this.#out[state]!
  }

  /** Whether nothing can end behind this state but what begins behind it. */
  isIdle(state: number): boolean {
    return this.#sets[state]!.length === 0
  }

  #firstStep(state: number, code: number): number {
    const next: number[] = []
    this.#follow(ANYWHERE, code, next)
    for (const node of this.#sets[state]!) this.#follow(node, code, next)
    if (this.#isFull()) {
      // The state that is left has no number any more: the step from it cannot be kept.
      this.start = this.#begin()
      return this.#stateOf(next)
    }
    const reached = this.#stateOf(next)
    this.#steps.set(state, code, reached)
    return reached
  }

  #isFull(): boolean {
    return this.#sets.length >= STATE_LIMIT || this.#places >= PLACE_LIMIT || this.#steps.isFull
  }

  #begin(): number {
    this.#sets = []
    this.#out = []
    this.#known = new Map()
    this.#places = 0
    this.#steps = new Transitions()
    return this.#stateOf([ANCHORED])
  }

  /** Every place is reached in one way only, and in the same order, so equal sets are spelled alike. */
  #stateOf(set: readonly number[]): number {
    const key = set.join()
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const state = this.#sets.push(set) - 1
    this.#places += set.length
    const ends = set.flatMap((node) => this.#ends.get(node) ?? NOTHING)
    this.#out.push(ends.length === 0 ? NOTHING : ends)
    this.#known.set(key, state)
    return state
  }

  #follow(from: number, code: number, into: number[]): void {
    for (let node = this.#child[from]!; node !== 0; node = this.#sibling[node]!) {
      const label = this.#label[node]!
      if (label < ONE ? label === code : label === ONE || this.#inClass(label, code)) {
        into.push(node)
      }
    }
  }

  #inClass(label: number, code: number): boolean {
    return meets(this.#classes[label - ONE - 1]!, String.fromCharCode(code))
  }

  #edge(from: number, label: number): number {
    for (let node = this.#child[from]!; node !== 0; node = this.#sibling[node]!) {
      if (this.#label[node] === label) return node
    }
    const node = this.#label.push(label) - 1
    this.#child.push(0)
    this.#sibling.push(this.#child[from]!)
    this.#child[from] = node
    return node
  }

  #labelOf(atom: Atom): number {
    if (atom.kind === 'char') return atom.char.charCodeAt(0)
    if (atom.kind !== 'class') return ONE
    const key = `${atom.negated} ${JSON.stringify(atom.ranges)}`
    const known = this.#classLabels.get(key)
    if (known !== undefined) return known
    const label = ONE + this.#classes.push(atom)
    this.#classLabels.set(key, label)
    return label
  }
}

/** The two roots: of segments that may stand anywhere, and of those that begin the text. */
const ANYWHERE = 0
const ANCHORED = 1
