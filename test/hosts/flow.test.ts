import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertOf } from '../../src/notify/alert.ts'
import { resolveApproval } from '../../src/service/approve.ts'
import { type HookBench, hookBench } from '../helpers/hook.ts'
import { idle } from '../helpers/service.ts'

const codex = (command: string, id = 'c1', after?: string) => ({
  session_id: 's',
  cwd: '/w',
  hook_event_name: after === undefined ? 'PreToolUse' : 'PostToolUse',
  tool_name: 'Bash',
  tool_input: { command },
  tool_use_id: id,
  ...(after === undefined ? {} : { tool_response: after }),
})
const gemini = (file_path: string, after?: string) => ({
  session_id: 's',
  cwd: '/w',
  hook_event_name: after === undefined ? 'BeforeTool' : 'AfterTool',
  tool_name: 'read_file',
  tool_input: { file_path },
  ...(after === undefined ? {} : { tool_response: { llmContent: after } }),
})
const claude = (command: string, change: object = {}) => ({
  session_id: 's',
  cwd: '/w',
  hook_event_name: 'PreToolUse',
  permission_mode: 'default',
  tool_name: 'Bash',
  tool_input: { command },
  tool_use_id: 't1',
  ...change,
})

/** Answer the one open question, once it is there. */
async function answer({ services, approvals }: HookBench, approved: boolean): Promise<void> {
  for (let turn = 0; turn < 50_000; turn++) {
    const open = [...approvals.values()].filter(({ status }) => status === 'pending')
    if (open.length > 0) {
      const person = { principal: 'admin', scopes: ['admin'] as const }
      await resolveApproval(services, person, open[0]!.id, { approved, resolvedBy: 'me' }, 'cli')
      return
    }
    await idle()
  }
  assert.fail('nobody asked')
}

test('a host without a question of its own waits for the person of the queue', async () => {
  const yes = hookBench()
  const waiting = yes.send('codex', codex('shred a'))
  await answer(yes, true)
  assert.equal((await waiting).text, '{}\n')
  const no = hookBench()
  const refused = no.send('codex', codex('shred a'))
  await answer(no, false)
  assert.match((await refused).text, /"permissionDecision":"deny".*blocked this Bash call/)
})

test('semantics 32 a denial names the approval, and the same call made again redeems it', async () => {
  const one = hookBench()
  const first = await one.send('codex', codex('shred a'), { deadlineMs: 100 })
  assert.match(first.text, /needs a person's yes for this Bash call \(approval [0-9a-f]{8}\)/)
  await answer(one, true)
  assert.equal((await one.send('codex', codex('shred a', 'c2'), { deadlineMs: 100 })).text, '{}\n')
  const third = await one.send('codex', codex('shred a', 'c3'), { deadlineMs: 100 })
  assert.match(third.text, /needs a person's yes/)
})

test('semantics 32 a native ask is ask_delegated, and the event after the call closes it', async () => {
  const one = hookBench()
  assert.match(
    (await one.send('claude-code', claude('shred a'))).text,
    /"permissionDecision":"ask"/,
  )
  const after = claude('shred a', {
    hook_event_name: 'PostToolUse',
    tool_response: { stdout: 'x' },
  })
  assert.equal((await one.send('claude-code', after)).text, '{}\n')
  const [asked, closed] = one.trail
  assert.equal(asked!.decision.action, 'ask_delegated')
  assert.equal(asked!.tool_call_id, 't1')
  assert.deepEqual(closed!.links, [asked!.id])
  // Once: the next output of the same call was asked about by nobody.
  assert.match((await one.send('claude-code', after)).text, /nobody was asked before it ran/)
})

test('what the queue approved is shown afterwards', async () => {
  const one = hookBench()
  const waiting = one.send('codex', codex('shred a'))
  await answer(one, true)
  await waiting
  assert.equal((await one.send('codex', codex('shred a', 'c1', 'done'))).text, '{}\n')
})

test('a host that runs what it was told to deny raises an alert, once', async () => {
  const one = hookBench()
  await one.send('codex', codex('cat ~/.ssh/id_rsa'))
  const { text } = await one.send('codex', codex('cat ~/.ssh/id_rsa', 'c1', 'KEY'))
  assert.match(text, /"decision":"block"/)
  assert.doesNotMatch(text, /KEY/)
  await one.send('codex', codex('cat ~/.ssh/id_rsa', 'c1', 'KEY'))
  const alerts = one.trail.filter(({ kind }) => kind === 'alert')
  assert.equal(alerts.length, 1)
  const [alert] = alerts
  assert.equal(alert!.decision.action, 'denial_ignored')
  assert.deepEqual(alert!.links, [one.trail[0]!.id])
  assert.equal(alert!.tool_call_id, 'c1')
  assert.deepEqual(
    { class: alertOf(alert!)?.class, title: alertOf(alert!)?.title },
    { class: 'error', title: 'A denied call ran all the same' },
  )
})

test('the id of a call tells it, whatever the host made of its arguments meanwhile', async () => {
  const one = hookBench()
  await one.send('codex', codex('cat ~/.ssh/id_rsa'))
  await one.send('codex', codex('cat x', 'c1', 'KEY'))
  assert.deepEqual(one.trail.filter(({ kind }) => kind === 'alert').length, 1)
})

test('without ids a call is told by what it is; one that was allowed since is no alert', async () => {
  const one = hookBench()
  await one.send('gemini', gemini('/w/id_rsa'))
  one.usePolicies('version: "1"\ndefault_action: allow\npolicies: []\n')
  await one.send('gemini', gemini('/w/id_rsa'))
  assert.equal((await one.send('gemini', gemini('/w/id_rsa', 'x'))).text, '{}\n')
  assert.ok(!one.trail.some(({ kind }) => kind === 'alert'))
})

test('every file of a patch is an event of its own, under the one id of the call', async () => {
  const one = hookBench()
  const command = '*** Begin Patch\n*** Add File: a\n+x\n*** Delete File: b\n*** End Patch'
  await one.send('codex', { ...codex(''), tool_name: 'apply_patch', tool_input: { command } })
  assert.deepEqual(
    one.trail.map(({ tool, tool_call_id, agent, session, via }) => ({
      tool,
      tool_call_id,
      agent,
      session,
      via,
    })),
    Array.from({ length: 2 }, () => ({
      tool: 'write',
      tool_call_id: 'c1',
      agent: 'codex',
      session: 's',
      via: 'hook',
    })),
  )
})

test('semantics 16 an agent that the credential is bound to has its name', async () => {
  const one = hookBench()
  await one.send('codex', codex('ls'), { agent: 'ci-bot', principal: 'token:7' })
  assert.equal(one.trail[0]!.agent, 'ci-bot')
  assert.equal(one.trail[0]!.principal, 'token:7')
})

test('a caller that goes away leaves its question open', async () => {
  const one = hookBench()
  const gone = new AbortController()
  const waiting = one.send('codex', codex('shred a'), { signal: gone.signal })
  for (let turn = 0; turn < 50_000 && one.approvals.size === 0; turn++) await idle()
  gone.abort()
  assert.match((await waiting).text, /needs a person's yes/)
  assert.equal([...one.approvals.values()][0]!.status, 'pending')
})

for (
  const [what, rule] of [
    ['may run once', '{action: allow, once: true, when: {command_matches: "deploy"}}'],
    [
      'may run twice an hour',
      '{action: deny, when: {command_matches: "deploy", call_count: {gte: 3, window: 1h}}}',
    ],
  ] as const
) {
  test(`the output of a call that ${what} is judged as the call was, and the next call is another`, async () => {
    const isOnce = rule.includes('once')
    const one = hookBench(`version: "1"
default_action: ${isOnce ? 'deny' : 'allow'}
policies:
  - name: p
    rules:
      - ${rule}
`)
    for (const id of isOnce ? ['c1'] : ['c1', 'c2']) {
      assert.equal((await one.send('codex', codex('deploy', id))).text, '{}\n')
      for (let turn = 0; turn < 2; turn++) {
        assert.equal((await one.send('codex', codex('deploy', id, 'deployed'))).text, '{}\n')
      }
    }
    const next = await one.send('codex', codex('deploy', 'c3'))
    assert.match(next.text, /"permissionDecision":"deny"/)
    // Run all the same, or never asked about: what it printed is judged without what another call claimed.
    for (const id of isOnce ? ['c3', 'c3', 'c9'] : []) {
      assert.match((await one.send('codex', codex('deploy', id, 'deployed'))).text, /Rampart hid/)
    }
  })
}
