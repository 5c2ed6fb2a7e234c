import { Frontier, type HashInto, nodeHash } from './merkle.ts'

/** Leaves from `from` on, `to` left out. */
export interface LeafRange {
  readonly from: number
  readonly to: number
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}

/**
 * RFC 6962, 2.1.1: the subtrees whose roots are the audit path of a leaf, from its sibling upwards.
 * Throws a RangeError when the tree has no such leaf.
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size)) {
    throw new RangeError(`A tree of ${size} leaves has no leaf ${index}`)
  }
  const path: LeafRange[] = []
  let from = 0
  let to = size
  while (to - from > 1) {
    const middle = from + splitOf(to - from)
    if (index < middle) {
      path.unshift({ from: middle, to })
      to = middle
    } else {
      path.unshift({ from, to: middle })
      from = middle
    }
  }
  return path
}

/**
 * RFC 6962, 2.1.2: the subtrees whose roots prove that a tree of `older` leaves is the beginning of one of
 * `size`. Throws a RangeError where it cannot be.
 */
export function consistencyRanges(older: number, size: number): LeafRange[] {
  if (!(Number.isSafeInteger(older) && older >= 1 && older <= size)) {
    throw new RangeError(`A tree of ${size} leaves does not begin with ${older}`)
  }
  const path: LeafRange[] = []
  let from = 0
  let to = size
  // The older tree is known to whoever asks, as long as it is a subtree of its own.
  let known = true
  while (older < to) {
    const middle = from + splitOf(to - from)
    if (older <= middle) {
      path.unshift({ from: middle, to })
      to = middle
    } else {
      path.unshift({ from, to: middle })
      from = middle
      known = false
    }
  }
  return known ? path : [{ from, to }, ...path]
}

/**
 * Takes the leaf hashes of a tree in order and gives the roots of some of its subtrees. `start` stands for
 * leaves that are not there any more: the roots of the full subtrees over them, the largest first.
 */
export function createRangeRoots(
  ranges: readonly LeafRange[],
  hash: HashInto,
  start: { readonly size: number; readonly nodes: readonly Uint8Array[] } = { size: 0, nodes: [] },
): { append(from: Uint8Array, at?: number): void; roots(): Uint8Array[] } {
  const trees = ranges.map((range) => ({ range, tree: begun(range, start, hash) }))
  const inOrder = [...trees].sort((a, b) => a.range.from - b.range.from)
  let index = start.size
  let next = 0
  return {
    append(from, at = 0) {
      while (next < inOrder.length && inOrder[next]!.range.to <= index) next += 1
      const current = inOrder[next]
      if (current !== undefined && current.range.from <= index) current.tree.append(from, at)
      index += 1
    },
    roots: () => trees.map(({ tree }) => tree.root()),
  }
}

/** The tree of a range with those of its leaves that are not there any more. */
function begun(
  { from, to }: LeafRange,
  start: { readonly size: number; readonly nodes: readonly Uint8Array[] },
  hash: HashInto,
): Frontier {
  const nodes: Uint8Array[] = []
  let at = 0
  let left = start.size
  for (const node of start.nodes) {
    let width = 1
    while (width * 2 <= left) width *= 2
    if (at >= from && at + width <= to) nodes.push(node)
    at += width
    left -= width
  }
  const size = Math.max(0, Math.min(to, start.size) - from)
  return Frontier.from(size, nodes, hash) ?? new Frontier(hash)
}

/** The root that an audit path leads to, undefined when the path is too short or too long. */
export function rootFromInclusion(
  { leaf, index, size, path }: {
    readonly leaf: Uint8Array
    readonly index: number
    readonly size: number
    readonly path: readonly Uint8Array[]
  },
  hash: HashInto,
): Uint8Array | undefined {
  if (!(index >= 0 && index < size && Number.isSafeInteger(size))) return undefined
  const ranges = inclusionRanges(index, size)
  if (ranges.length !== path.length) return undefined
  return ranges.reduce((node, { from }, step) => {
    const sibling = path[step]!
    return from > index ? nodeHash(node, sibling, hash) : nodeHash(sibling, node, hash)
  }, leaf)
}

/** Whether a path proves that the tree with root `newer` begins with the one with root `older`. */
export function provesConsistency(
  { older, newer, from, to, path }: {
    readonly older: Uint8Array
    readonly newer: Uint8Array
    readonly from: number
    readonly to: number
    readonly path: readonly Uint8Array[]
  },
  hash: HashInto,
): boolean {
  if (!(from >= 1 && from <= to && Number.isSafeInteger(to))) return false
  const ranges = consistencyRanges(from, to)
  if (ranges.length !== path.length) return false
  const hasStart = ranges.length > 0 && ranges[0]!.from < from && ranges[0]!.to === from
  const rest = hasStart ? ranges.slice(1) : ranges
  const nodes = hasStart ? path.slice(1) : path
  let small = hasStart ? path[0]! : older
  let large = small
  for (const [step, range] of rest.entries()) {
    const node = nodes[step]!
    if (range.from < from) {
      small = nodeHash(node, small, hash)
      large = nodeHash(node, large, hash)
    } else {
      large = nodeHash(large, node, hash)
    }
  }
  return same(small, older) && same(large, newer)
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
