import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HookAnswer } from '../../src/hosts/refused.ts'
import { HOST_NAMES, type HostName } from '../../src/hosts/host.ts'
import { DEADLINES, LAST_WORDS } from '../../src/hosts/refusals.ts'
import { hookBench } from '../helpers/hook.ts'
import { idle } from '../helpers/service.ts'

/** A harmless call before it runs, and after, as each host tells of it. */
const HARMLESS: Readonly<Record<HostName, object>> = {
  'claude-code': {
    session_id: 's',
    cwd: '/w',
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_input: { command: 'ls' },
  },
  codex: {
    session_id: 's',
    cwd: '/w',
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_input: { command: 'ls' },
  },
  cline: {
    clineVersion: '3',
    hookName: 'tool_call',
    taskId: 't',
    tool_call: { name: 'run_commands', input: { commands: ['ls'] } },
  },
  cursor: {
    conversation_id: 'c',
    hook_event_name: 'preToolUse',
    tool_name: 'Shell',
    tool_input: { command: 'ls' },
  },
  gemini: {
    session_id: 's',
    cwd: '/w',
    hook_event_name: 'BeforeTool',
    tool_name: 'run_shell_command',
    tool_input: { command: 'ls' },
  },
  copilot: { sessionId: 's', cwd: '/w', toolName: 'bash', toolArgs: { command: 'ls' } },
  antigravity: {
    conversationId: 'c',
    toolCall: { name: 'run_command', args: { CommandLine: 'ls' } },
  },
  opencode: { event: 'tool.execute.before', tool: 'bash', sessionID: 's', args: { command: 'ls' } },
  openclaw: { event: 'before_tool_call', toolName: 'exec', params: { command: 'ls' } },
  generic: { event: 'before', tool: 'exec', params: { command: 'ls' }, session: 's' },
}

function same(got: unknown, wanted: unknown): boolean {
  const plain = (value: unknown) =>
    JSON.stringify(value, (key, one) => /reason|message/i.test(key) ? typeof one : one)
  return plain(got) === plain(wanted)
}

/** In the host's form with code 0. */
function deniesByForm(host: HostName, { exit, text }: HookAnswer): void {
  assert.equal(exit, 0, text)
  assert.ok(same(JSON.parse(text), LAST_WORDS[host].refuse('R')), text)
}

for (const host of HOST_NAMES) {
  const { exitsTwo } = LAST_WORDS[host]

  test(`${host}: a defect ends with ${exitsTwo ? '2' : 'its own JSON'}`, async () => {
    for (const port of ['policies.forProject', 'facts.home']) {
      const one = hookBench()
      one.fail(port)
      const answer = await one.send(host, HARMLESS[host])
      if (exitsTwo) {
        assert.equal(answer.exit, 2, port)
        assert.match(answer.text, /could not judge it: deciding failed/)
        assert.doesNotMatch(answer.text, /injected/)
      } else deniesByForm(host, answer)
    }
  })

  test(`${host}: without a trail nothing passes, unless failures are to be open`, async () => {
    const closed = hookBench()
    closed.fail('audit.append')
    deniesByForm(host, await closed.send(host, HARMLESS[host]))
    const open = hookBench(undefined, { settings: { failure: 'open' } })
    open.fail('audit.append')
    const { exit, text } = await open.send(host, HARMLESS[host])
    assert.equal(exit, 0)
    assert.ok(!same(JSON.parse(text), LAST_WORDS[host].refuse('R')), text)
  })

  test(`${host}: at its deadline a call is denied, whatever it waits for`, async () => {
    const one = hookBench(undefined, { deadlines: true })
    const hangs = { ...one.services.policies, forProject: () => new Promise<never>(() => {}) }
    Object.assign(one.services.policies, hangs)
    const waiting = one.send(host, HARMLESS[host], { deadlineMs: 5000 })
    await idle()
    await one.clock.advance(5000)
    deniesByForm(host, await waiting)
  })

  test(`${host}: what it gives a hook is more than the time for our answer`, () => {
    const { timeout, answer, byDefault } = DEADLINES[host]
    assert.ok(answer <= timeout - 10_000 && byDefault <= answer)
  })
}

test('monitor lets through what it records, self-protection excepted', async () => {
  const one = hookBench(undefined, { settings: { mode: 'monitor' } })
  const { text } = await one.send('claude-code', {
    ...HARMLESS['claude-code'],
    tool_input: { command: 'cat ~/.ssh/id_rsa' },
  })
  assert.equal(text, '{}\n')
  assert.deepEqual(one.told(), ['exec: deny'])
})

test('a store that forgets what a host was told changes no answer', async () => {
  const broken = () => Promise.reject(new Error('broken'))
  const one = hookBench(undefined, { hooked: { get: broken, set: broken, remove: broken } })
  deniesByForm(
    'claude-code',
    await one.send('claude-code', {
      ...HARMLESS['claude-code'],
      tool_input: { command: 'cat ~/.ssh/id_rsa' },
    }),
  )
  assert.equal((await one.send('claude-code', HARMLESS['claude-code'])).text, '{}\n')
  assert.match(one.logged[0]!, /Cannot remember what a host was told/)
})
