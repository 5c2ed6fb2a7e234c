import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  connectionFailure,
  type Failure,
  postureFor,
  POSTURES,
  type Stance,
  STANCES,
} from '../../src/service/posture.ts'
import type { FailurePosture, Mode } from '../../src/service/services.ts'
import fixture from '../fixtures/service/posture.json' with { type: 'json' }

const rows = fixture.rows as unknown as [Failure, Mode, FailurePosture, Stance][]

for (const [failure, mode, posture, stance] of rows) {
  test(`F6 posture: ${failure} in ${mode}, failure ${posture}: ${stance}`, () => {
    assert.equal(postureFor(failure, { mode, failure: posture }), stance)
  })
}

test('F6 posture: every row of the table has a fixture for each of its columns', () => {
  for (const failure of Object.keys(POSTURES)) {
    const columns = new Set(
      rows.filter(([name]) => name === failure)
        .map(([, mode, posture]) => mode === 'enforce' ? posture : 'monitor'),
    )
    assert.deepEqual([...columns].sort(), ['closed', 'monitor', 'open'], failure)
  }
  for (const { open, closed, monitor } of Object.values(POSTURES)) {
    for (const stance of [open, closed, monitor]) assert.ok(STANCES.includes(stance))
  }
})

for (const [code, meaning] of Object.entries(fixture.errnos)) {
  test(`F6 errno ${code || '(none)'} means ${meaning}`, () => {
    assert.equal(connectionFailure(code || undefined), meaning)
  })
}
