import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalCommandText } from '../../src/engine/match/command-text.ts'

const CASES: readonly [text: string, want: string][] = [
  ['a|b', 'a|b'],
  ['a | b', 'a|b'],
  ['a  ||\tb', 'a||b'],
  ['a && b ; c & d', 'a&&b;c&d'],
  ['a > b', 'a>b'],
  ['a 2>&1 | b', 'a 2>&1|b'],
  ['a >> b < c', 'a>>b<c'],
  ['  a   b  ', 'a b'],
  ['a \n b', 'a\nb'],
  ['rm -rf $HOME/x', 'rm -rf ~/x'],
  ['rm -rf ${HOME}', 'rm -rf ~'],
  ['echo $HOMER', 'echo $HOMER'],
  ['find . -exec rm {} \\;', 'find . -exec rm {}\\;'],
  ['*base64* | *curl*', '*base64*|*curl*'],
  ['a\\', 'a\\'],
  ['', ''],
]

test('blanks around operators do not matter, and $HOME is ~', () => {
  for (const [text, want] of CASES) assert.equal(canonicalCommandText(text), want, text)
})

const text = fc.string({
  unit: fc.constantFrom('a', ' ', '\t', '|', '&', ';', '\\', '$HOME', '${HOME}', '\n', '>'),
  maxLength: 20,
})

test('the canonical spelling is its own canonical spelling', () => {
  fc.assert(fc.property(text, (value) => {
    const once = canonicalCommandText(value)
    assert.equal(canonicalCommandText(once), once)
  }))
})

test('it takes time linear in the text', () => {
  assert.equal(canonicalCommandText(' '.repeat(1_000_000) + 'a'), 'a')
})
