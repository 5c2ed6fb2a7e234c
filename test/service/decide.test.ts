import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import type { Json } from '../../src/engine/types.ts'
import { decide } from '../../src/service/decide.ts'
import { explain } from '../../src/service/explain.ts'
import type { Answer, DecideRequest, Settings } from '../../src/service/services.ts'
import { type Bench, bench, call, identityOf } from '../helpers/service.ts'

interface Row {
  readonly name: string
  readonly settings?: Partial<Settings>
  readonly calls: readonly {
    readonly tool?: string
    readonly command?: string
    readonly params?: Record<string, Json>
    readonly intent?: 'preview' | 'enforce'
    readonly identity?: { principal?: string; session?: string }
    readonly response?: string
    readonly texts?: readonly string[]
    readonly state?: 'waiting'
    readonly answer: Partial<Answer>
  }[]
  readonly trail?: readonly (readonly [string, string])[]
  readonly asked?: number
  readonly approvals?: number
  readonly counted?: number
}

const fixture = parse(
  readFileSync(new URL('../fixtures/service/decide.yaml', import.meta.url), 'utf8'),
) as { policies: string; cases: Row[] }

const SELF = `version: "1"
default_action: allow
policies:
  - name: self
    rules:
      - {action: deny, when: {command_matches: ["rampart off*"]}}
`

function benchOf(settings: Partial<Settings> = {}): Bench {
  return bench([
    { file: 'builtin:self', layer: 'builtin', text: SELF },
    { file: 'p.yaml', layer: 'user', text: fixture.policies },
  ], {
    settings,
    names: { '/w/x.pub': ['/w/x.pub', '/home/me/.ssh/id_rsa'] },
    verdicts: { 'http://yes.example/': 'allow', 'http://no.example/': 'deny' },
  })
}

for (const row of fixture.cases) {
  test(`decide: ${row.name}`, async () => {
    const one = benchOf(row.settings)
    for (
      const [turn, { answer: wanted, state, identity, command, ...change }] of row.calls.entries()
    ) {
      const given = change as Partial<DecideRequest>
      const outcome = await decide(
        call(command ?? '', { ...given, identity: identityOf(identity) }),
        one.services,
      )
      assert.equal(outcome.state, state ?? 'answered', `call ${turn}`)
      for (const [key, value] of Object.entries(wanted)) {
        assert.deepEqual(outcome.answer[key as keyof Answer] ?? null, value, `call ${turn}, ${key}`)
      }
      assert.equal(one.trail.some(({ id }) => id === outcome.answer.audit_id), true)
    }
    if (row.trail !== undefined) {
      assert.deepEqual(one.trail.map(({ kind, decision }) => [kind, decision.action]), row.trail)
    }
    if (row.asked !== undefined) assert.equal(one.asked.length, row.asked)
    if (row.approvals !== undefined) assert.equal(one.approvals.size, row.approvals)
    if (row.counted !== undefined) assert.equal(one.counted.length, row.counted)
    assert.deepEqual(one.logged.filter((line) => line.startsWith('error')), [])
  })
}

test('decide: what cannot be read is refused as a request, nothing recorded or counted', async () => {
  const one = benchOf()
  for (const params of [{}, { command: 1 }, { command: 'ls', cmd: 'rm' }]) {
    await assert.rejects(decide(call('', { params }), one.services), { code: 'request_invalid' })
  }
  await assert.rejects(decide(call('ls', { tool: 'ex\u0435c' }), one.services), {
    code: 'request_invalid',
  })
  assert.equal(one.trail.length + one.counted.length, 0)
})

test('F3 decide: a project whose policy was never good is denied, with the fault', async () => {
  const one = benchOf()
  const state = one.services.policies.current()
  const refused = [{ file: '/w/.rampart/policy.yaml', line: 3, col: 1, message: 'odd key' }]
  const services = {
    ...one.services,
    policies: { ...one.services.policies, forProject: async () => ({ ...state, refused }) },
  }
  const { answer } = await decide(call('git status', { cwd: '/w' }), services)
  assert.equal(answer.allowed, false)
  assert.equal(answer.decision, 'deny')
  assert.match(answer.message, /policy is invalid: \/w\/.rampart\/policy.yaml: odd key/)
  assert.equal(one.trail.at(-1)?.decision.action, 'deny')
})

test('F33 decide: only who may explain learns of other policies and the trace', async () => {
  const one = benchOf()
  const seen = async (change: Partial<DecideRequest>) =>
    (await decide(call('rm -rf /; cat ~/.ssh/id', change), one.services)).answer
  const plain = await seen({})
  assert.deepEqual(plain.matched_policies, ['p'])
  assert.equal('trace' in plain, false)
  const admin = await seen({ identity: identityOf({ principal: 'admin' }) })
  assert.deepEqual(admin.matched_policies, ['p', 'keys'])
  const explained = await seen({ explain: true })
  assert.ok(explained.trace!.some(({ policy, held }) => policy === 'keys' && held))
})

test('explain: the answer of a dry run with how the call was read', async () => {
  const one = benchOf()
  const { answer, subjects } = await explain(call('ls | deploy'), one.services)
  assert.equal(answer.enforced, false)
  assert.equal(answer.decision, 'require_approval')
  assert.ok(answer.trace!.length > 0)
  assert.deepEqual(
    subjects.filter(({ kind }) => kind === 'part').map(({ label }) => label),
    ['ls', 'deploy'],
  )
  assert.equal(one.approvals.size, 0)
})

test('F33 what the policies say of an effect: the deciding rule, and more for who may see all', async () => {
  const one = bench(`version: "1"
default_action: allow
policies:
  - {name: keys, match: {tool: read}, rules: [{action: deny, when: {path_matches: "**/id_rsa"}}]}
  - {name: hosts, match: {tool: read}, rules: [{action: require_approval, when: {path_matches: "/etc/*"}}]}
`)
  const command = 'cat /k/id_rsa /etc/hosts > /tmp/x'
  const said = { by: 'cat' }
  const keys = { tool: 'read', path: '/k/id_rsa', ...said, action: 'deny', policy: 'keys' }
  const { answer } = await decide(call(command), one.services)
  assert.deepEqual(answer.effects, [
    keys,
    { tool: 'read', path: '/etc/hosts', ...said },
    { tool: 'write', path: '/tmp/x', ...said },
  ])
  const { answer: whole } = await explain(call(command), one.services)
  assert.deepEqual(whole.effects, [
    keys,
    { tool: 'read', path: '/etc/hosts', ...said, action: 'require_approval', policy: 'hosts' },
    { tool: 'write', path: '/tmp/x', ...said, action: 'allow', policy: null },
  ])
})

test('decide: effects are said, and whether they are all', async () => {
  const one = benchOf()
  const { answer } = await decide(call('cat /etc/hosts > /tmp/x'), one.services)
  assert.deepEqual(answer.effects, [
    { tool: 'read', path: '/etc/hosts', by: 'cat' },
    { tool: 'write', path: '/tmp/x', by: 'cat' },
  ])
  assert.equal(answer.effects_complete, true)
  assert.ok(Number.isSafeInteger(answer.eval_duration_us) && answer.eval_duration_us > 0)
})

test('decide: a script is read before it runs; one that cannot be read is answered all the same', async () => {
  const rules = `version: "1"
default_action: allow
policies:
  - name: keys
    match: {tool: read}
    rules:
      - {action: deny, when: {path_matches: ["**/.ssh/**"]}}
`
  const scripts = { '/w/x.sh': '. ./y.sh', '/w/y.sh': 'cat ~/.ssh/id_rsa' }
  const one = bench([{ file: 'p.yaml', layer: 'user', text: rules }], { scripts })
  const request = call('bash x.sh', { cwd: '/w' })
  const { answer } = await decide(request, one.services)
  assert.equal(answer.decision, 'deny')
  one.fail('facts.scriptsOf')
  const unread = await decide(request, one.services)
  assert.equal(unread.answer.decision, 'allow')
  assert.equal(unread.answer.effects_complete, false)
})
