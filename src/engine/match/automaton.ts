import type { Node } from './path-pattern.ts'

/** A Thompson automaton: every state either consumes one character or only leads on. */
export interface Automaton {
  readonly states: readonly State[]
  /** Every state in which a run begins. */
  readonly start: readonly number[]
  readonly end: number
  /** Which states a step of a run has met; kept, for most runs are short. */
  readonly seen: Int32Array
  /** The last step of any run. */
  steps: number
}

type Consumer = Extract<Node, { kind: 'char' | 'one' | 'class' }> | { readonly kind: 'deep-one' }

interface State {
  /** Consumes a character that this meets, then goes to `next[0]`; absent = leads on for free. */
  meets?: Consumer
  next: number[]
}

/** States of one automaton; a pattern that needs more is refused. */
const STATE_LIMIT = 50_000

/** Steps after which they are counted anew: far from what the marks can hold. */
const STEP_LIMIT = 1_000_000_000

/** @throws RangeError when the pattern needs more than the limit of states. */
export function automatonOf(node: Node): Automaton {
  const states: State[] = []
  const add = (state: State): number => {
    if (states.length >= STATE_LIMIT) throw new RangeError('The path glob is too large')
    return states.push(state) - 1
  }
  const end = add({ next: [] })
  const start = build(node, end, states, add)
  const seen = new Int32Array(states.length)
  return { states, start: closure(states, [start], 1, seen), end, seen, steps: 1 }
}

/** Build from the back: the state that begins `node` and ends in `then`. */
function build(
  node: Node,
  then: number,
  states: State[],
  add: (state: State) => number,
): number {
  switch (node.kind) {
    case 'all':
      return node.nodes.reduceRight((next, part) => build(part, next, states, add), then)
    case 'any':
      return add({ next: node.options.map((option) => build(option, then, states, add)) })
    case 'repeat': {
      const loop = add({ next: [then] })
      const body = build(node.node, node.many ? loop : then, states, add)
      states[loop]!.next.push(body)
      return node.min === 0 ? loop : body
    }
    case 'star':
    case 'deep': {
      const loop = add({ next: [then] })
      const meets: Consumer = node.kind === 'star' ? { kind: 'one' } : { kind: 'deep-one' }
      states[loop]!.next.push(add({ meets, next: [loop] }))
      return loop
    }
    default:
      return add({ meets: node, next: [then] })
  }
}

/**
 * Whether the automaton accepts the whole text. All states are carried at once, so the cost is at most
 * states × text whatever the pattern: paths come from the agent, and a backtracking matcher would let
 * it choose its own worst case.
 */
export function runs(automaton: Automaton, text: string): boolean {
  const { states, start, end, seen } = automaton
  if (automaton.steps > STEP_LIMIT) {
    seen.fill(0)
    automaton.steps = 0
  }
  let current: readonly number[] = start
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    const reached: number[] = []
    for (const index of current) {
      const state = states[index]!
      if (state.meets !== undefined && accepts(state.meets, char)) reached.push(state.next[0]!)
    }
    if (reached.length === 0) return false
    current = closure(states, reached, ++automaton.steps, seen)
  }
  return current.includes(end)
}

/** Pairs of states that are looked at before two automata count as having a text in common. */
const PAIR_LIMIT = 4000

/**
 * Whether some text is accepted by both. At most `PAIR_LIMIT` steps; where that is not enough to tell,
 * they may.
 */
export function common(a: Automaton, b: Automaton): boolean {
  const seen = new Set<number>()
  const open: [number, number][] = []
  const reach = (i: number, j: number) => {
    const pair = i * b.states.length + j
    if (seen.has(pair)) return
    seen.add(pair)
    open.push([i, j])
  }
  for (const i of a.start) for (const j of b.start) reach(i, j)
  while (open.length > 0) {
    if (seen.size > PAIR_LIMIT) return true
    const [i, j] = open.pop()!
    if (i === a.end && j === b.end) return true
    const left = a.states[i]!
    const right = b.states[j]!
    if (left.meets === undefined) { for (const next of left.next) reach(next, j) }
    if (right.meets === undefined) { for (const next of right.next) reach(i, next) }
    if (left.meets === undefined || right.meets === undefined) continue
    if (overlap(left.meets, right.meets)) reach(left.next[0]!, right.next[0]!)
  }
  return false
}

/** Whether one character meets both. */
function overlap(a: Consumer, b: Consumer): boolean {
  if (a.kind === 'char') return accepts(b, a.char)
  if (b.kind === 'char') return accepts(a, b.char)
  const ends = [a, b].flatMap((one) => one.kind === 'class' ? one.ranges.flat() : [])
  return [...ends, 'a', '0', '.', '_', '\u{10ffff}'].some((char) =>
    accepts(a, char) && accepts(b, char)
  )
}

/** Every state that is reached for free; `seen` marks them with this step. */
function closure(
  states: readonly State[],
  from: readonly number[],
  step: number,
  seen: Int32Array,
): number[] {
  const found: number[] = []
  const open = [...from]
  while (open.length > 0) {
    const index = open.pop()!
    if (seen[index] === step) continue
    seen[index] = step
    found.push(index)
    const state = states[index]!
    if (state.meets === undefined) open.push(...state.next)
  }
  return found
}

function accepts(consumer: Consumer, char: string): boolean {
  if (consumer.kind === 'char') return consumer.char === char
  if (consumer.kind === 'deep-one') return true
  if (char === '/') return false
  if (consumer.kind === 'one') return true
  return consumer.ranges.some(([from, to]) => from <= char && char <= to) !== consumer.negated
}
