import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Followed, followed, follows, isTooOld, type Next } from '../../src/bundle/follow.ts'
import { Refused } from '../../src/bundle/refused.ts'

const named = z.string().transform((text) => {
  const [version, digest] = text.split(' ')
  return { version: Number(version), digest: digest! }
})

const Rows = z.array(z.strictObject({
  what: z.string(),
  known: z.strictObject({ name: z.string().default('company'), current: named, highest: named })
    .optional(),
  next: z.strictObject({
    version: z.int(),
    digest: z.string(),
    previous: named.nullable().default(null),
    rollback_of: named.transform((one) => ({ ...one, reason: 'why' })).optional(),
  }),
  then: z.string(),
})).min(15)

const text = readFileSync(new URL('../fixtures/bundle/follow.yaml', import.meta.url), 'utf8')

function said(next: Next, known: Followed | undefined): string {
  try {
    return follows(next, known)
  } catch (error) {
    if (error instanceof Refused) return error.message
    throw error
  }
}

for (const { what, known, next, then } of Rows.parse(parse(text))) {
  test(`a bundle after another: ${what}`, () => {
    assert.equal(said({ name: 'company', ...next }, known), then)
  })
}

const digests = fc.constantFrom('a', 'b', 'c', 'd')
const bundle: fc.Arbitrary<Next> = fc.record({
  name: fc.constant('company'),
  version: fc.integer({ min: 1, max: 6 }),
  digest: digests,
  previous: fc.constant(null),
  rollback_of: fc.option(
    fc.record({
      version: fc.integer({ min: 1, max: 6 }),
      digest: digests,
      reason: fc.constant('why'),
    }),
    { nil: undefined },
  ),
})

test('whatever is offered in whatever order, the highest version never falls and none has two contents', () => {
  fc.assert(fc.property(fc.array(bundle, { maxLength: 30 }), (offers) => {
    let known: Followed | undefined
    const contents = new Map<number, string>()
    for (const next of offers) {
      if (said(next, known) !== 'take') continue
      const after = followed(next, known)
      if (known !== undefined) {
        assert.ok(after.highest.version >= known.highest.version)
        const isBack = next.version <= known.highest.version
        if (isBack) assert.equal(next.rollback_of?.digest, known.current.digest)
        // Of the versions that it still knows.
        for (const { version, digest } of [known.current, known.highest]) {
          if (version === next.version) assert.equal(next.digest, digest)
        }
      }
      contents.set(next.version, next.digest)
      assert.deepEqual(after.current, { version: next.version, digest: next.digest })
      known = after
    }
  }))
})

test('a release is too old for a bundle by its numbers, not by their text', () => {
  const cases: readonly (readonly [string, string | undefined, boolean])[] = [
    ['0.1.0', undefined, false],
    ['0.1.0', '0.1.0', false],
    ['0.1.0', '0.0.9', false],
    ['0.10.0', '0.9.0', false],
    ['0.9.0', '0.10.0', true],
    ['1.2.3', '1.2.4', true],
    ['2.0.0', '1.9.9', false],
    ['1.0.0-rc.1', '1.0.0', false],
  ]
  for (const [release, least, expected] of cases) {
    assert.equal(isTooOld(release, least), expected, `${release} ${least}`)
  }
})
