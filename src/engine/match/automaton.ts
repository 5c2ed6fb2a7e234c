import type { Node } from './path-pattern.ts'

/** A Thompson automaton: every state either consumes one character or only leads on. */
export interface Automaton {
  readonly states: readonly State[]
  /** Every state in which a run begins. */
  readonly start: readonly number[]
  readonly end: number
}

type Consumer = Extract<Node, { kind: 'char' | 'one' | 'class' }> | { readonly kind: 'deep-one' }

interface State {
  /** Consumes a character that this meets, then goes to `next[0]`; absent = leads on for free. */
  meets?: Consumer
  next: number[]
}

/** States of one automaton; a pattern that needs more is refused. */
const STATE_LIMIT = 50_000

/** @throws RangeError when the pattern needs more than the limit of states. */
export function automatonOf(node: Node): Automaton {
  const states: State[] = []
  const add = (state: State): number => {
    if (states.length >= STATE_LIMIT) throw new RangeError('The path glob is too large')
    return states.push(state) - 1
  }
  const end = add({ next: [] })
  const start = build(node, end, states, add)
  return { states, start: closure(states, [start], 0, unseen(states)), end }
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
export function runs({ states, start, end }: Automaton, text: string): boolean {
  const seen = unseen(states)
  let current: readonly number[] = start
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    const reached: number[] = []
    for (const index of current) {
      const state = states[index]!
      if (state.meets !== undefined && accepts(state.meets, char)) reached.push(state.next[0]!)
    }
    if (reached.length === 0) return false
    current = closure(states, reached, i + 1, seen)
  }
  return current.includes(end)
}

function unseen(states: readonly State[]): Int32Array {
  return new Int32Array(states.length).fill(-1)
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
