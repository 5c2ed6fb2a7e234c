import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { evaluateResponse, hideMatches, RESPONSE_LIMIT } from '../../src/engine/output.ts'
import type { ResponseKindName } from '../../src/engine/response-kinds.ts'
import { SPEECH } from '../../src/engine/speech.ts'
import { callOf, factsOf, setOf } from '../helpers/engine.ts'
import { spelledOut } from '../helpers/secrets.ts'

interface Row {
  readonly kind: ResponseKindName
  readonly found: readonly { readonly output: string; readonly hidden: string }[]
  readonly not: readonly string[]
}

const rows = parse(
  readFileSync(new URL('../fixtures/engine/response-kinds.yaml', import.meta.url), 'utf8'),
) as Row[]
const made = callOf('exec', { command: 'x' })
const whole = (texts: readonly string[]) => texts.join('\n')

for (const { kind, found, not } of rows) {
  const rule = { action: 'deny', when: { response_holds: kind } }
  const set = setOf({ user: [{ name: 'p', rules: [rule] }] })
  const judge = (text: string) => evaluateResponse(set, made, factsOf(), text)

  for (const { output, hidden } of found) {
    test(`${kind} stands in ${JSON.stringify(output)} and is hidden, and nothing else`, () => {
      const text = spelledOut(output)
      assert.equal(judge(text).action, 'deny')
      assert.deepEqual(hideMatches(set, made, factsOf(), [text], whole), [hidden])
    })
  }

  for (const output of not) {
    test(`no ${kind} stands in ${JSON.stringify(output)}`, () => {
      assert.equal(judge(spelledOut(output)).action, 'allow')
    })
  }

  test(`${kind} is looked for in outputs longer than an expression sees`, () => {
    const filler = 'all is well here. '.repeat(RESPONSE_LIMIT / 16)
    assert.equal(judge(filler).action, 'allow')
    const text = `${filler}${spelledOut(found[0]!.output)}`
    assert.equal(judge(text).action, 'deny')
    assert.deepEqual(hideMatches(set, made, factsOf(), [text], whole), [
      `${filler}${found[0]!.hidden}`,
    ])
  })
}

test('an expression beside it still sees no more than its limit', () => {
  const when = { response_holds: 'secret', response_matches: 'x' }
  const set = setOf({ user: [{ name: 'p', rules: [{ action: 'deny', when }] }] })
  const long = 'y'.repeat(RESPONSE_LIMIT + 1)
  // No secret: what the expression would say does not matter.
  assert.equal(evaluateResponse(set, made, factsOf(), long).action, 'allow')
  const token = spelledOut('ghp_{alnum:36} ')
  assert.equal(evaluateResponse(set, made, factsOf(), token + long).action, 'deny')
  assert.equal(hideMatches(set, made, factsOf(), [token + long], whole), undefined)
})

test('no way to speak is looked for without a bound: a flood of beginnings costs no more than its length', () => {
  assert.ok(SPEECH.some(({ inOutput }) => inOutput))
  for (const { what, pattern } of SPEECH) {
    const counts = pattern.source.replace(/\\.|\[[^\]]*\]/g, 'x')
    assert.doesNotMatch(counts, /[*+]|\{\d+,\}/, what)
  }
})
