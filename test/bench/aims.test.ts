import assert from 'node:assert/strict'
import { test } from 'node:test'
import { benchAims } from '../../bench/aims.ts'

/** The last two cells of the row that begins so. */
function row(table: string, what: string): string[] {
  const line = table.split('\n').find((text) => text.startsWith(`| ${what} |`))
  assert.ok(line !== undefined, what)
  return line.split('|').slice(3, 5).map((cell) => cell.trim())
}

test('an aim is met or missed by its figure, not by what rounding makes of it', () => {
  const what = '`ordinary-tldr` denied or asked'
  const verdict = (value: number) => row(benchAims({ 'ordinary-tldr.allow.stopped': value }), what)
  assert.deepEqual(verdict(1.2), ['met: 1.20 %', ''])
  assert.deepEqual(verdict(1.24), ['**missed**: 1.24 %', ''])
})

test('an aim is held against all lines and against those that nobody disputes', () => {
  const figures = { 'stop-dcg.stop.stopped': 96.5, 'stop-dcg.stop.stopped.undisputed': 98 }
  assert.deepEqual(row(benchAims(figures), '`stop-dcg` denied or asked'), [
    '**missed**: 96.50 %',
    'met: 98 %',
  ])
})

test('an aim that was not measured says so', () => {
  assert.deepEqual(row(benchAims({}), 'size of the executable'), ['not measured', ''])
})
