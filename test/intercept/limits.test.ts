import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate } from '../../src/engine/evaluate.ts'
import type { Json } from '../../src/engine/types.ts'
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

test('F18 nothing that a call of an unknown tool names is hidden behind how much it names, or how deep', () => {
  const paths = setOf({
    user: [{ name: 'p', rules: [{ action: 'deny', when: { path_matches: ['/secret'] } }] }],
  })
  const answer = (params: Record<string, Json>) =>
    evaluate(paths, callOf('mcp__x__do', params), factsOf()).action
  const list = (text: string, count: number) => [...Array<string>(count).fill(text), '/secret']
  let nested: Json = '/secret'
  for (let i = 0; i < 20_000; i++) nested = [nested]
  assert.equal(answer({ x: nested }), 'deny')
  assert.equal(answer({ x: list('word', 100_000) }), 'deny')
  assert.equal(answer({ x: list('/a', 400) }), 'deny')
  assert.throws(() => answer({ x: list('/a', 2000) }), RampartError)
  for (const x of ['/secret\0.txt', 'a\0/secret', ' /secret', '/secret\n']) {
    assert.equal(answer({ x }), 'deny', JSON.stringify(x))
  }
  assert.equal(answer({ x: '/other\0' }), 'allow')
})

test('F18 names and directories that make more paths than are judged are refused, however deep they stand', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`)
  const nest = (depth: number) => {
    let inner: Json = { name: 'x' }
    for (let level = 0; level < depth; level++) inner = { dir: `d${level}`, inner }
    return inner
  }
  const floods: readonly Record<string, Json>[] = [
    { dir: many(30), names: many(2000) },
    { dir: many(30_000), name: 'x' },
    { options: { dir: many(200) }, file: 'x' },
    { all: nest(50_000) },
  ]
  for (const params of floods) {
    assert.throws(() => callOf('mcp__fs__read_file', params), RampartError)
  }
})
