import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { z } from 'zod'
import { HOST_NAMES } from '../../src/hosts/host.ts'
import { LAST_WORDS } from '../../src/hosts/refusals.ts'
import { hookBench } from '../helpers/hook.ts'

const Attack = z.strictObject({
  name: z.string(),
  host: z.enum([...HOST_NAMES, 'auto']),
  event: z.record(z.string(), z.unknown()).optional(),
  raw: z.string().optional(),
})
const attacks = z.array(Attack).min(40).parse(
  parse(readFileSync(new URL('../fixtures/hosts/attacks.yaml', import.meta.url), 'utf8')),
)
const DEADLINE = { deadlineMs: 100 }

/** Whether a host takes this for a denial: what it prints for one, with other words. */
function denies(host: string, { exit, text }: { exit: number; text: string }): boolean {
  if (exit === 2) return text.trim() !== ''
  const word = LAST_WORDS[host as keyof typeof LAST_WORDS].refuse('R') as Record<string, unknown>
  const answer = JSON.parse(text, (_key, value) => value)
  return JSON.stringify(plain(answer)) === JSON.stringify(plain(word))
}

/** Without the texts that differ. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(
      value,
      (key, one) => /reason|message/i.test(key) && typeof one === 'string' ? 'R' : one,
    ),
  )
}

for (const { name, host, event, raw } of attacks) {
  test(`${host}: ${name}`, async () => {
    const { send, trail } = hookBench()
    const answer = await send(host, raw ?? event!, DEADLINE)
    assert.ok(denies(host, answer), answer.text)
    assert.ok(trail.some(({ decision }) => decision.action === 'deny'), 'it is in the trail')
  })
}

test('nesting, and more than 8 MiB, are denied', async () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  for (const host of HOST_NAMES) {
    const { send } = hookBench()
    assert.ok(denies(host, await send(host, `{"a":${deep}}`, DEADLINE)), host)
    const large = new Uint8Array((8 << 20) + 1).fill(32)
    assert.ok(denies(host, await send(host, large, DEADLINE)), host)
  }
})

test('more files than are read one by one are denied', async () => {
  const files = Array.from({ length: 2000 }, (_, i) => `/w/${i}`)
  const { send } = hookBench()
  const event = { event: 'before', tool: 'read', params: { files }, session: 's' }
  assert.ok(denies('generic', await send('generic', event, DEADLINE)))
})

test('any bytes have a valid answer of the host, and a denial where they are no event of it', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ maxLength: 200 }).map((text) => new TextEncoder().encode(text)),
    fc.jsonValue().map((value) => new TextEncoder().encode(JSON.stringify(value))),
  )
  await fc.assert(fc.asyncProperty(fc.constantFrom(...HOST_NAMES), bytes, async (host, event) => {
    const { send } = hookBench()
    const answer = await send(host, event, DEADLINE)
    assert.ok(denies(host, answer), answer.text)
  }))
})

const EVENTS: Readonly<Record<string, readonly object[]>> = {
  'claude-code': ['PreToolUse', 'PostToolUse'].map((hook_event_name) => ({
    session_id: 's',
    cwd: '/w',
    hook_event_name,
    tool_name: 'Bash',
    tool_input: { command: 'ls' },
    tool_response: { stdout: 'x' },
  })),
  codex: ['PreToolUse', 'PostToolUse'].map((hook_event_name) => ({
    session_id: 's',
    cwd: '/w',
    hook_event_name,
    tool_name: 'apply_patch',
    tool_input: { command: '*** Begin Patch\n*** Add File: a\n+x\n*** End Patch' },
    tool_response: 'x',
  })),
  cline: [{
    clineVersion: 'x',
    hookName: 'tool_call',
    taskId: 't',
    tool_call: { name: 'run_commands', input: { commands: ['ls'] } },
  }],
  cursor: [{
    conversation_id: 'c',
    hook_event_name: 'preToolUse',
    tool_name: 'Shell',
    tool_input: { command: 'ls' },
  }],
  gemini: ['BeforeTool', 'AfterTool'].map((hook_event_name) => ({
    session_id: 's',
    cwd: '/w',
    hook_event_name,
    tool_name: 'read_file',
    tool_input: { file_path: 'a' },
    tool_response: { llmContent: 'x' },
  })),
  copilot: [{ sessionId: 's', cwd: '/w', toolName: 'bash', toolArgs: { command: 'ls' } }],
  antigravity: [{
    conversationId: 'c',
    toolCall: { name: 'run_command', args: { CommandLine: 'ls' } },
  }],
  opencode: [{
    event: 'tool.execute.before',
    tool: 'bash',
    sessionID: 's',
    args: { command: 'l' },
  }],
  openclaw: ['before_tool_call', 'after_tool_call'].map((event) => ({
    event,
    toolName: 'process',
    params: { action: 'send-keys', literal: 'ls', hex: ['0a'], keys: ['Enter'] },
    sessionKey: 's',
    result: 'x',
  })),
  generic: [{ event: 'before', tool: 'exec', params: { command: 'ls' }, session: 's' }],
}

test('an event with anything in any place has a valid answer, and is never a defect', async () => {
  const hosts = fc.constantFrom(...HOST_NAMES)
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(null, '', [], {}, '\0', '~', '[', -1))
  await fc.assert(
    fc.asyncProperty(hosts, fc.nat(), fc.nat(), value, async (host, which, at, given) => {
      const events = EVENTS[host]!
      const event = structuredClone(events[which % events.length]!) as Record<string, unknown>
      const places = placesIn(event)
      const [owner, key] = places[at % places.length]!
      owner[key] = given
      const { send, logged } = hookBench()
      const { exit, text } = await send(host, event, DEADLINE)
      assert.equal(exit, 0)
      assert.equal(typeof JSON.parse(text), 'object')
      assert.deepEqual(logged, [])
    }),
    { numRuns: 300 },
  )
})

function placesIn(value: Record<string, unknown>): [Record<string, unknown>, string][] {
  return Object.entries(value).flatMap(([key, one]) => [
    [value, key] as [Record<string, unknown>, string],
    ...(typeof one === 'object' && one !== null ? placesIn(one as Record<string, unknown>) : []),
  ])
}
