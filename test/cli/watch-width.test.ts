import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cell, fit, widthOf, wrap } from '../../src/cli/watch/width.ts'
import { hostileTexts } from '../helpers/formats.ts'

test('F13 columns of what terminals draw wide, narrow, or upon another character', () => {
  const rows: [string, number][] = [
    ['abc', 3],
    ['日本', 4],
    ['한글', 4],
    ['ｆ', 2],
    ['😀', 2],
    ['👩‍🚀'.replaceAll('\u200d', ''), 4],
    ['🇨🇭', 4],
    ['e\u0301', 1],
    ['ก็', 1],
    ['', 0],
  ]
  for (const [text, width] of rows) assert.equal(widthOf(text), width, text)
})

test('F13 marks that stand on nothing, or in heaps, are spelled out', () => {
  assert.equal(cell('\u0301a'), '\\u{301}a')
  assert.equal(cell('a \u0301'), 'a \\u{301}')
  assert.equal(cell('e\u0301'), 'e\u0301')
  assert.ok(widthOf(cell(`z${'\u0336'.repeat(500)}`)) > 500)
  assert.equal(cell('a\x1b[31m\u202eb\u200b'), 'a\\u{1b}[31m\\u{202e}b\\u{200b}')
})

test('what is fitted or wrapped is never wider, and wrapping loses nothing but blanks', () =>
  fc.assert(fc.property(
    fc.array(
      fc.constantFrom(
        'a',
        ' ',
        '日',
        '😀',
        'e\u0301',
        '\u0301',
        '\x1b',
        '\ud800',
        'word ',
        '\u202e',
      ),
      { maxLength: 60 },
    ),
    fc.integer({ min: 2, max: 30 }),
    (pieces, columns) => {
      const text = cell(pieces.join(''))
      assert.ok(widthOf(fit(text, columns)) <= columns)
      const lines = wrap(text, columns)
      for (const line of lines) assert.ok(widthOf(line) <= columns, line)
      const bare = (words: string) => words.replaceAll(' ', '')
      assert.equal(bare(lines.join('')), bare(text))
    },
  )))

test('hostile texts become one line without a control, a reversal, or a break', () => {
  for (const { name, text } of hostileTexts()) {
    const shown = cell(text.slice(0, 5000))
    assert.ok(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(shown), name)
    assert.ok(widthOf(fit(shown, 40)) <= 40, name)
  }
})
