import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson } from '../../src/audit/canonical.ts'

const fixture: {
  readonly numbers: readonly (readonly [bits: string, text: string])[]
  readonly documents: readonly (readonly [json: string, canonical: string])[]
} = JSON.parse(readFileSync(new URL('../fixtures/audit/canonical.json', import.meta.url), 'utf8'))

test('semantics 29 numbers are written as RFC 8785 has them', () => {
  for (const [bits, text] of fixture.numbers) {
    const view = new DataView(new ArrayBuffer(8))
    view.setBigUint64(0, BigInt(`0x${bits}`))
    assert.equal(canonicalJson(view.getFloat64(0)), text)
  }
})

test('semantics 29 documents are written as RFC 8785 has them, lone surrogates as U+FFFD', () => {
  for (const [json, canonical] of fixture.documents) {
    assert.equal(canonicalJson(JSON.parse(json)), canonical)
  }
})

test('what is not JSON is refused', () => {
  for (const value of [NaN, Infinity, -Infinity, undefined, 1n, Symbol('x'), () => 1, [NaN]]) {
    assert.throws(() => canonicalJson(value))
  }
  const endless: unknown[] = []
  endless.push(endless)
  assert.throws(() => canonicalJson(endless), RangeError)
})

test('the canonical text says the same as the value, and is its own canonical text', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = canonicalJson(value)
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
    assert.equal(canonicalJson(JSON.parse(text)), text)
  }))
})

test('the order of keys changes nothing', () => {
  fc.assert(fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.integer()), (value) => {
    const turned = Object.fromEntries(Object.entries(value).reverse())
    assert.equal(canonicalJson(turned), canonicalJson(value))
    const keys = Object.keys(JSON.parse(canonicalJson(value)) as object)
    const ownOrder = keys.filter((key) => !/^\d+$/.test(key))
    assert.deepEqual(ownOrder, [...ownOrder].sort())
  }))
})

test('no two texts of any kind become a line of invalid UTF-8', () => {
  const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
  fc.assert(fc.property(units, (codes) => {
    const text = String.fromCharCode(...codes)
    assert.ok(canonicalJson({ [text]: text }).isWellFormed())
  }))
})

test('what the runtime would write in another way is written in ours', () => {
  const lone = '\ud800'
  const cases: readonly (readonly [unknown, string])[] = [
    [{ a: 1, b: [undefined, { c: undefined }] }, '{"a":1,"b":[null,{}]}'],
    [{ a: { toJSON: 'x' } }, '{"a":{"toJSON":"x"}}'],
    [[new Date(0)], '[{}]'],
    [{ 10: 1, 9: 2 }, '{"10":1,"9":2}'],
    [[lone, { [lone]: 1 }], '["\ufffd",{"\ufffd":1}]'],
    [['\\ud800', -0], '["\\\\ud800",0]'],
  ]
  for (const [value, text] of cases) assert.equal(canonicalJson(value), text)
})
