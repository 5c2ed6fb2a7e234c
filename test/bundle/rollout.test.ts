import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bundleCrypto } from '../../src/adapters/bundle-crypto.ts'
import { haltReason, isIncluded, type Tally } from '../../src/bundle/rollout.ts'

const FILES = [{ path: 'policies/a.yaml', size: 1, sha256: '0'.repeat(64) }]
const OTHERS = [{ path: 'policies/a.yaml', size: 1, sha256: '1'.repeat(64) }]

function takes(
  id: string,
  rollout: Parameters<typeof isIncluded>[1]['rollout'],
  labels: Readonly<Record<string, string>> = {},
  files = FILES,
): boolean {
  return isIncluded({ id, labels }, { rollout, name: 'company', files }, bundleCrypto)
}

test('a bundle without a roll-out is for every node; 100 percent too, and 0 for none', () => {
  fc.assert(fc.property(fc.string(), (id) => {
    assert.ok(takes(id, undefined))
    assert.ok(takes(id, { percent: 100 }))
    assert.ok(!takes(id, { percent: 0 }))
  }))
})

test('who took a stage takes every later one of the same files', () => {
  const percents = fc.tuple(fc.nat(100), fc.nat(100))
  fc.assert(fc.property(fc.string(), percents, (id, [a, b]) => {
    const [less, more] = a < b ? [a, b] : [b, a]
    if (takes(id, { percent: less })) assert.ok(takes(id, { percent: more }))
  }))
})

test('of many nodes about so many are taken as are asked for, and others for other files', () => {
  const ids = Array.from({ length: 4000 }, (_, at) => `node-${at}`)
  for (const percent of [1, 10, 50, 90]) {
    const share = ids.filter((id) => takes(id, { percent })).length / ids.length
    // Six standard deviations: the nodes are always the same, so this holds or it does not.
    assert.ok(Math.abs(share - percent / 100) < 6 * Math.sqrt(0.25 / ids.length), `${share}`)
  }
  const both = ids.filter((id) =>
    takes(id, { percent: 50 }) && takes(id, { percent: 50 }, {}, OTHERS)
  )
  assert.ok(both.length > 800 && both.length < 1200, `${both.length}`)
})

test('a node has of each label one of its values, or does not take it', () => {
  const rollout = { percent: 100, labels: { region: ['eu', 'us'], tier: ['ci'] } }
  assert.ok(takes('a', rollout, { region: 'eu', tier: 'ci', more: 'x' }))
  assert.ok(!takes('a', rollout, { region: 'ap', tier: 'ci' }))
  assert.ok(!takes('a', rollout, { region: 'eu' }))
  assert.ok(!takes('a', { percent: 100, labels: { constructor: ['x'] } }, {}))
})

const HALT = { calls: 100, denials_rise: 5, asks_rise: 10 }
const tally = (calls: number, denials = 0, asks = 0): Tally => ({ calls, denials, asks })

const CASES:
  readonly (readonly [what: string, before: Tally, now: Tally, says: RegExp | undefined])[] = [
    ['nothing rose', tally(100, 10), tally(100, 10), undefined],
    ['it fell', tally(100, 50, 50), tally(100), undefined],
    ['just as much as it may', tally(100, 10), tally(100, 15), undefined],
    [
      'one call more',
      tally(100, 10),
      tally(100, 16),
      /denials rose from 10\.0 to 16\.0 of 100 calls, by more than 5/,
    ],
    [
      'asks',
      tally(100, 0, 0),
      tally(100, 0, 11),
      /asks rose from 0\.0 to 11\.0 of 100 calls, by more than 10/,
    ],
    ['too few calls now', tally(100), tally(99, 99), undefined],
    ['too few calls before', tally(99), tally(100, 100), undefined],
    [
      'of different numbers of calls',
      tally(1000, 100),
      tally(200, 31),
      /denials rose from 10\.0 to 15\.5/,
    ],
  ]

for (const [what, before, now, says] of CASES) {
  test(`a bundle is given up: ${what}`, () => {
    const reason = haltReason(before, now, HALT)
    if (says === undefined) assert.equal(reason, undefined)
    else assert.match(reason ?? '', says)
    assert.equal(haltReason(before, now, undefined), undefined)
  })
}

test('more denials or asks never make a bundle better', () => {
  const counts = fc.integer({ min: 1, max: 1000 }).chain((calls) =>
    fc.record({ calls: fc.constant(calls), denials: fc.nat(calls), asks: fc.nat(calls) })
  )
  fc.assert(fc.property(counts, counts, fc.boolean(), (before, now, denials) => {
    if (haltReason(before, now, HALT) === undefined) return
    const worse = denials
      ? { ...now, denials: Math.min(now.calls, now.denials + 1) }
      : { ...now, asks: Math.min(now.calls, now.asks + 1) }
    assert.ok(haltReason(before, worse, HALT) !== undefined)
  }))
})
