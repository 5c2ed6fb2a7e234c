import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { junit } from '../../src/cli/junit.ts'
import { PROFILES } from '../../src/cli/table.ts'
import { selfCommand } from '../../src/runtime/self.ts'
import { inTemp, rampart } from './run.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/cli/${name}`, import.meta.url))
const FIELDS = fixture('suite-fields.yaml')

test('policy test: a test may state every field that a call can have', async () => {
  const { code, out, err } = await rampart(['policy', 'test', FIELDS])
  assert.deepEqual([code, out], [0, '12 passed, 0 failed\n'], err)
})

for (const profile of PROFILES) {
  test(`policy test: the tests of ${profile} pass under what is always in force`, async () => {
    const { code, out } = await rampart(['policy', 'test', '--profile', profile])
    assert.deepEqual([code, / 0 failed/.test(out)], [0, true], out)
  })
}

/** The fixture with one of its expectations turned wrong. */
const WRONG: readonly (readonly [from: string, to: string, says: string])[] = [
  ["'shadow*'", 'other', 'expected policy other, got policy shadow-file'],
  ['expect_policy: null', 'expect_policy: x', 'expected policy x, got policy null'],
  ['expect_policy: deep', 'expect_policy: null', 'expected policy null, got policy deep'],
  ['by: curl', 'by: wget', 'expected effect {"tool":"fetch","url":"https://x.test/*","by":"wget"}'],
  ['path: /tmp/x', 'path: /tmp/y', 'expected effect {"tool":"write","path":"/tmp/y"}'],
  ['by: cat, action: deny', 'by: cat, action: allow', '"action":"allow"'],
]

for (const [from, to, says] of WRONG) {
  test(`policy test: ${to} instead of ${from} fails`, () =>
    inTemp(async (dir) => {
      const text = readFileSync(FIELDS, 'utf8')
      assert.ok(text.includes(from))
      writeFileSync(join(dir, 's.yaml'), text.replace(from, to))
      const policy = fixture('suite-fields-policy.yaml')
      const { code, out } = await rampart([
        'policy',
        'test',
        join(dir, 's.yaml'),
        '--policy',
        policy,
      ])
      assert.equal(code, 1, out)
      assert.ok(out.includes(says), out)
      assert.match(out, /11 passed, 1 failed/)
    }))
}

test('policy test: files without a test prove nothing, and that is no success', () =>
  inTemp(async (dir) => {
    const files = ['a.yaml', 'b.yaml'].map((name) => join(dir, name))
    for (const file of files) {
      writeFileSync(file, 'version: "1"\ndefault_action: allow\npolicies: []\n')
    }
    const { code, out, err } = await rampart(['policy', 'test', ...files])
    assert.deepEqual([code, out], [3, ''])
    assert.match(err, /no test in .*a\.yaml, .*b\.yaml/)
    const one = await rampart(['policy', 'test', files[0]!, FIELDS])
    assert.equal(one.code, 0, one.err)
  }))

test('policy test: a test with neither params nor input, or with both, is a fault', () =>
  inTemp(async (dir) => {
    const file = join(dir, 's.yaml')
    writeFileSync(
      file,
      `tests:
  - {name: a, tool: exec, expect: deny}
  - {name: b, tool: exec, expect: deny, input: ls, params: {command: ls}}
  - {name: c, tool: exec, expect: deny, input: ls, expect_effects: [{}], time: noon}
`,
    )
    const { code, err } = await rampart(['policy', 'test', file])
    assert.equal(code, 3)
    assert.match(err, /s\.yaml:2:5: a test has either params or input/)
    assert.match(err, /s\.yaml:3:5: a test has either params or input/)
    assert.match(err, /s\.yaml:4:\d+: expected something of the effect/)
    assert.match(err, /s\.yaml:4:\d+: expected an RFC 3339 time/)
  }))

test('policy test runs the tests of the overlay and of a project over the policies in force', () =>
  inTemp(async (dir) => {
    const home = join(dir, 'home')
    const project = join(dir, 'project')
    mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
    mkdirSync(join(project, '.rampart'), { recursive: true })
    mkdirSync(join(project, '.git'))
    const overlay = join(home, 'policies', 'user.yaml')
    writeFileSync(
      overlay,
      `version: "1"
policies: [{name: o, rules: [{action: allow, when: {command_matches: [git reset --hard]}}]}]
tests:
  - {name: answered, tool: exec, input: git reset --hard, expect: allow}
  - {name: asked, tool: exec, input: git reset --hard x, expect: require_approval}
`,
      { mode: 0o600 },
    )
    const file = join(project, '.rampart', 'policy.yaml')
    writeFileSync(
      file,
      `version: "1"
policies: [{name: p, match: {tool: write}, rules: [{action: deny, when: {path_matches: ["**/gen/**"]}}]}]
tests:
  - {name: generated, tool: exec, input: touch gen/x, expect: deny, expect_policy: p}
  - {name: elsewhere, tool: exec, input: touch gen/x, cwd: /, expect: allow}
`,
    )
    const named = await rampart(['policy', 'test', overlay, file], { home })
    assert.deepEqual([named.code, named.out], [0, '4 passed, 0 failed\n'], named.out + named.err)
    const own = await rampart(['policy', 'test'], { home })
    assert.deepEqual([own.code, own.out], [0, '2 passed, 0 failed\n'], own.out + own.err)
  }))

test('policy test --profile runs the inline tests of a built-in profile', async () => {
  const { code, out, err } = await rampart(['policy', 'test', '--profile', 'ci'])
  assert.equal(code, 0, out + err)
  assert.match(out, /^\d{2,} passed, 0 failed/)
})

test('policy test --junit prints what build servers read', async () => {
  const { code, out } = await rampart(['policy', 'test', '--junit', fixture('suite-failing.yaml')])
  assert.equal(code, 1)
  assert.match(
    out,
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="rampart" tests="4" failures="3">/,
  )
  assert.match(out, /<testcase classname="[^"]*suite-failing\.yaml" name="passes"\/>/)
  assert.match(out, /<failure message="expected allow, got deny">/)
  assert.equal((await rampart(['policy', 'test', '--junit', '--json', FIELDS])).code, 3)
})

test('policy test --junit: no text breaks out of the document', () => {
  const odd = '"<&>\n\u0000\u{d800}\ufffe]]>'
  const xml = junit([
    { file: odd, name: odd, passed: false, expected: odd, got: odd, message: odd },
  ])
  const shown = '&quot;&lt;&amp;&gt;&#10;\ufffd\ufffd\ufffd]]&gt;'
  assert.equal(xml.split(shown).length, 7)
})

test(
  'policy test --watch runs again when a file changes',
  { timeout: 120_000 },
  () =>
    inTemp(async (dir) => {
      const file = join(dir, 's.yaml')
      const suite = (expect: string) =>
        `tests: [{name: a, tool: exec, input: ls, expect: ${expect}}]\n`
      writeFileSync(file, suite('deny'))
      const script = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
      const [program = '', ...before] = selfCommand()
      const child = spawn(program, [
        ...before.slice(0, -1),
        script,
        'policy',
        'test',
        '--watch',
        '--profile',
        'standard',
        file,
      ], { env: { ...process.env, RAMPART_HOME: join(dir, 'home') } })
      let said = ''
      const says = (what: RegExp) =>
        new Promise<void>((resolve) => {
          const look = () => what.test(said) && resolve()
          child.stdout.on('data', look)
          child.stderr.on('data', look)
          look()
        })
      child.stdout.on('data', (chunk) => said += String(chunk))
      child.stderr.on('data', (chunk) => said += String(chunk))
      try {
        await says(/0 passed, 1 failed/)
        await says(/waiting for a change/)
        writeFileSync(file, `# now\n${suite('allow')}`)
        await says(/1 passed, 0 failed/)
        writeFileSync(file, 'tests: {')
        await says(/s\.yaml:1:\d+/)
      } finally {
        child.kill()
      }
    }),
)
