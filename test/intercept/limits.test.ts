import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate } from '../../src/engine/evaluate.ts'
import { RampartError } from '../../src/errors.ts'
import { COMMAND_LIMIT } from '../../src/intercept/params.ts'
import { SUBJECT_LIMIT } from '../../src/intercept/shell/limits.ts'
import { callOf, factsOf, setOf } from '../helpers/engine.ts'

const set = setOf({
  user: [{ name: 'p', rules: [{ action: 'deny', when: { command_matches: ['*rm -rf /*'] } }] }],
})
const fill = (text: string, behind = '') =>
  text.repeat(Math.floor((COMMAND_LIMIT - behind.length) / text.length)) + behind

// Each costs more than its length somewhere unless a bound holds; none is timed, all must end.
const FLOODS = [
  '$(',
  '`a',
  '"a\'',
  'a;',
  'a|',
  '<<E ',
  'sudo ',
  '{a,b}',
  'A=$A$A;',
  '>a ',
  '<(cat ',
  'cat ~/a ',
  'HOME=/x;',
  'cd a&&',
  '(',
  '$((',
  'f(){ ',
]

for (const flood of FLOODS) {
  test(`a line of ${COMMAND_LIMIT} characters made of ${JSON.stringify(flood)} is judged or refused`, () => {
    try {
      const call = callOf('exec', { command: fill(flood) })
      assert.ok(call.subjects.length <= SUBJECT_LIMIT)
      evaluate(set, call, factsOf())
    } catch (error) {
      assert.ok(error instanceof RampartError, String(error))
      assert.equal(error.code, 'request_invalid')
    }
  })
}

for (const flood of ['a;', 'a|', '>a ;', '(a);']) {
  test(`what stands behind a flood of ${flood} is still seen`, () => {
    const call = callOf('exec', { command: fill(flood, '\nrm -rf /') })
    assert.equal(evaluate(set, call, factsOf()).action, 'deny')
  })
}

for (const tool of ['exec', 'frobnicate']) {
  test(`a command over the limit is refused for ${tool}`, () => {
    const command = 'a'.repeat(COMMAND_LIMIT + 1)
    assert.throws(() => callOf(tool, { command }), RampartError)
  })
}
