import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RampartError } from '../../src/errors.ts'
import { decide } from '../../src/service/decide.ts'
import { createRule, type NewRule } from '../../src/service/rule-request.ts'
import { listRules } from '../../src/service/rules.ts'
import { ADMIN, BY, rulesBench } from '../helpers/rules.ts'
import { paramsOf } from '../../src/cli/dry.ts'
import { call } from '../helpers/service.ts'

const POLICIES = [
  {
    file: 'self.yaml',
    layer: 'builtin' as const,
    text: `version: "1"
default_action: allow
policies:
  - {name: self, rules: [{action: require_approval, when: {command_matches: "own *"}}]}
`,
  },
  {
    file: 'team.yaml',
    layer: 'managed' as const,
    text: `version: "1"
default_action: allow
policies:
  - {name: team, rules: [{action: require_approval, when: {command_matches: "team *"}}]}
`,
  },
  {
    file: 'mine.yaml',
    layer: 'user' as const,
    text: `version: "1"
default_action: allow
policies:
  - name: guard
    rules:
      - {action: deny, when: {command_matches: "*evil*"}}
      - {action: require_approval, when: {command_matches: ["frob *", "* && frob *"]}}
      - {action: webhook, when: {command_matches: "hook *"}, webhook: {url: "http://x.test/"}}
  - name: after
    rules:
      - {action: require_approval, when: {command_matches: "* --also"}}
      - {action: deny, when: {command_matches: "* --also"}}
`,
  },
]

const allow = (pattern: string, more: Partial<NewRule> = {}): NewRule => ({
  action: 'allow',
  pattern,
  ...more,
})

const WRONG: readonly (readonly [wanted: NewRule, says: RegExp])[] = [
  [allow('ls'), /rule_refused: .*nothing asks about it/],
  [allow('frob evil'), /rule_refused: .*guard\/1 denies it, and no rule lifts a denial/],
  [allow('own x'), /rule_refused: .*not answered for good/],
  [allow('team x'), /rule_refused: .*not answered for good/],
  [allow('hook x'), /rule_refused: .*not answered for good/],
  [allow('frob x', { generalisation: 'host' }), /request_invalid: .*one of exact, flags, program/],
  [allow('frob x && own y'), /rule_refused: .*self\/1 \(builtin\) asks as before/],
  [{ action: 'allow' }, /request_invalid: .*either a pattern or a program/],
  [{ action: 'allow', pattern: 'x', program: 'y' }, /request_invalid: .*either/],
  [{ action: 'allow', program: 'x', tool: 'read' }, /request_invalid: .*only exec/],
  [allow('{', { tool: 'mcp__x__y' }), /request_invalid: .*as JSON/],
  [{ action: 'block', pattern: 'a; b' }, /request_invalid: .*one command/],
  [{ action: 'block', pattern: '$X y' }, /rule_refused|request_invalid/],
  [{ action: 'except', reason: 'x' }, /request_invalid: .*\/rule is missing/],
  [{ action: 'except', rule: 'guard/2' }, /request_invalid: .*\/reason is missing/],
  [{ action: 'except', rule: 'none/1', reason: 'x' }, /rule_refused: .*there is no rule none\/1/],
  [{ action: 'except', rule: 'self/1', reason: 'x' }, /rule_refused: .*the builtin layer/],
  [{ action: 'except', rule: 'team/1', reason: 'x' }, /rule_refused: .*the managed layer/],
]

for (const [wanted, says] of WRONG) {
  test(`no rule is made of ${JSON.stringify(wanted)}`, async () => {
    const { services, kept } = rulesBench(POLICIES)
    await assert.rejects(createRule(services, ADMIN, wanted, BY), (error) => {
      assert.ok(error instanceof RampartError, String(error))
      assert.match(`${error.code}: ${error.message}`, says)
      return true
    })
    assert.deepEqual(kept, [])
  })
}

interface Block {
  readonly wanted: NewRule
  readonly tool?: string
  readonly denied: readonly string[]
  readonly passes: readonly string[]
}

const BLOCKS: readonly Block[] = [
  {
    wanted: { action: 'block', pattern: 'git push' },
    denied: [
      'git push',
      '/usr/bin/git push -f origin',
      'g"i"t push',
      'ls && sudo git push',
      'X=1 git push > f',
      'bash -c "git push"',
    ],
    passes: ['git pull', 'echo git push', 'gitx push'],
  },
  {
    wanted: { action: 'block', pattern: 'ls -l a', generalisation: 'exact' },
    denied: ['ls -l a', '/bin/ls -l "a"'],
    passes: ['ls -l b', 'ls -l'],
  },
  {
    wanted: { action: 'block', program: 'ls', flags: ['-R'] },
    denied: ['ls -R', 'ls -a -R x'],
    passes: ['ls -a'],
  },
  {
    wanted: { action: 'block', tool: 'read', pattern: '/w/secret' },
    denied: ['cat /w/secret/a', 'cat /w/secret', 'cp /w/secret/a /tmp/b', 'cat < /w/secret/a'],
    passes: ['cat /w/secrets', 'touch /w/secret/a'],
  },
  {
    wanted: { action: 'block', tool: 'fetch', pattern: 'a.test' },
    denied: ['curl https://a.test/x', 'wget https://A.TEST'],
    passes: ['curl https://b.a.test'],
  },
  {
    wanted: { action: 'block', tool: 'mcp__gh__merge' },
    tool: 'mcp__gh__merge',
    denied: ['{"pr":1}', '{}'],
    passes: [],
  },
]

for (const { wanted, tool = 'exec', denied, passes } of BLOCKS) {
  test(`a block is restrictive: ${wanted.tool ?? 'exec'} ${wanted.pattern ?? wanted.program ?? ''}`, async () => {
    const { services } = rulesBench('version: "1"\ndefault_action: allow\n')
    await createRule(services, ADMIN, wanted, BY)
    const answers = async (lines: readonly string[]) =>
      await Promise.all(lines.map(async (line) => {
        const request = call('', {
          tool,
          params: paramsOf(tool, line),
          cwd: '/w',
          intent: 'preview',
        })
        return `${(await decide(request, services)).answer.decision}: ${line}`
      }))
    assert.deepEqual(await answers(denied), denied.map((line) => `deny: ${line}`))
    assert.deepEqual(await answers(passes), passes.map((line) => `allow: ${line}`))
  })
}

test('what a rule shadowed counts again when the rule is excepted', async () => {
  const { services } = rulesBench(POLICIES)
  const told = async (line: string) =>
    (await decide(call(line, { intent: 'preview' }), services)).answer.rule
  assert.equal(await told('x --also'), 'after/1')
  await createRule(services, ADMIN, { action: 'except', rule: 'after/1', reason: 'x' }, BY)
  assert.equal(await told('x --also'), 'after/2')
})

test('an exception ends by itself, and does not follow its name to another rule', async () => {
  const one = rulesBench(POLICIES)
  const told = async () =>
    (await decide(call('frob x', { intent: 'preview' }), one.services)).answer.decision
  const wanted: NewRule = { action: 'except', rule: 'guard/2', reason: 'x', forMs: 60_000 }
  await createRule(one.services, ADMIN, wanted, BY)
  assert.equal(await told(), 'allow')
  const [kept] = one.kept.splice(0)
  one.kept.push({ ...kept!, answers_as: '0123456789abcdef' })
  await one.services.overlay!.edit({})
  assert.equal(await told(), 'require_approval')
  assert.deepEqual((await listRules(one.services)).map(({ in_force }) => in_force), [false])
  one.kept.splice(0, 1, kept!)
  await one.services.overlay!.edit({})
  assert.equal(await told(), 'allow')
  await one.clock.advance(60_000)
  assert.equal(await told(), 'require_approval')
})
