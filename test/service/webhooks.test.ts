import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, ask } from '../helpers/ask.ts'
import { type Bench, bench, type BenchOptions } from '../helpers/service.ts'

const policy = (webhook: string, more = '') =>
  `version: "1"
default_action: allow
policies:
  - name: g
    match: {tool: exec}
    rules:
      - {action: webhook, message: "The guard decides", webhook: {url: "http://g.example/", ${webhook}}}
${more}`

function guarded(webhook: string, options: BenchOptions & { more?: string } = {}): Bench {
  return bench(policy(webhook, options.more), options)
}

const says = (verdict: 'allow' | 'deny' | 'require_approval' | 'log' | 'failed', reason = '') => ({
  verdicts: { 'http://g.example/': verdict },
  reason,
})

test('one event has both phases: what the webhook said, and what came of it', async () => {
  const one = guarded('', says('deny', 'not on a Friday'))
  const { answer: told } = await ask(one)
  assert.equal(told.allowed, false)
  assert.equal(told.message, 'The guard decides (not on a Friday)')
  assert.equal(one.trail.length, 1)
  const [{ decision }] = one.trail as [Bench['trail'][number]]
  assert.deepEqual([decision.action, decision.rule], ['deny', 'g/1'])
  assert.deepEqual(decision.webhooks, [{
    rule: 'g/1',
    answer: 'deny',
    reason: 'not on a Friday',
    ms: 0,
    cached: false,
    failed_open: false,
  }])
})

test('the question names the call, who makes it, the rule, and what is only claimed', async () => {
  const one = guarded('include: full, allow_private: true', says('allow'))
  await ask(one, { toolCallId: 'c1', cwd: '/w' }, 'rm a')
  const [{ body, ...asked }] = one.asked as [Bench['asked'][number] & Record<string, unknown>]
  assert.deepEqual(asked, { url: 'http://g.example/', allowPrivate: true })
  const { id, timestamp, effects, principal, ...rest } = body as Record<string, unknown>
  assert.ok(id && timestamp && principal)
  assert.deepEqual(effects, [{ tool: 'delete', path: '/w/a', by: 'rm' }])
  assert.deepEqual(rest, {
    schema: 'rampart.webhook.v1',
    policy: 'g',
    rule: 'g/1',
    message: 'The guard decides',
    tool: 'exec',
    params: { command: 'rm a' },
    include: 'full',
    cwd: '/w',
    agent: 'a',
    session: 's',
    tool_call_id: 'c1',
    bound: [],
    effects_complete: true,
  })
})

test('a webhook may ask for a person, and is not asked again for the same call', async () => {
  const one = guarded('', says('require_approval', 'new host'))
  const waiting = ask(one)
  await answer(one, true)
  const { answer: told } = await waiting
  assert.deepEqual([told.allowed, told.decision, told.approval_status], [
    true,
    'require_approval',
    'approved',
  ])
  assert.equal(one.asked.length, 1)
  assert.equal([...one.approvals.values()][0]!.message, 'The guard decides (new host)')
})

test('log lets through and is recorded as such', async () => {
  const { answer: told } = await ask(guarded('', says('log')))
  assert.deepEqual([told.allowed, told.decision], [true, 'log'])
})

test('F10 fail_open drops the failed rule alone: what the others say stands', async () => {
  const more = `  - name: other
    rules: [{action: require_approval, when: {command_matches: ["deploy*"]}}]
`
  const one = guarded('fail_open: true', { ...says('failed', 'HTTP 500'), more })
  const held = await ask(one, { waitMs: 0 })
  assert.equal(held.answer.decision, 'require_approval')
  assert.equal((await ask(one, {}, 'ls')).answer.allowed, true)
  const told = one.trail.at(-1)!.decision.webhooks as readonly Record<string, unknown>[]
  assert.deepEqual([told[0]!['answer'], told[0]!['failed_open']], ['failed', true])
  const closed = await ask(guarded('', says('failed', 'HTTP 500')), {}, 'ls')
  assert.deepEqual([closed.answer.allowed, closed.answer.message], [
    false,
    'The guard decides (no answer: HTTP 500)',
  ])
})

test('cache: an answer counts for the same call until it is too old, for no other', async () => {
  const one = guarded('cache: 30s', says('allow'))
  await ask(one)
  const again = await ask(one)
  assert.equal(again.answer.allowed, true)
  assert.equal(one.asked.length, 1)
  const told = one.trail.at(-1)!.decision.webhooks as readonly Record<string, unknown>[]
  assert.equal(told[0]!['cached'], true)
  await ask(one, {}, 'deploy --prod')
  await ask(one, { cwd: '/elsewhere' })
  assert.equal(one.asked.length, 3)
  await one.clock.advance(30_000)
  await ask(one)
  assert.equal(one.asked.length, 4)
})

test('cache: failures are not kept, and neither is anything where no cache is asked for', async () => {
  const failing = guarded('cache: 30s', says('failed'))
  await ask(failing)
  await ask(failing)
  assert.equal(failing.asked.length, 2)
  const plain = guarded('', says('allow'))
  await ask(plain)
  await ask(plain)
  assert.equal(plain.asked.length, 2)
})

test('cache: what is kept is bounded', async () => {
  const one = guarded('cache: 30s', says('allow'))
  for (let n = 0; n <= 1000; n++) await ask(one, {}, `deploy ${n}`)
  await ask(one, {}, 'deploy 1000')
  assert.equal(one.asked.length, 1001)
  await ask(one, {}, 'deploy 0')
  assert.equal(one.asked.length, 1002)
})

const TOKEN = `ghp_${'a1B2c3'.repeat(6)}`

test('secrets are hidden in the question unless the rule says include: full', async () => {
  const command = `curl -H "Authorization: Bearer ${TOKEN}" h.example`
  const hidden = guarded('', says('allow'))
  await ask(hidden, {}, command)
  const body = JSON.stringify(hidden.asked[0]!.body)
  assert.ok(!body.includes(TOKEN) && body.includes('"include":"redacted"'), body)
  const full = guarded('include: full', says('allow'))
  await ask(full, {}, command)
  assert.ok(JSON.stringify(full.asked[0]!.body).includes(TOKEN))
})
