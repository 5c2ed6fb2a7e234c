import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hasFlag } from '../../src/engine/match/flags.ts'
import { runs } from '../helpers/runtime.ts'

const word = fc.constantFrom(
  ...[
    '-r',
    '-f',
    '-rf',
    '-fr',
    '-',
    '--',
    '--force',
    '--fo',
    '--force=x',
    '--=x',
    '--recursive',
    'a',
    '-é',
  ],
)
const flag = fc.constantFrom('r', 'f', 'force', 'recursive', 'rf', 'x', 'help', 'é')
const program = fc.constantFrom('rm', '/bin/RM', 'git', 'cp', 'x')

// Many words are read once, few each time.
test('a command of many words has the flags that it has without those that are none', () => {
  fc.assert(
    fc.property(
      program,
      fc.array(word, { maxLength: 6 }),
      flag,
      fc.boolean(),
      (name, words, flag, lenient) => {
        const few = [name, ...words]
        const many = [name, ...Array.from({ length: 100 }, () => 'a'), ...words]
        assert.equal(hasFlag(many, flag, lenient), hasFlag(few, flag, lenient))
      },
    ),
    { numRuns: runs(3000) },
  )
})
