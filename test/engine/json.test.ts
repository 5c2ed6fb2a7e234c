import assert from 'node:assert/strict'
import process from 'node:process'
import { test } from 'node:test'
import fc from 'fast-check'
import { RampartError } from '../../src/errors.ts'
import { DEPTH_LIMIT, parseJson } from '../../src/engine/json.ts'
import { runs } from '../helpers/runtime.ts'

/** What `JSON.parse` makes of it, or undefined when it refuses. */
function reference(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

function read(text: string): { value: unknown } | undefined {
  try {
    return { value: parseJson(text) }
  } catch (error) {
    assert.ok(error instanceof RampartError, String(error))
    return undefined
  }
}

function hasPrototypeKey(value: unknown): boolean {
  return JSON.stringify(value).includes('__proto__')
}

const json = fc.jsonValue({ maxDepth: 6 }).filter((value) => !hasPrototypeKey(value))

test('the reader agrees with JSON.parse on any JSON, however it is spaced', () => {
  fc.assert(fc.property(json, fc.constantFrom('', ' ', '\n\t', 4), (value, space) => {
    const text = JSON.stringify(value, null, space)
    if (!text.isWellFormed()) return
    const expected = reference(text)!.value
    const strings = JSON.stringify(expected)
    if (/\\ud[89a-f]/i.test(strings)) return assert.equal(read(text), undefined)
    assert.deepEqual(read(text)?.value, expected)
  }))
})

test('the reader never takes what JSON.parse refuses, and changes no value that it takes', () => {
  const signs = fc.constantFrom(
    ...['{', '}', '[', ']', ',', ':', '"', '"a"', '"b"', '\\', '\\u', '0041', '\\n', '0', '1', '-'],
    ...['.', 'e', '+', 'true', 'false', 'null', ' ', '\n', '\u0000', '\u00a0', '\ufeff', '{"a":'],
  )
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 12 }), (parts) => {
      const text = parts.join('')
      const ours = read(text)
      if (ours !== undefined) assert.deepEqual(ours, reference(text))
    }),
    { numRuns: runs(5000) },
  )
})

test('any bytes whatever give a value or a refusal', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
    const ours = read(text)
    if (ours !== undefined) assert.deepEqual(ours, reference(text))
  }))
})

test('a key that comes twice is refused at any place', () => {
  fc.assert(fc.property(fc.string(), json, json, fc.nat(20), (key, a, b, depth) => {
    fc.pre(key.isWellFormed() && key !== '__proto__')
    const name = JSON.stringify(key)
    const inner = `{${name}:${JSON.stringify(a)},${name}:${JSON.stringify(b)}}`
    assert.equal(read('[{"x":'.repeat(depth) + inner + '}]'.repeat(depth)), undefined)
  }))
})

test('nesting is read up to the limit and no deeper', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  assert.ok(read(nested(DEPTH_LIMIT)))
  assert.equal(read(nested(DEPTH_LIMIT + 1)), undefined)
})

test('reading is linear: megabytes of every kind take no time to speak of', () => {
  // Of this process alone: others may take as much of the machine as they like.
  const started = process.cpuUsage()
  const size = 1 << 20
  for (
    const text of [
      `"${'a'.repeat(size)}"`,
      `"${'\\n'.repeat(size)}"`,
      `[${'0,'.repeat(size)}0]`,
      `{${Array.from({ length: size >> 3 }, (_, n) => `"${n}":0`).join(',')}}`,
      ' '.repeat(size),
      '"'.repeat(size),
      '1'.repeat(size),
    ]
  ) read(text)
  const { user, system } = process.cpuUsage(started)
  assert.ok(user + system < 5_000_000, `${user + system} µs`)
})

test('keys that objects inherit are keys like others', () => {
  assert.deepEqual(parseJson('{"constructor":1,"toString":2}'), { constructor: 1, toString: 2 })
})
