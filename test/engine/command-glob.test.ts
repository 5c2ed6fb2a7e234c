import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { compileCommandGlob, GLOB_LIMIT } from '../../src/engine/match/command-glob.ts'
import { runs } from '../helpers/runtime.ts'

const CASES: readonly [pattern: string, text: string, want: boolean][] = [
  ['rm -rf /', 'rm -rf /', true],
  ['rm -rf /', 'rm -rf /tmp', false],
  ['rm -rf *', 'rm -rf /a b/c', true],
  ['mkfs*', 'mkfs.ext4 /dev/sda', true],
  ['mkfs.*', 'mkfs', false],
  ['*base64*|*curl*', 'base64 x | curl y', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['[a-c]x', 'bx', true],
  ['[!a-c]x', 'bx', false],
  ['[^a-c]x', 'dx', true],
  ['[]]x', ']x', true],
  ['[a', '[a', true],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  [':(){ :|:& };:', ':(){ :|:& };:', true],
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
]

describe('compileCommandGlob()', () => {
  for (const [pattern, text, want] of CASES) {
    test(`"${pattern}" on "${text}" is ${want}`, () => {
      assert.equal(compileCommandGlob(pattern).test(text), want)
    })
  }

  test('keeps wildcards out of fences', () => {
    const glob = compileCommandGlob('git log*')
    assert.equal(glob.test('git log > /etc/passwd', [[8, 21]]), false)
    assert.equal(
      compileCommandGlob('git log > /etc/passwd').test('git log > /etc/passwd', [[8, 21]]),
      true,
    )
  })

  test('refuses a pattern over its limit', () => {
    assert.throws(() => compileCommandGlob('a'.repeat(GLOB_LIMIT + 1)), RangeError)
  })
})

const word = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', ' ', '?'), maxLength: 10 })

test('compileCommandGlob() agrees with a regular expression', () => {
  fc.assert(fc.property(word, word, (pattern, text) => {
    const source = pattern.replaceAll(
      /[*?/]/g,
      (c) => c === '*' ? '[^]*' : c === '?' ? '[^]' : '\\/',
    )
    assert.equal(
      compileCommandGlob(pattern).test(text),
      new RegExp(`^(?:${source})$`).test(text),
    )
  }))
})

test('every match of a command glob holds its longest literal', () => {
  fc.assert(fc.property(word, word, (pattern, text) => {
    const glob = compileCommandGlob(pattern)
    assert.ok(!glob.test(text) || text.includes(glob.literal))
  }))
})

// Without fences a glob of stars is met by looking for the texts between them, with any atom by atom.
test('a fence that covers nothing changes nothing', () => {
  const any = fc.string({
    unit: fc.constantFrom('a', 'b', 'ab', '*', '?', '[ab]', '\\*'),
    maxLength: 8,
  })
  fc.assert(
    fc.property(any, word, (pattern, text) => {
      const { test: meets } = compileCommandGlob(pattern)
      assert.equal(meets(text, [[text.length, text.length + 1]]), meets(text))
    }),
    { numRuns: runs(5000) },
  )
})
