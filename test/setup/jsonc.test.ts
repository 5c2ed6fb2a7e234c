import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { JsoncError, placeOf, readJsonc } from '../../src/setup/jsonc.ts'

test('JSON is read as JSON.parse reads it', () => {
  fc.assert(fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
    const text = JSON.stringify(value, null, indent)
    assert.deepEqual(readJsonc(text)!.value, JSON.parse(text))
  }))
})

const CHARACTERS = fc.constantFrom(...'{}[]":,01-.eE+tfn\\u ab\n')
const TOKENS = fc.constantFrom(...[
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"a"',
  '",]"',
  '"\\",}"',
  '-0',
  '1e2',
  ' ',
  'true',
])
const TEXTS = fc.oneof(
  fc.string({ unit: CHARACTERS }),
  fc.array(TOKENS, { maxLength: 9 }).map((tokens) => tokens.join('')),
  fc.jsonValue().map((value) => JSON.stringify(value, null, 1).replace(/[}\]](?=[^"]*$)/, ',$&')),
)

test('what JSON.parse reads is read so; beyond it, only commas before an end are read', () => {
  fc.assert(
    fc.property(TEXTS, (text) => {
      const ours = valueOf(text)
      const theirs = parsed(text)
      if (theirs !== undefined) assert.deepEqual(ours, theirs)
      else if (ours !== undefined) assert.deepEqual(ours, parsed(withoutLastCommas(text)))
    }),
    { numRuns: 4000, examples: [['",]"'], ['[",]",]'], ['[,]'], ['[1,,]'], ['{"a":1,}']] },
  )
})

/** The text without the commas before `]` or `}` that stand outside of quotes. */
function withoutLastCommas(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|,(?=[ \n]*[}\]])/g, (found) => found === ',' ? '' : found)
}

function valueOf(text: string): { value: unknown } | undefined {
  try {
    const node = readJsonc(text)
    return node === undefined ? undefined : { value: node.value }
  } catch (error) {
    assert.ok(error instanceof JsoncError)
    return undefined
  }
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

test('a text without a value is none, whatever blanks and comments it holds', () => {
  for (const text of ['', ' \r\n', '\uFEFF', '// a', '/* a */ // b\n']) {
    assert.equal(readJsonc(text), undefined)
  }
})

const FAULTS: readonly (readonly [text: string, line: number, col: number])[] = [
  ['{', 1, 2],
  ['{"a" 1}', 1, 6],
  ['{\r\n  "a": 1\r\n  "b": 2\r\n}', 3, 3],
  ['{a: 1}', 1, 2],
  ['[1,,2]', 1, 4],
  ['{"a": "x\ny"}', 1, 7],
  ['{} x', 1, 4],
  ['{ /* x', 1, 3],
  ["{'a': 1}", 1, 2],
  ['\uFEFF{,}', 1, 2],
  ['{"a": 01}', 1, 8],
]

for (const [text, line, col] of FAULTS) {
  test(`a fault is told with its place: ${JSON.stringify(text)}`, () => {
    assert.throws(() => readJsonc(text), (error) => {
      assert.ok(error instanceof JsoncError)
      assert.deepEqual(placeOf(text, error.at), { line, col })
      return true
    })
  })
}

test('what nests without end is refused, not followed', () => {
  assert.throws(() => readJsonc('['.repeat(100_000)), JsoncError)
})

test('of equal keys the last counts, and a key may have any name', () => {
  assert.deepEqual(readJsonc('{"a": 1, "a": 2}')!.value, { a: 2 })
  const value = readJsonc('{"__proto__": {"x": 1}}')!.value as object
  assert.deepEqual(Object.keys(value), ['__proto__'])
})
