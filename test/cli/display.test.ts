import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { abridge, display, displayJson, mixedScriptWords } from '../../src/cli/display.ts'
import { createOutput, safe } from '../../src/cli/output.ts'

const CASES: readonly (readonly [string, string])[] = [
  ['plain text, ümläut, 漢字, 🙂', 'plain text, ümläut, 漢字, 🙂'],
  ['\x1b]0;owned\x07', '\\u{1b}]0;owned\\u{7}'],
  ['a\rb\nc\td', 'a\\rb\\nc\\td'],
  ['rm \u202etxt.exe', 'rm \\u{202e}txt.exe'],
  ['a\u200bb\ufeffc\u00add', 'a\\u{200b}b\\u{feff}c\\u{ad}d'],
  ['\u009b31m', '\\u{9b}31m'],
  ['a\u00a0b\u3000c', 'a\\u{a0}b\\u{3000}c'],
  ['\u{e0041}', '\\u{e0041}'],
  ['\ud800', '\\u{d800}'],
  ['\u115f\u3164', '\\u{115f}\\u{3164}'],
]

for (const [text, shown] of CASES) {
  test(`F13 display() spells out what cannot be seen: ${JSON.stringify(text)}`, () => {
    assert.equal(display(text), shown)
  })
}

test('F13 nothing that display() gives can control a terminal or hide', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    assert.doesNotMatch(display(text), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  }))
})

test('F13 JSON output keeps its values and holds nothing unseen', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    const json = displayJson(JSON.stringify({ text }, null, 2))
    assert.deepEqual(JSON.parse(json), { text })
    assert.doesNotMatch(json.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  }))
})

test('F13 long text is shown with head, tail and size', () => {
  const text = `echo ok ${' '.repeat(900_000)}; rm -rf /`
  const shown = abridge(text, 200)
  assert.ok(shown.startsWith('echo ok'))
  assert.ok(shown.endsWith('; rm -rf /'))
  assert.match(shown, /\[899818 more characters\]/)
})

test('F13 words of mixed script are named', () => {
  assert.deepEqual(mixedScriptWords('curl https://pаypal.com'), ['pаypal'])
  assert.deepEqual(mixedScriptWords('привет world'), [])
})

test('F13 values in a template are escaped, and colour is ours alone', () => {
  let text = ''
  const streams = { out: (t: string) => void (text += t), err: () => {} }
  const out = createOutput(streams, { json: false, colour: true })
  out.line(safe`a ${'\x1b[2J'} ${out.paint('red', '\x07')}`)
  assert.equal(text, 'a \\u{1b}[2J \x1b[31m\\u{7}\x1b[0m\n')
})
