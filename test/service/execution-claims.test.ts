import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveApproval } from '../../src/service/approve.ts'
import { executionBench } from '../helpers/execution.ts'
import { call } from '../helpers/service.ts'

const POLICIES = `
version: "1"
default_action: allow
policies:
  - name: p
    match: {tool: [exec, fetch]}
    rules:
      - {action: deny, when: {command_matches: ["rm *"]}, message: no}
      - {action: require_approval, when: {command_matches: ["deploy*"]}, message: ask}
      - {action: deny, when: {domain_matches: ["evil.example"]}, message: evil}
  - name: output
    match: {tool: [exec, read, fetch]}
    rules:
      - {action: deny, when: {response_matches: ["KEY[0-9]+"]}, message: a key}
`

const at = (command: string) => call(command, { cwd: '/w' })

test('a rule for one call lets that call be done, shows what came of it, and is used up', async () => {
  const { execute, executor } = executionBench(`
version: "1"
default_action: deny
policies:
  - name: one
    match: {tool: exec}
    rules: [{action: allow, when: {command_matches: [ls]}, once: true}]
`)
  const { done } = await execute(at('ls'))
  assert.deepEqual(
    [done?.execution.state, done?.execution.withheld, done?.execution.stdout?.text],
    ['exited', false, 'out'],
  )
  assert.equal((await execute(at('ls'))).outcome.answer.allowed, false)
  assert.equal(executor.ran.length, 1)
})

test('a grant for one more call, and webhooks, let a call be done', async () => {
  const { execute, executor, executing, approvals } = executionBench(
    `${POLICIES}  - name: hook
    match: {tool: exec}
    rules: [{action: webhook, when: {command_matches: ["build*"]}, webhook: {url: "https://hook.example/"}}]
`,
    { verdicts: { 'https://hook.example/': 'allow' } },
  )
  assert.equal((await execute(at('build'))).done?.execution.stdout?.text, 'out')
  await execute(at('deploy'))
  const [id] = approvals.keys()
  const admin = { principal: 'admin', scopes: ['admin'] } as const
  const kept = { approved: true, scope: 'session', calls: 2 } as const
  await resolveApproval(executing, admin, id!, kept, 'http')
  for (let i = 0; i < 2; i++) {
    const { done } = await execute(at('deploy'))
    assert.deepEqual([done?.execution.state, done?.execution.withheld], ['exited', false])
  }
  assert.equal((await execute(at('deploy'))).outcome.state, 'waiting')
  assert.equal(executor.ran.length, 3)
})
