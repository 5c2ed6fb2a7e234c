import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileDomainGlob } from '../../src/engine/match/domain-glob.ts'
import { compileRegex } from '../../src/engine/match/regex.ts'

const hosts: readonly [glob: string, host: string, held: boolean][] = [
  ['*.x.com', 'a.x.com', true],
  ['*.x.com', 'a.b.x.com', true],
  ['*.x.com', 'x.com', false],
  ['*.x.com', 'notx.com', false],
  ['x.com.', 'x.com', true],
  ['X.COM', 'x.com', true],
  ['bücher.example', 'xn--bcher-kva.example', true],
  ['*.bücher.example', 'a.xn--bcher-kva.example', true],
  ['0x7f.1', '127.0.0.1', true],
  ['2130706433', '127.0.0.1', true],
  ['169.254.*', '169.254.169.254', true],
  ['::1', '[::1]', true],
  ['[0:0::1]', '[::1]', true],
  ['*', 'anything', true],
]

for (const [glob, host, held] of hosts) {
  test(`host glob ${glob} ${held ? 'matches' : 'passes'} ${host}`, () => {
    assert.equal(compileDomainGlob(glob).test(host), held)
  })
}

for (const glob of ['https://x.com', 'x.com/path', 'a b', 'x'.repeat(300), 'x%.com', 'u@x.com']) {
  test(`host glob ${glob.slice(0, 20)} is refused with a reason`, () => {
    assert.throws(() => compileDomainGlob(glob), RangeError)
  })
}

test('a regular expression looks anywhere and reports where', () => {
  const regex = compileRegex('AKIA[0-9A-Z]{4}')
  assert.equal(regex.test('key AKIA1234 end'), true)
  assert.equal(regex.test('akia1234'), false)
  assert.deepEqual(regex.matches('AKIA1234,AKIAABCD'), [[0, 8], [9, 17]])
})

test('an empty match does not loop', () => {
  assert.ok(compileRegex('x*').matches('axa').length > 0)
})

for (const source of ['(', 'a(?=b)', '\\1', '((((a{100}){100}){100}){100})', 'a'.repeat(3000)]) {
  test(`F36 the expression ${source.slice(0, 20)} is refused with a reason`, () => {
    assert.throws(() => compileRegex(source), RangeError)
  })
}

test('an expression that makes a backtracking engine explode is answered', () => {
  assert.equal(compileRegex('(a*)*(a*)*(a*)*b').test('a'.repeat(5000)), false)
})
