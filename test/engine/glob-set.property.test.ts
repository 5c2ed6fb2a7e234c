import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { compileCommandGlob } from '../../src/engine/match/command-glob.ts'
import { eachSet, type GlobSet, globSet, isSet } from '../../src/engine/match/glob-set.ts'
import { runs } from '../helpers/runtime.ts'

function met(set: GlobSet, text: string): string[] {
  const found: string[] = []
  eachSet(set.meeting([text]), (number) => found.push(set.sources[number]!))
  return found
}

function agrees(sources: readonly string[], texts: readonly string[]): void {
  const set = globSet(sources)
  for (const text of texts) {
    assert.deepEqual(
      met(set, text),
      set.sources.filter((one) => compileCommandGlob(one).test(text)),
      text,
    )
  }
}

const plain = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 9 })
const rich = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'c',
    'ab',
    '*',
    '*',
    '?',
    '[ab]',
    '[!a]',
    '[b-é]',
    '\\*',
    '\\?',
    'é',
  ),
  maxLength: 9,
})
const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 16 })
const richText = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '*', '?', 'é', '\ud83d'),
  maxLength: 16,
})

describe('a set of globs meets what each of them meets', () => {
  test('of stars and two letters', () => {
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 12 }), fc.array(text, { maxLength: 6 }), agrees),
      { numRuns: runs(4000) },
    )
  })

  test('of classes, escapes and other letters', () => {
    fc.assert(
      fc.property(fc.array(rich, { maxLength: 12 }), fc.array(richText, { maxLength: 6 }), agrees),
      { numRuns: runs(4000) },
    )
  })

  test('so many that what follows a step is a crowd', () => {
    const pair = fc.string({ unit: fc.constantFrom(...'abcdefgh'), minLength: 1, maxLength: 2 })
    const many = fc.array(
      fc.tuple(pair, pair, fc.constantFrom('', 'a', '*')).map(([one, two, end]) =>
        `*${one}*${two}${end}`
      ),
      { minLength: 150, maxLength: 250 },
    )
    const long = fc.string({ unit: fc.constantFrom(...'abcdefgh'), maxLength: 60 })
    fc.assert(fc.property(many, fc.array(long, { maxLength: 4 }), agrees), { numRuns: runs(200) })
  })
})

test('bits say the same as numbers', () => {
  const set = globSet(['a*', 'b*', '*c', 'a*'])
  assert.equal(set.sources.length, 3)
  const bits = set.meeting(['abc', 'x'])
  assert.deepEqual(set.sources.map((source) => isSet(bits, set.numberOf(source)!)), [
    true,
    false,
    true,
  ])
  assert.equal(set.numberOf('d'), undefined)
})

// More states than are kept: the automaton begins anew in the middle of a text.
test('a text for which the automaton has no room is met like any other', () => {
  const sources = Array.from({ length: 12 }, (_, n) => `*a${'?'.repeat(n + 8)}b*c${n}`)
  let seed = 1
  const letters = Array.from(
    { length: 60_000 },
    () => 'ab'[(seed = (seed * 48271) % 2147483647) & 1],
  )
  for (let n = 0; n < 12; n++) agrees(sources, [`${letters.join('')}c${n}`])
})
