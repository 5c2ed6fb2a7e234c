import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KeyReader } from '../../src/cli/watch/keys.ts'
import { SseReader } from '../../src/cli/watch/sse.ts'
import { parseSse } from '../helpers/sse.ts'

test('keys have names, however a terminal spells them', () => {
  const rows: [string, string[]][] = [
    ['aA?', ['a', 'A', '?']],
    ['\x1b[A\x1bOB', ['up', 'down']],
    ['\x1b[5~\x1b[6~\x1b[Z\t\r', ['page-up', 'page-down', 'shift-tab', 'tab', 'enter']],
    ['\x03\x7f\x15', ['ctrl-c', 'backspace', 'ctrl-u']],
    ['é日', ['é', '日']],
    ['\x00\x01\u202e', []],
  ]
  for (const [bytes, keys] of rows) assert.deepEqual(new KeyReader().read(bytes), keys)
})

test('a part of a sequence is no key: not the A of an arrow, not the d of one that is unknown', () => {
  for (const sequence of ['\x1b[A', '\x1bOA', '\x1b[1;5A', '\x1b[200d', '\x1ba', '\x1bd']) {
    for (let cut = 1; cut < sequence.length; cut++) {
      const keys = new KeyReader()
      const got = [...keys.read(sequence.slice(0, cut)), ...keys.read(sequence.slice(cut))]
      assert.deepEqual(got.filter((key) => key !== 'up'), [], JSON.stringify(sequence))
    }
  }
})

test('Esc alone is a key once nothing follows', () => {
  const keys = new KeyReader()
  assert.deepEqual(keys.read('\x1b'), [])
  assert.deepEqual(keys.flush(), ['escape'])
  assert.deepEqual(keys.flush(), [])
  assert.deepEqual(keys.read('a'), ['a'])
  assert.deepEqual(keys.read('\x1b['), [])
  assert.deepEqual(keys.flush(), [])
  assert.deepEqual(keys.read('A'), ['A'])
})

test('what is pasted answers nothing, however it is cut', () =>
  fc.assert(fc.property(
    fc.string({ maxLength: 40 }).filter((text) => !text.includes('\x1b')),
    fc.array(fc.nat(60), { maxLength: 5 }),
    (pasted, cuts) => {
      const keys = new KeyReader()
      const bytes = `j\x1b[200~${pasted}aAd\x1b[201~k`
      const places = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])]
        .sort((a, b) => a - b)
      const got = places.slice(1).flatMap((end, index) =>
        keys.read(bytes.slice(places[index], end))
      )
      assert.deepEqual(got, ['j', 'k'])
    },
  )))

test('a stream is read the same, however it is cut and whatever ends its lines', () =>
  fc.assert(fc.property(
    fc.constantFrom('\n', '\r\n', '\r'),
    fc.array(fc.nat(400), { maxLength: 8 }),
    (end, cuts) => {
      const text = 'retry: 1\nid: 1\nevent: hello\ndata: {"a":1}\n\n: beat\nid: 2\n\n' +
        'id: 3\nevent: decision\ndata: x\ndata: y\n\n:only\n\ndata\nunknown: z\n\n'
      const bytes = text.replaceAll('\n', end)
      const reader = new SseReader()
      const places = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])]
        .sort((a, b) => a - b)
      const got = places.slice(1).flatMap((to, index) =>
        reader.read(bytes.slice(places[index], to))
      )
      got.push(...reader.read('\n'))
      assert.deepEqual(got.map(({ id, event, data }) => [id, event, data]), [
        ['1', 'hello', '{"a":1}'],
        ['2', 'message', ''],
        ['3', 'decision', 'x\ny'],
        [undefined, 'message', ''],
      ])
    },
  )))

test('our own reader and the strict one of the tests agree', () => {
  const text = 'id: 1\nevent: a\ndata: {"x": "y: z"}\n\n'
  const [strict] = parseSse(text)
  assert.deepEqual(new SseReader().read(text), [{ id: '1', event: 'a', data: strict!.data }])
})

test('a line or an event without an end is given up', () => {
  assert.throws(() => new SseReader().read('x'.repeat((16 << 20) + 1)), /no end/)
  const reader = new SseReader()
  const line = `data: ${'x'.repeat(4 << 20)}\n`
  assert.throws(() => {
    for (let count = 0; count < 5; count++) reader.read(line)
  }, /no end/)
})
