import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readGaps } from '../../src/audit/gaps.ts'

test('notes of what passed are counted whatever they say', () => {
  const gaps = readGaps([
    '{"time_ms":1000,"pid":1,"layer":"preload","program":"/bin/a"}',
    '{"time_ms":500,"pid":1,"layer":"shim","program":"/bin/a"}',
    '{"time_ms":-1,"layer":"kernel","program":7}',
    '{"time_ms":1e300,"layer":"__proto__"}',
    '[1]',
    'null',
    '{"time_ms":1',
    `{"layer":"shim","program":"${'x'.repeat(600)}"}`,
    '   ',
    '',
  ].join('\n'))
  assert.deepEqual(gaps, {
    count: 8,
    unreadable: 4,
    since: '1970-01-01T00:00:00.500Z',
    until: '1970-01-01T00:00:01.000Z',
    layers: { preload: 1, shim: 1, other: 2 },
    programs: ['/bin/a'],
  })
})

test('no text makes them fail, and every line that is not blank counts', () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' })), (lines) => {
    const text = lines.join('\n')
    const expected = text.split('\n').filter((line) => line.trim() !== '').length
    assert.equal(readGaps(text).count, expected)
  }))
})
