import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { PACKS, POLICIES } from '../../src/embedded/policies.ts'
import { POLICY_TESTS } from '../../src/embedded/policy-tests.ts'

for (const [path, embedded] of [['policies', POLICIES], ['policies/packs', PACKS]] as const) {
  const directory = new URL(`../../${path}/`, import.meta.url)

  test(`what is embedded is ${path}/ with its tests apart: else run node scripts/embed.mjs`, () => {
    const files = existsSync(directory)
      ? readdirSync(directory).filter((name) => name.endsWith('.yaml')).sort()
      : []
    const names = files.map((name) => name.slice(0, -5))
    assert.deepEqual(Object.keys(embedded), names)
    for (const name of names) {
      const text = readFileSync(new URL(`${name}.yaml`, directory), 'utf8')
      assert.equal(embedded[name]! + (POLICY_TESTS[name] ?? ''), text)
      assert.doesNotMatch(embedded[name]!, /^tests:/m)
    }
  })
}

test('no pack has the name of a profile', () => {
  assert.deepEqual(Object.keys(PACKS).filter((name) => Object.hasOwn(POLICIES, name)), [])
})
