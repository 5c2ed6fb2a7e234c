import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { inTemp, rampart } from './run.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/cli/${name}`, import.meta.url))
const POLICY = fixture('policy.yaml')

interface Row {
  readonly argv: readonly string[]
  readonly exit: number
  readonly says: string
}

const ROWS = parse(readFileSync(fixture('test-command.yaml'), 'utf8')) as readonly Row[]

for (const { argv, exit, says } of ROWS) {
  test(`rampart test ${argv.join(' ')}: exit ${exit}`, async () => {
    const { code, out, err } = await rampart(['test', '--policy', POLICY, ...argv])
    assert.equal(code, exit, out + err)
    assert.ok((out + err).includes(says), out + err)
  })
}

test('rampart test --json prints the answer, without what belongs to a trail', async () => {
  const { code, out } = await rampart(['test', '--policy', POLICY, 'rm -rf /', '--json'])
  assert.equal(code, 1)
  const answer = JSON.parse(out)
  assert.deepEqual([answer.allowed, answer.decision, answer.rule], [false, 'deny', 'destructive/1'])
  assert.ok(!('trace' in answer) && !('audit_id' in answer))
})

test('a suite: 0 all pass, 1 some fail, each failure with what was expected', async () => {
  const good = await rampart(['policy', 'test', POLICY])
  assert.deepEqual([good.code, good.out], [0, '3 passed, 0 failed\n'], good.err)
  const bad = await rampart(['test', fixture('suite-failing.yaml'), '--json'])
  assert.equal(bad.code, 1, bad.err)
  const { passed, failed, tests } = JSON.parse(bad.out)
  assert.deepEqual([passed, failed], [1, 3])
  assert.deepEqual(
    tests.map(({ name, passed, got }: { name: string; passed: boolean; got: string }) => [
      name,
      passed,
      got,
    ]),
    [
      ['passes', true, 'deny'],
      ['wrong action', false, 'deny'],
      ['wrong message', false, 'deny'],
      ['unreadable', false, 'error'],
    ],
  )
})

test('a suite that cannot be read exits 3 with every fault', () =>
  inTemp(async (dir) => {
    const file = join(dir, 's.yaml')
    writeFileSync(file, 'tests:\n  - {nam: x, tool: exec, params: {}, expect: no}\n')
    const { code, err } = await rampart(['test', file])
    assert.equal(code, 3)
    assert.match(err, /s\.yaml:2:6: unknown key "nam"/)
    assert.match(err, /s\.yaml:2:\d+: expected one of/)
    assert.equal((await rampart(['test', join(dir, 'absent.yaml')])).code, 3)
    writeFileSync(file, 'tests: []\n')
    assert.equal((await rampart(['test', file])).code, 3)
  }))

test('rampart test: a policy file with faults exits 3, never 0', async () => {
  const { code, err } = await rampart(['test', '--policy', fixture('five-faults.yaml'), 'ls'])
  assert.equal(code, 3)
  assert.match(err, /five-faults\.yaml:5:5: unknown key "priorty"/)
})

test('policy explain shows the tree of a line', async () => {
  const { code, out } = await rampart([
    'policy',
    'explain',
    '--policy',
    POLICY,
    'git status && cat ~/.ssh/id_rsa',
  ])
  assert.equal(code, 0)
  assert.match(out, /^git status && cat ~\/\.ssh\/id_rsa {2}deny\n/)
  assert.match(out, /├─ git status\n│ {2}└─ no rule: default_action counts/)
  assert.match(out, /deny {2}keys\/1 {2}← decides/)
  assert.match(out, /Why: rule keys\/1 of policy "keys"/)
})

test('policy show lists policies, layers and rules', async () => {
  const { code, out } = await rampart(['policy', 'show', '--policy', POLICY, '--json'])
  assert.equal(code, 0)
  const { default_action, policies } = JSON.parse(out)
  assert.equal(default_action, 'allow')
  const own = policies.filter(({ layer }: { layer: string }) => layer === 'user')
  assert.deepEqual(own.map(({ name }: { name: string }) => name), ['destructive', 'keys', 'hosts'])
  const text = await rampart(['policy', 'show', '--policy', POLICY])
  assert.match(text.out, /destructive {2}user {2}priority 100/)
})
