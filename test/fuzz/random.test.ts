import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Random } from '../differential/random.ts'
import { randomLine } from './generate.ts'
import { assertBounded, judged } from './judge.ts'
import { runs } from '../helpers/runtime.ts'

const SEEDS = runs(250)
const TOOLS = ['exec', 'powershell', 'cmd'] as const

for (const tool of TOOLS) {
  test(`F47 generated lines are judged or refused by ${tool}, twice the same`, () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const line = randomLine(seed)
      const { action, rule } = assertBounded(tool, line)
      const again = judged(tool, line)
      assert.deepEqual([again.action, again.rule], [action, rule], `seed ${seed}`)
    }
  })
}

test('F47 lines that once were too much for it: guesses that double, names of paths that multiply', () => {
  for (const seed of [3492, 4514, 8573, 507_356]) assertBounded('exec', randomLine(seed))
})

test('a seed gives the same line on every run', () => {
  assert.equal(new Random(7).next(), new Random(7).next())
  for (const seed of [1, 2, 3]) assert.equal(randomLine(seed), randomLine(seed))
  assert.notEqual(randomLine(1), randomLine(2))
})

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.integer({ min: 1, max: 0xffff }), { maxLength: 60 })
    .map((units) => String.fromCharCode(...units)),
  fc.tuple(fc.nat(100_000), fc.string({ maxLength: 20 })).map(([seed, noise]) =>
    randomLine(seed) + noise
  ),
)

for (const tool of TOOLS) {
  test(`F47 any text is judged or refused by ${tool}`, () => {
    fc.assert(
      fc.property(text, (line) => {
        assertBounded(tool, line)
      }),
      { numRuns: runs(200) },
    )
  })
}
