import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pathValues } from '../../src/intercept/path.ts'
import { runs } from '../helpers/runtime.ts'

const segment = fc.constantFrom(
  'a',
  'b1',
  '.',
  '..',
  '.x',
  '...',
  '',
  '~',
  '$HOME',
  'ä',
  'a\u0308',
  '\\',
)
const path = fc.tuple(fc.constantFrom('', '/', '/proc/', '~/'), fc.array(segment, { maxLength: 5 }))
  .map(([front, segments]) => front + segments.join('/'))
const NONE: readonly string[] = []
const place = fc.record({
  cwds: fc.constantFrom(NONE, ['/w'], ['/w/.x'], ['/w/../v'], ['/proc/self/cwd']),
  homes: fc.constantFrom(NONE, ['/home/u']),
})

// Paths in which nothing is there to normalise take a short way: an empty segment keeps them off it.
test('an empty segment at the end of a path changes nothing', () => {
  fc.assert(
    fc.property(path, place, (text, where) => {
      fc.pre(text !== '')
      assert.deepEqual(pathValues(`${text}/`, 'read', where), pathValues(text, 'read', where))
    }),
    { numRuns: runs(5000) },
  )
})

test('a second cwd that is the same changes nothing', () => {
  fc.assert(
    fc.property(path, place, (text, where) => {
      const twice = { ...where, cwds: [...where.cwds, ...where.cwds] }
      assert.deepEqual(pathValues(text, 'read', twice), pathValues(text, 'read', where))
    }),
    { numRuns: runs(5000) },
  )
})
