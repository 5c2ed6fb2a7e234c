import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compiledPolicy } from '../../bench/peers/compile-opa.ts'
import { disagreements, enginesFor } from '../../bench/peers.ts'
import { QUESTIONS, SIZES } from '../../bench/peers/question.ts'

for (const question of QUESTIONS) {
  test(`half of the calls that are compared over ${question.name} are denied`, () => {
    const denied = question.asks.filter(({ want }) => want === 'deny')
    assert.equal(denied.length * 2, question.asks.length)
    assert.ok(question.asks.length >= 50)
    assert.equal(
      new Set(question.asks.map(({ tool, text }) => `${tool} ${text}`)).size,
      question.asks.length,
    )
  })

  for (const size of SIZES) {
    test(`every engine answers ${size} rules over ${question.name} alike`, async (t) => {
      const rules = question.rules(size)
      assert.equal(new Set(rules.map(({ tool, pattern }) => `${tool} ${pattern}`)).size, size)
      for (const engine of await enginesFor(question, size)) {
        assert.deepEqual(disagreements(engine, question.asks), [], engine.name)
      }
      // `npm run bench` compiles it, with Go.
      if (compiledPolicy() === undefined) {
        t.diagnostic?.('opa-wasm was not asked: no compiled policy')
      }
    })
  }
}
