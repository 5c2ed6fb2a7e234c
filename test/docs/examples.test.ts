import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CONDITIONS } from '../../src/engine/condition.ts'
import { evaluate } from '../../src/engine/evaluate.ts'
import { loadPolicies } from '../../src/engine/load.ts'
import { formatFault } from '../../src/engine/fault.ts'
import { parseYaml } from '../../src/engine/parse.ts'
import { PolicyFile } from '../../src/engine/schema.ts'
import type { Json } from '../../src/engine/types.ts'
import { TABLE } from '../../src/cli/table.ts'
import { callOf, factsOf, hash } from '../helpers/engine.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const builtins = { standard: read('policies/standard.yaml') }

for (const path of ['README.md', 'docs/policy.md']) {
  const blocks = [...read(path).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!)

  test(`${path} holds policies`, () => assert.ok(blocks.length > 0))

  for (const [i, text] of blocks.entries()) {
    test(`${path}: policy ${i + 1} is good, and its tests pass`, () => {
      const source = { layer: 'user' as const, file: path, text }
      const { set, faults } = loadPolicies([source], { builtins, hash })
      assert.ok(set, faults.map(formatFault).join('\n'))
      const parsed = parseYaml(text, path, PolicyFile)
      assert.ok('value' in parsed)
      for (const { tool, params, expect, name } of parsed.value.tests ?? []) {
        const call = callOf(tool, params as Record<string, Json>)
        assert.equal(evaluate(set, call, factsOf()).action, expect, name)
      }
    })
  }
}

test('docs/policy.md has every condition, and only those there are', () => {
  const rows = [...read('docs/policy.md').matchAll(/^\| (`[a-z_`, ]+) \|/gm)]
    .flatMap((match) => [...match[1]!.matchAll(/`([a-z_]+)`/g)].map((name) => name[1]!))
  const alias = 'command_env_assignments'
  assert.deepEqual(rows.sort(), Object.keys(CONDITIONS).filter((key) => key !== alias).sort())
})

test('every `rampart` command that README and docs show is one', () => {
  const names = TABLE.map(({ name }) => name)
  for (const path of ['README.md', 'docs/policy.md', 'docs/architecture.md', 'SECURITY.md']) {
    for (const [, line] of read(path).matchAll(/`rampart ([a-z][^`]*)`/g)) {
      const known = names.some((name) => line === name || line!.startsWith(`${name} `))
      assert.ok(known, `${path}: rampart ${line}`)
    }
  }
})
