import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parsePolicy } from '../../src/engine/load.ts'

/** The policies of a built-in profile by name, as they were parsed. */
function policiesOf(name: string) {
  const file = `${name}.yaml`
  const text = readFileSync(new URL(`../../policies/${file}`, import.meta.url), 'utf8')
  const parsed = parsePolicy({ file, layer: 'user', text })
  assert.ok('value' in parsed)
  return new Map((parsed.value.policies ?? []).map((policy) => [policy.name, policy]))
}

test('F24 ci denies where standard asks, with the same rules', () => {
  const ci = policiesOf('ci')
  for (const [name, policy] of policiesOf('standard')) {
    if (!policy.rules.some(({ action }) => action === 'require_approval')) continue
    const rules = policy.rules.map((rule) => ({
      ...rule,
      action: rule.action === 'require_approval' ? 'deny' : rule.action,
    }))
    assert.deepEqual(ci.get(name)?.rules, rules, name)
  }
})
