import { codeAt } from './code-at.ts'
import type { GlobPlan } from './glob-plan.ts'
import type { Bits } from './glob-set.ts'

/** Followers of one step that are found by their segment instead of put up one by one. */
const CROWD = 48

const LAST_ROUND = 2 ** 31 - 1

/** Numbers kept for each step and each segment, side by side: all of one are needed at the same time. */
const WIDTH = 4
/** Of a step: the round in which it was taken, where its segment ended; while it waits where it may begin, who waits behind. */
const TAKEN = 0
const END = 1
const FROM = 2
const NEXT = 3
/** Of a segment: the round of what follows, who waits first and last, and how many of `#crowds` it has met. */
const ROUND = 0
const FIRST = 1
const LAST = 2
const ASKED = 3
/** In `#shape`, of a step: where its followers begin and end in `#followers`, and its globs in `#met`. */
const AFTER = 0
const AFTER_END = 1
const MET = 2
const MET_END = 3

/** What a text leads to, by a plan. After a text nothing is cleared: rounds tell one from the next. */
export class Pass {
  readonly #plan: GlobPlan
  readonly #shape: Int32Array
  /** Steps, each with its segment behind it. */
  readonly #followers: Int32Array
  readonly #met: Int32Array
  readonly #steps: Int32Array
  readonly #segments: Int32Array
  #round = 0
  /** Steps taken that very many may follow, in the order in which they were taken. */
  #crowds: number[] = []
  readonly #follower = new Map<number, number>()
  #bits: Bits = new Uint32Array()

  constructor(plan: GlobPlan) {
    const { steps, lengths } = plan
    this.#plan = plan
    this.#shape = new Int32Array(WIDTH * steps.length)
    this.#steps = new Int32Array(WIDTH * steps.length)
    this.#segments = new Int32Array(WIDTH * lengths.length)
    this.#followers = Int32Array.from(
      steps.flatMap(({ after }) => after.flatMap((step) => [step, steps[step]!.segment])),
    )
    this.#met = Int32Array.from(steps.flatMap(({ met }) => met))
    let followers = 0
    let globs = 0
    steps.forEach(({ after, met }, step) => {
      const shape = [followers, followers += 2 * after.length, globs, globs += met.length]
      this.#shape.set(shape, WIDTH * step)
      if (after.length < CROWD) return
      for (const next of after) this.#follower.set(this.#pair(step, steps[next]!.segment), next)
    })
  }

  /** Sets the bit of each glob that the text meets. */
  read(text: string, bits: Bits): void {
    this.#begin(bits)
    const { forward, root, empty } = this.#plan
    const { length } = text
    if (length === 0) { for (const glob of empty) this.#meet(glob) }
    if (root >= 0) this.#take(root, 0)
    let state = forward.start
    for (let i = 0; i < length; i++) {
      state = forward.step(state, codeAt(text, i))
      const ends = forward.ends(state)
      for (let k = 0; k < ends.length; k++) this.#found(ends[k]!, i + 1, length)
    }
    this.#readEnding(text)
  }

  #begin(bits: Bits): void {
    this.#bits = bits
    this.#crowds = []
    this.#round = this.#round === LAST_ROUND ? 1 : this.#round + 1
    if (this.#round > 1) return
    this.#steps.fill(0)
    this.#segments.fill(0)
  }

  #found(number: number, end: number, length: number): void {
    if (number < 0) {
      const { step, whole } = this.#plan.heads[-1 - number]!
      if (step >= 0) this.#take(step, end)
      if (end === length) { for (const glob of whole) this.#meet(glob) }
      return
    }
    const from = end - this.#plan.lengths[number]!
    const segment = WIDTH * number
    this.#open(segment)
    this.#serve(segment, from, end)
    if (this.#crowds.length > 0) this.#askCrowds(number, from, end)
  }

  /** Those who wait stand in the order in which they came, so in that of the places behind which they look. */
  #serve(segment: number, from: number, end: number): void {
    for (;;) {
      const step = this.#segments[segment + FIRST]!
      if (step < 0 || this.#steps[WIDTH * step + FROM]! > from) return
      this.#segments[segment + FIRST] = this.#steps[WIDTH * step + NEXT]!
      this.#take(step, end)
    }
  }

  #askCrowds(number: number, from: number, end: number): void {
    const crowds = this.#crowds
    let at = this.#segments[WIDTH * number + ASKED]!
    for (; at < crowds.length && this.#steps[WIDTH * crowds[at]! + END]! <= from; at++) {
      const step = this.#follower.get(this.#pair(crowds[at]!, number))
      if (step !== undefined) this.#take(step, end)
    }
    this.#segments[WIDTH * number + ASKED] = at
  }

  #take(step: number, end: number): void {
    const at = WIDTH * step
    this.#steps[at + TAKEN] = this.#round
    this.#steps[at + END] = end
    const metEnd = this.#shape[at + MET_END]!
    for (let k = this.#shape[at + MET]!; k < metEnd; k++) this.#meet(this.#met[k]!)
    const after = this.#shape[at + AFTER]!
    const afterEnd = this.#shape[at + AFTER_END]!
    if (afterEnd - after >= 2 * CROWD) this.#crowds.push(step)
    else {
      for (let k = after; k < afterEnd; k += 2) {
        this.#wait(this.#followers[k]!, WIDTH * this.#followers[k + 1]!, end)
      }
    }
  }

  #wait(step: number, segment: number, from: number): void {
    this.#open(segment)
    this.#steps[WIDTH * step + FROM] = from
    this.#steps[WIDTH * step + NEXT] = -1
    const last = this.#segments[segment + LAST]!
    if (this.#segments[segment + FIRST]! < 0) this.#segments[segment + FIRST] = step
    else this.#steps[WIDTH * last + NEXT] = step
    this.#segments[segment + LAST] = step
  }

  #open(segment: number): void {
    if (this.#segments[segment + ROUND] === this.#round) return
    this.#segments[segment + ROUND] = this.#round
    this.#segments[segment + FIRST] = -1
    this.#segments[segment + ASKED] = 0
  }

  #readEnding(text: string): void {
    const { backward, endings } = this.#plan
    if (endings.length === 0) return
    let state = backward.start
    for (let i = text.length - 1; i >= 0; i--) {
      state = backward.step(state, codeAt(text, i))
      for (const number of backward.ends(state)) {
        for (const { step, glob } of endings[number]!.list) {
          const at = WIDTH * step
          const taken = this.#steps[at + TAKEN] === this.#round
          if (taken && this.#steps[at + END]! <= i) this.#meet(glob)
        }
      }
      if (backward.isIdle(state)) return
    }
  }

  #meet(glob: number): void {
    this.#bits[glob >> 5]! |= 1 << (glob & 31)
  }

  #pair(step: number, segment: number): number {
    return step * this.#plan.lengths.length + segment
  }
}
