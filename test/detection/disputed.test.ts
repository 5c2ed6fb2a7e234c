import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import {
  answer,
  disputedLines,
  haveCorpora,
  isStopped,
  linesOf,
  profileSet,
  readDisputed,
  readKept,
} from './measure.ts'

const MOST_PERCENT = 3

const Rows = z.array(z.strictObject({
  file: z.string().regex(/^[a-z0-9-]+$/),
  line: z.int().min(1),
  // A few words at least: what a reader could check.
  reason: z.string().regex(/^\S+(?: \S+){2,}$/),
}))

test('every disputed line names its file, its line and a reason, once', () => {
  const rows = Rows.parse([...readDisputed(), ...readKept()])
  const names = rows.map(({ file, line }) => `${file}:${line}`)
  assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), [])
})

const skip = haveCorpora ? false : 'no corpora beside the repository'

test(`at most ${MOST_PERCENT} % of the lines of a corpus are disputed`, { skip }, () => {
  for (const [file, rows] of Map.groupBy(readDisputed(), (row) => row.file)) {
    const { length } = linesOf(file)
    for (const { line } of rows) assert.ok(line <= length, `${file} has no line ${line}`)
    const share = 100 * rows.length / length
    assert.ok(share <= MOST_PERCENT, `${file}: ${share.toFixed(2)} %`)
  }
})

// What the aim of five percent misses is said line by line; a stop that nobody gave a reason for is a fault.
test('each line of nearmiss-nah that is stopped is disputed or has its reason', { skip }, () => {
  const set = profileSet('standard')
  const stopped = linesOf('nearmiss-nah').filter((line) => isStopped(answer(set, line).action))
  const disputed = disputedLines()
  const open = stopped.map(({ number }) => number)
    .filter((number) => !disputed.has(`nearmiss-nah:${number}`))
  assert.deepEqual(open, readKept().map(({ line }) => line))
})
