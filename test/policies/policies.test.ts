import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { compileCommandGlob } from '../../src/engine/match/command-glob.ts'
import { evaluate } from '../../src/engine/evaluate.ts'
import { evaluateResponse } from '../../src/engine/output.ts'
import { loadPolicies, type PolicyText } from '../../src/engine/load.ts'
import { formatFault } from '../../src/engine/fault.ts'
import { parseYaml } from '../../src/engine/parse.ts'
import { PolicyFile, type PolicyTest } from '../../src/engine/schema.ts'
import type { PolicySet } from '../../src/engine/policy-set.ts'
import type { Decision, Json } from '../../src/engine/types.ts'
import { callOf, factsOf, goodSet, hash } from '../helpers/engine.ts'

const FILES = [
  'standard',
  'ci',
  'strict',
  'research',
  'mcp-server',
  'monitor',
  'anti-exfil',
  'self-protection',
  ...['aws', 'databases', 'docker', 'gcp', 'git', 'kubernetes', 'node', 'python', 'terraform'].map((
    name,
  ) => `packs/${name}`),
  'examples/standard',
  'examples/anti-exfiltration',
]

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const textOf = (name: string) => read(`policies/${name}.yaml`)
const builtins = { standard: textOf('standard') }

function decide(set: PolicySet, tool: string, params: Record<string, Json>, cwd = '/w'): Decision {
  return evaluate(set, callOf(tool, params, {}, cwd), factsOf())
}

for (const name of FILES) {
  const layer: PolicyText['layer'] = name === 'self-protection' ? 'builtin' : 'user'
  const source = { file: `${name}.yaml`, layer, text: textOf(name) }
  const { set, faults } = loadPolicies([source], { builtins, hash })
  assert.ok(set, faults.map(formatFault).join('\n'))
  const parsed = parseYaml(source.text, source.file, PolicyFile)
  assert.ok('value' in parsed)
  const { tests = [], policies = [] } = parsed.value
  const met = new Set<string>()
  const title = name.startsWith('examples/') ? `semantics 18 ${name}` : name

  for (const given of tests) {
    test(`${title}: ${given.name} → ${given.expect}`, () => check(set, given, met))
  }

  test(`${name}: each rule is met by a test of its own file`, () => {
    const rules = policies.flatMap((policy) =>
      policy.rules.map((_, i) => `${policy.name}/${i + 1}`)
    )
    assert.deepEqual(rules.filter((rule) => !met.has(rule)), [])
  })
}

function check(set: PolicySet, given: PolicyTest, met: Set<string>): void {
  const params = given.params as Record<string, Json>
  const decision = given.response === undefined
    ? decide(set, given.tool, params, given.cwd)
    : evaluateResponse(set, callOf(given.tool, params, {}, given.cwd), factsOf(), given.response)
  for (const vote of decision.votes) met.add(vote.rule)
  assert.equal(decision.action, given.expect, decision.message)
  const wanted = given.expect_message
  if (wanted !== undefined) assert.ok(compileCommandGlob(wanted).test(decision.message))
}

const inForce = goodSet([
  { layer: 'builtin', file: 'self-protection.yaml', text: textOf('self-protection') },
  { layer: 'user', file: 'standard.yaml', text: textOf('standard') },
])
const lines = (name: string) =>
  z.array(z.string().min(1)).min(60).parse(parse(read(`test/fixtures/policies/${name}.yaml`)))

for (const command of lines('everyday')) {
  test(`standard lets pass: ${command}`, () => {
    const { action, winner } = decide(inForce, 'exec', { command })
    assert.equal(action, 'allow', winner?.rule)
  })
}

for (const command of lines('dangerous')) {
  test(`standard stops: ${command}`, () => {
    const { action } = decide(inForce, 'exec', { command })
    assert.ok(action === 'deny' || action === 'require_approval', action)
  })
}

test('semantics 27 the profile for builds denies all that standard asks, where nobody answers', () => {
  const parsed = parseYaml(textOf('standard'), 'standard.yaml', PolicyFile)
  assert.ok('value' in parsed)
  const ci = goodSet([{ layer: 'user', file: 'ci.yaml', text: textOf('ci') }], builtins)
  const asked = (parsed.value.tests ?? []).filter(({ expect }) => expect === 'require_approval')
  assert.ok(asked.length > 0)
  for (const { tool, params, cwd, name } of asked) {
    assert.equal(decide(ci, tool, params as Record<string, Json>, cwd).action, 'deny', name)
  }
})

test('F41 self-protection is not lifted by a policy that allows everything first', () => {
  const all = {
    version: '1',
    default_action: 'allow',
    policies: [{ name: 'all', priority: -1000, rules: [{ action: 'allow' }] }],
  }
  const set = goodSet([
    { layer: 'builtin', file: 'self-protection.yaml', text: textOf('self-protection') },
    { layer: 'user', file: 'all.yaml', text: JSON.stringify(all) },
    {
      layer: 'overlay',
      file: 'user.yaml',
      text: `version: "1"\npolicies: [{name: o, rules: [{action: allow}]}]`,
    },
  ])
  assert.equal(decide(set, 'exec', { command: 'rampart off --for 1h' }).action, 'deny')
  assert.equal(decide(set, 'write', { path: '~/.rampart/token' }).action, 'deny')
})
