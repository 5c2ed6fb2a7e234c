import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sha256 } from '../../src/adapters/hash.ts'
import { GENESIS, type Head, sealEvent } from '../../src/audit/chain.ts'
import { forkAt, takeLines } from '../../src/fleet/take.ts'
import { draft } from '../helpers/audit.ts'

/** A chain of so many events, and the heads after each. */
function chain(count: number, word = 'ls', head: Head = GENESIS) {
  const lines: string[] = []
  const heads: Head[] = [head]
  for (let made = 0; made < count; made++) {
    const request = { params: { command: `${word} ${made}` } }
    const { event, line } = sealEvent(draft({ request }), heads.at(-1)!, sha256)
    lines.push(line)
    heads.push({ seq: event.seq, hash: event.hash, time: event.time })
  }
  return { lines, heads }
}

const LONG = chain(40)

test('whatever comes again and however it is cut, the copy is the chain, each event once', () => {
  const cuts = fc.array(fc.record({ from: fc.nat(40), length: fc.nat(15) }), { maxLength: 20 })
  fc.assert(fc.property(cuts, (batches) => {
    const copy: string[] = []
    let head: Head = GENESIS
    for (const { from, length } of batches) {
      // A node goes on from no further than where its upstream stands.
      const begin = Math.min(from, copy.length)
      const taken = takeLines(head, LONG.lines.slice(begin, begin + length), sha256)
      assert.ok(taken.kind === 'taken' || taken.kind === 'known')
      if (taken.kind === 'known') continue
      assert.equal(taken.missing, undefined)
      copy.push(...taken.lines)
      head = taken.head
    }
    assert.deepEqual(copy, LONG.lines.slice(0, copy.length))
    assert.deepEqual(head, LONG.heads[copy.length])
  }))
})

test('no byte of a line can be another', () => {
  const line = LONG.lines[3]!
  fc.assert(fc.property(fc.nat(line.length - 1), fc.string({ minLength: 1 }), (at, other) => {
    fc.pre(!line.slice(at).startsWith(other.slice(0, 1)))
    const text = line.slice(0, at) + other.slice(0, 1) + line.slice(at + 1)
    const lines = [...LONG.lines.slice(0, 3), text, ...LONG.lines.slice(4, 6)]
    assert.equal(takeLines(GENESIS, lines, sha256).kind, 'unreadable')
    assert.notEqual(takeLines(LONG.heads[3]!, [text], sha256).kind, 'taken')
  }))
})

test('a rewritten past is a fork where it meets what is held, and nowhere else is it taken', () => {
  const other = chain(20, 'rm -rf', LONG.heads[5])
  const held = LONG.heads[10]!
  assert.deepEqual(takeLines(held, other.lines, sha256), { kind: 'forked', seq: 10 })
  // All of it before the end of the copy: nothing is known of it yet, nothing is taken.
  assert.equal(takeLines(held, other.lines.slice(0, 3), sha256).kind, 'known')
  const { lines } = chain(1, 'x', { ...held, hash: other.heads[5]!.hash })
  assert.deepEqual(takeLines(held, lines, sha256), { kind: 'forked', seq: 10 })
})

test('what is missing is told, and the rest is taken', () => {
  const taken = takeLines(LONG.heads[5]!, LONG.lines.slice(8, 12), sha256)
  assert.ok(taken.kind === 'taken')
  assert.deepEqual(taken.missing, { from: 6, to: 8 })
  assert.deepEqual(taken.head, LONG.heads[12])
})

test('a batch that is no chain is not taken at all', () => {
  const [a, b, c] = LONG.lines as [string, string, string]
  for (
    const lines of [[a, c], [b, a], [a, ''], [a, '{}'], [a, 'x'.repeat(1000)], [a, a], [`${a} `]]
  ) {
    assert.equal(takeLines(GENESIS, lines, sha256).kind, 'unreadable')
  }
  assert.equal(takeLines(GENESIS, [], sha256).kind, 'known')
})

test('a trail that ends before its copy, or there with another event, was rewritten', () => {
  const [, , two, three] = LONG.heads as [Head, Head, Head, Head]
  assert.equal(forkAt(GENESIS, GENESIS), undefined)
  assert.equal(forkAt(two, three), undefined)
  assert.equal(forkAt(two, two), undefined)
  assert.equal(forkAt(three, two), 3)
  assert.equal(forkAt(two, { ...two, hash: three.hash }), 2)
})
