import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerText, readNodeField, requestText } from '../../src/fleet/signed.ts'
import { standingOf } from '../../src/fleet/standing.ts'

const NODE = '01K9ZC3Y6W8T4M2R5V7N1QXBDE'
const SIGNATURE = `${'A'.repeat(86)}==`

test('the field of a node is read in its one spelling', () => {
  assert.deepEqual(readNodeField(`${NODE};17;${SIGNATURE}`), {
    node: NODE,
    count: 17,
    signature: SIGNATURE,
  })
  const wrong = [
    null,
    '',
    `${NODE};17`,
    `${NODE};0;${SIGNATURE}`,
    `${NODE};017;${SIGNATURE}`,
    `${NODE};-1;${SIGNATURE}`,
    `${NODE};9999999999999999;${SIGNATURE}`,
    `${NODE};1e3;${SIGNATURE}`,
    `${NODE.toLowerCase()};17;${SIGNATURE}`,
    `${NODE}; 17;${SIGNATURE}`,
    `${NODE};17;${SIGNATURE}, ${NODE};18;${SIGNATURE}`,
    `${NODE};17;${'A'.repeat(88)}`,
  ]
  for (const text of wrong) assert.equal(readNodeField(text), undefined, String(text))
})

test('each part of what is signed makes another text, and a request is no answer', () => {
  const asked = { node: NODE, count: 1, method: 'POST', path: '/v1/fleet/events', digest: 'd' }
  const others = [
    { ...asked, node: 'x' },
    { ...asked, count: 2 },
    { ...asked, method: 'GET' },
    { ...asked, path: '/v1/fleet/heartbeat' },
    { ...asked, digest: 'e' },
  ].map(requestText)
  const answers = [
    { node: NODE, count: 1, status: 200, digest: 'd' },
    { node: NODE, count: 1, status: 201, digest: 'd' },
    { node: NODE, count: 1, status: 200, digest: 'e' },
  ].map(answerText)
  const texts = [requestText(asked), ...others, ...answers].map((bytes) => String(bytes))
  assert.equal(new Set(texts).size, texts.length)
})

test('what cannot be mended by waiting comes before what can', () => {
  const node = { enrolledAt: 0 }
  const minute = 60_000
  assert.equal(standingOf(node, minute), 'ok')
  assert.equal(standingOf(node, 2 * minute), 'late')
  assert.equal(standingOf({ ...node, seenAt: 119 * minute }, 120 * minute), 'ok')
  assert.equal(standingOf({ ...node, seenAt: minute }, 120 * minute), 'lost')
  assert.equal(standingOf({ ...node, fork: { seq: 1 } }, 120 * minute), 'forked')
  assert.equal(standingOf({ ...node, fork: { seq: 1 }, revokedAt: 1 }, 0), 'revoked')
})
