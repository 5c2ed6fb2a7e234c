import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COMMAND_LIMIT, HERE_LIMIT } from '../../src/intercept/params.ts'
import { assertBounded, judged } from './judge.ts'
import { SHAPES } from './shapes.ts'

// Speed and memory of the same shapes are shown by `bench/shapes.ts`.
for (const { name, tool = 'exec', of } of SHAPES) {
  test(`F47 hostile ${name}: bounded, and the same answer twice`, () => {
    const line = of(65_536)
    const { action, rule } = assertBounded(tool, line)
    const again = judged(tool, line)
    assert.deepEqual([again.action, again.rule], [action, rule])
  })
}

test('F47 a hostile line of 1 MiB is refused or bounded', () => {
  for (const { tool = 'exec', of } of SHAPES) assertBounded(tool, of(HERE_LIMIT - 1024))
})

test('F47 a line over the limit is refused but for data in here-documents', () => {
  const data = 'rm -rf / some data\n'.repeat(20_000)
  assert.ok(data.length > 2 * COMMAND_LIMIT)
  for (const start of ["cat >f <<'E'", 'cat <<E >f', 'tee f <<-E']) {
    assert.equal(
      judged(
        'exec',
        `${start}
${data}E
`,
      ).action,
      'allow',
      start,
    )
    assert.equal(
      judged(
        'exec',
        `${start}
${data}E
rm -rf /`,
      ).action,
      'deny',
      start,
    )
  }
  assert.equal(judged('exec', `echo ${'a '.repeat(COMMAND_LIMIT / 2)}`).action, 'refused')
  assert.equal(judged('exec', `echo '<<E\n${data}E\n'`).action, 'refused')
  assert.notEqual(judged('exec', `cat >f <<E\n${'$(a) '.repeat(100_000)}\nE\n`).action, 'allow')
  assert.equal(judged('exec', `cat >f <<E\n${'$a '.repeat(100_000)}\nE\nb`).action, 'refused')
  assert.equal(judged('exec', `bash <<'E'\n${data}E\n`).action, 'require_approval')
  assert.equal(judged('powershell', `echo <<E\n${data}E\n`).action, 'refused')
})
