import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { hashInto } from '../../src/runtime/hasher.ts'
import { Frontier, leafHash } from '../../src/audit/merkle.ts'
import {
  consistencyRanges,
  createRangeRoots,
  inclusionRanges,
  type LeafRange,
  provesConsistency,
  rootFromInclusion,
} from '../../src/audit/merkle-proof.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const hex = (of: Uint8Array) => Buffer.from(of).toString('hex')
const sha = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** RFC 6962, 2.1, word for word. */
function mth(data: readonly Uint8Array[]): Uint8Array {
  if (data.length === 0) return sha()
  if (data.length === 1) return sha(Uint8Array.of(0), data[0]!)
  const k = split(data.length)
  return sha(Uint8Array.of(1), mth(data.slice(0, k)), mth(data.slice(k)))
}

function split(n: number): number {
  return 2 ** (Math.ceil(Math.log2(n)) - 1)
}

/** RFC 6962, 2.1.1. */
function path(m: number, data: readonly Uint8Array[]): Uint8Array[] {
  if (data.length === 1) return []
  const k = split(data.length)
  return m < k
    ? [...path(m, data.slice(0, k)), mth(data.slice(k))]
    : [...path(m - k, data.slice(k)), mth(data.slice(0, k))]
}

/** RFC 6962, 2.1.2. */
function proof(m: number, data: readonly Uint8Array[], whole = true): Uint8Array[] {
  const n = data.length
  if (m === n) return whole ? [] : [mth(data)]
  const k = split(n)
  return m <= k
    ? [...proof(m, data.slice(0, k), whole), mth(data.slice(k))]
    : [...proof(m - k, data.slice(k), false), mth(data.slice(0, k))]
}

const leaves = (count: number) => Array.from({ length: count }, (_, i) => bytes(`leaf ${i}`))
const hashed = (data: readonly Uint8Array[]) => data.map((one) => leafHash(one, hashInto))

function treeOf(data: readonly Uint8Array[]): Frontier {
  const tree = new Frontier(hashInto)
  for (const leaf of hashed(data)) tree.append(leaf)
  return tree
}

function rootsOf(ranges: readonly LeafRange[], data: readonly Uint8Array[]): Uint8Array[] {
  const roots = createRangeRoots(ranges, hashInto)
  for (const leaf of hashed(data)) roots.append(leaf)
  return roots.roots()
}

test('known roots: the empty tree, one empty leaf, and the eight leaves of the CT test data', () => {
  assert.equal(
    hex(new Frontier(hashInto).root()),
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  )
  const data = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ]
    .map((text) => Uint8Array.from(Buffer.from(text, 'hex')))
  const known = {
    1: '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    2: 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    3: 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    7: 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    8: '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  }
  for (const [size, root] of Object.entries(known)) {
    assert.equal(hex(treeOf(data.slice(0, Number(size))).root()), root, size)
  }
})

test('the tree that grows has the root of the recursion, at every size', () => {
  const data = leaves(70)
  const tree = new Frontier(hashInto)
  for (let size = 0; size <= data.length; size++) {
    assert.equal(hex(tree.root()), hex(mth(data.slice(0, size))), String(size))
    const again = Frontier.from(size, tree.nodes(), hashInto)
    assert.equal(hex(again!.root()), hex(tree.root()))
    if (size < data.length) tree.append(leafHash(data[size]!, hashInto))
  }
  assert.equal(Frontier.from(5, tree.nodes().slice(0, 1), hashInto), undefined)
})

test('inclusion paths are those of the RFC, lead to the root, and no changed one does', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(), fc.nat(), (size, at, step) => {
    const data = leaves(size)
    const index = at % size
    const found = rootsOf(inclusionRanges(index, size), data)
    assert.deepEqual(found.map(hex), path(index, data).map(hex))
    const root = hex(mth(data))
    const claim = { leaf: leafHash(data[index]!, hashInto), index, size, path: found }
    assert.equal(hex(rootFromInclusion(claim, hashInto)!), root)
    if (found.length > 0) {
      const other = found.map((node, i) =>
        i === step % found.length ? node.with(0, node[0]! ^ 1) : node
      )
      assert.notEqual(hex(rootFromInclusion({ ...claim, path: other }, hashInto)!), root)
      assert.equal(rootFromInclusion({ ...claim, path: found.slice(1) }, hashInto), undefined)
    }
    assert.equal(rootFromInclusion({ ...claim, path: [...found, claim.leaf] }, hashInto), undefined)
    assert.equal(rootFromInclusion({ ...claim, index: size }, hashInto), undefined)
  }))
})

test('a path needs no leaf before the place where a tree was cut, of events behind it', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(), fc.nat(), (size, at, cutAt) => {
    const data = leaves(size)
    const index = at % size
    const cut = cutAt % (index + 1)
    const start = treeOf(data.slice(0, cut))
    const roots = createRangeRoots(inclusionRanges(index, size), hashInto, {
      size: cut,
      nodes: start.nodes(),
    })
    for (const leaf of hashed(data.slice(cut))) roots.append(leaf)
    assert.deepEqual(roots.roots().map(hex), path(index, data).map(hex))
  }))
})

test('consistency paths are those of the RFC, and prove only what is so', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(), (to, at) => {
    const data = leaves(to)
    const from = 1 + at % to
    const found = rootsOf(consistencyRanges(from, to), data)
    assert.deepEqual(found.map(hex), proof(from, data).map(hex))
    const claim = { older: mth(data.slice(0, from)), newer: mth(data), from, to, path: found }
    assert.ok(provesConsistency(claim, hashInto))
    assert.ok(!provesConsistency({ ...claim, newer: sha() }, hashInto))
    assert.ok(!provesConsistency({ ...claim, older: sha() }, hashInto))
    assert.ok(!provesConsistency({ ...claim, path: [...found, sha()] }, hashInto))
    if (from > 1) assert.ok(!provesConsistency({ ...claim, from: from - 1 }, hashInto))
  }))
})

test('sizes that no tree has are refused', () => {
  for (const [index, size] of [[1, 1], [-1, 3], [0.5, 3], [0, 0]] as const) {
    assert.throws(() => inclusionRanges(index, size), RangeError)
  }
  for (const [older, size] of [[0, 3], [4, 3], [1.5, 3]] as const) {
    assert.throws(() => consistencyRanges(older, size), RangeError)
  }
})
