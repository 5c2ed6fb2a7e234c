/** Puts the SHA-256 of some bytes into `out` at a place. */
export type HashInto = (bytes: Uint8Array, out: Uint8Array, at: number) => void

export const HASH_BYTES = 32
const LEAF = 0
const NODE = 1

/** RFC 6962, 2.1: the hash of a leaf is that of a zero byte and its data. */
export function leafHash(data: Uint8Array, hash: HashInto): Uint8Array {
  const bytes = new Uint8Array(data.length + 1)
  bytes[0] = LEAF
  bytes.set(data, 1)
  const out = new Uint8Array(HASH_BYTES)
  hash(bytes, out, 0)
  return out
}

/** The hash of two nodes, `left` before `right`. */
export function nodeHash(left: Uint8Array, right: Uint8Array, hash: HashInto): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * HASH_BYTES)
  bytes[0] = NODE
  bytes.set(left, 1)
  bytes.set(right, 1 + HASH_BYTES)
  const out = new Uint8Array(HASH_BYTES)
  hash(bytes, out, 0)
  return out
}

/**
 * A Merkle tree that grows by one leaf at a time and keeps only the roots of its full subtrees, one for
 * each bit of its size: enough for its root at any time, and to go on later.
 */
export class Frontier {
  readonly #hash: HashInto
  /** Room for one node a level. */
  readonly #nodes: Uint8Array = new Uint8Array(64 * HASH_BYTES)
  readonly #pair: Uint8Array = new Uint8Array(1 + 2 * HASH_BYTES)
  #size = 0

  constructor(hash: HashInto) {
    this.#hash = hash
    this.#pair[0] = NODE
  }

  /** A tree of so many leaves from the nodes that `nodes` gave, undefined when they are not so many. */
  static from(size: number, nodes: readonly Uint8Array[], hash: HashInto): Frontier | undefined {
    const levels = levelsOf(size)
    const fits = nodes.length === levels.length && nodes.every((node) => node.length === HASH_BYTES)
    if (!fits) return undefined
    const frontier = new Frontier(hash)
    for (const [index, level] of levels.entries()) {
      frontier.#nodes.set(nodes[index]!, level * HASH_BYTES)
    }
    frontier.#size = size
    return frontier
  }

  get size(): number {
    return this.#size
  }

  /** Append the leaf whose hash stands in `from` at a place. */
  append(from: Uint8Array, at = 0): void {
    const pair = this.#pair
    const nodes = this.#nodes
    let level = 0
    let left = this.#size
    copy(from, at, pair, 1 + HASH_BYTES)
    for (; left % 2 === 1; left = (left - 1) / 2, level++) {
      copy(nodes, level * HASH_BYTES, pair, 1)
      this.#hash(pair, pair, 1 + HASH_BYTES)
    }
    copy(pair, 1 + HASH_BYTES, nodes, level * HASH_BYTES)
    this.#size += 1
  }

  /** MTH of all leaves. */
  root(): Uint8Array {
    const root = new Uint8Array(HASH_BYTES)
    const [first, ...others] = levelsOf(this.#size).reverse()
    if (first === undefined) {
      this.#hash(new Uint8Array(0), root, 0)
      return root
    }
    const pair = this.#pair
    copy(this.#nodes, first * HASH_BYTES, pair, 1 + HASH_BYTES)
    for (const level of others) {
      copy(this.#nodes, level * HASH_BYTES, pair, 1)
      this.#hash(pair, pair, 1 + HASH_BYTES)
    }
    copy(pair, 1 + HASH_BYTES, root, 0)
    return root
  }

  /** The roots of the full subtrees, the largest first. */
  nodes(): Uint8Array[] {
    return levelsOf(this.#size).map((level) =>
      this.#nodes.slice(level * HASH_BYTES, (level + 1) * HASH_BYTES)
    )
  }
}

/** The set bits of a size, the highest first. */
function levelsOf(size: number): number[] {
  const levels: number[] = []
  for (let level = 0, left = size; left >= 1; level++, left = Math.floor(left / 2)) {
    if (left % 2 === 1) levels.unshift(level)
  }
  return levels
}

function copy(from: Uint8Array, at: number, to: Uint8Array, place: number): void {
  for (let i = 0; i < HASH_BYTES; i++) to[place + i] = from[at + i]!
}
