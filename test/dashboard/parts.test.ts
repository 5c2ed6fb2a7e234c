import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { changesOf, diffLines } from '../../src/http/dashboard/client/diff.ts'
import { SseReader } from '../../src/http/dashboard/client/sse.ts'

function readAll(pieces: readonly string[]): { messages: unknown[]; lastId: string } {
  const messages: unknown[] = []
  const reader = new SseReader((message) => messages.push(message))
  for (const piece of pieces) reader.push(piece)
  return { messages, lastId: reader.lastId }
}

test('events are read whatever pieces they come in, with any line end', () => {
  const lines = [
    ': heartbeat',
    'id: 7',
    '',
    'id: 8',
    'event: decision',
    'data: {"a":',
    'data: 1}',
    '',
    'data:x',
    '',
    '',
  ]
  const whole = readAll([lines.join('\n')])
  assert.deepEqual(whole, {
    messages: [{ event: 'decision', data: '{"a":\n1}' }, { event: 'message', data: 'x' }],
    lastId: '8',
  })
  fc.assert(fc.property(
    fc.constantFrom('\n', '\r\n'),
    fc.array(fc.nat(80), { maxLength: 8 }),
    (end, cuts) => {
      const text = lines.join(end)
      const at = [0, ...cuts.map((cut) => cut % text.length).sort((a, b) => a - b), text.length]
      assert.deepEqual(readAll(at.slice(1).map((to, i) => text.slice(at[i], to))), whole)
    },
  ))
})

test('an event that is not ended is none yet', () => {
  assert.deepEqual(readAll(['event: a\ndata: 1\n']).messages, [])
})

test('law: a diff holds both texts, line by line', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '', 'dd'), { maxLength: 12 })
    .map((lines) => lines.join('\n'))
  fc.assert(fc.property(text, text, (before, after) => {
    const lines = diffLines(before, after)
    const side = (other: string) =>
      lines.filter(({ sign }) => sign !== other).map(({ text }) => text).join('\n')
    assert.equal(side('+'), before)
    assert.equal(side('-'), after)
  }))
})

test('texts of too many lines are told one after the other, at once', () => {
  const many = (word: string) => Array.from({ length: 5000 }, (_, i) => `${word}${i}`).join('\n')
  const lines = diffLines(many('a'), many('b'))
  assert.equal(lines.length, 10_000)
  assert.deepEqual([lines[0]?.sign, lines.at(-1)?.sign], ['-', '+'])
})

test('what a call would write is found in edits, in one edit and in content', () => {
  const edit = { old_string: 'a', new_string: 'b' }
  assert.equal(changesOf({ edits: [edit, edit, null, 'x'] })?.length, 2)
  assert.equal(changesOf(edit)?.length, 1)
  assert.deepEqual(changesOf({ content: 'x' }), [[{ sign: '+', text: 'x' }]])
  assert.equal(changesOf({ command: 'ls' }), undefined)
  assert.equal(changesOf({ content: { deep: 1 } }), undefined)
})
