import assert from 'node:assert/strict'
import { chmodSync, existsSync, statSync } from 'node:fs'
import process from 'node:process'
import { test } from 'node:test'
import { checksOf, type Machine, onMachine, standInCodex } from './machine.ts'

const posix = { skip: process.platform === 'win32' ? 'POSIX' : false }

/** With everything that a rewrite would lose: a mark, CRLF, tabs, comments, an odd order, no last line end. */
const CLAUDE = '\uFEFF{\r\n\t// mine\r\n\t"zeta": [1,2],\r\n\t"model": "x", /* why */\r\n' +
  '\t"hooks": {\r\n\t\t"PreToolUse": [\r\n' +
  '\t\t\t{ "matcher": "*", "hooks": [{ "type": "command", "command": "/usr/bin/other" }] },\r\n' +
  '\t\t],\r\n\t},\r\n\t"alpha": "ü€😀"\r\n}'
const CODEX = 'model = "x" # mine\r\n\r\n[features]\r\nweb = true\r\n'

/** Two agents that were used before. */
function prepare(machine: Machine): void {
  const { program, put, at } = machine
  program('claude', '#!/bin/sh\n')
  standInCodex(machine)
  put('.claude/settings.json', CLAUDE)
  put('.codex/config.toml', CODEX)
  chmodSync(at('.claude/settings.json'), 0o640)
}

/** Ask as an agent does: the command that stands in its settings, by its shell. */
async function ask(
  { run, read }: Machine,
  command: string,
): Promise<{ readonly denied: boolean; readonly out: string }> {
  const line = /"command": "((?:[^"\\]|\\.)*rampart(?:[^"\\]|\\.)*)"/
    .exec(read('.codex/hooks.json'))![1]!
  const event = {
    session_id: 's',
    cwd: '/',
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_input: { command },
  }
  const { code, out } = await run([JSON.parse(`"${line}"`)], {
    input: JSON.stringify(event),
    program: ['/bin/sh', '-c'],
  })
  assert.equal(code, 0)
  return { denied: out.includes('"deny"'), out }
}

test(
  'two agents: protect ends green and holds them, uninstall leaves every byte as it was',
  posix,
  () =>
    onMachine(async (machine) => {
      const { run, read, at } = machine
      prepare(machine)
      const ran = await run(['protect', '--json'])
      assert.equal(ran.code, 0, ran.out + ran.err)
      const { ok, hosts } = JSON.parse(ran.out)
      assert.deepEqual([ok, hosts.length], [true, 2])
      const { called, ...claude } = checksOf(ran.out, 'claude-code')
      assert.deepEqual(claude, { config: 'proved', deny: 'proved', benign: 'proved' })
      assert.equal(called, 'open')
      assert.equal(checksOf(ran.out, 'codex')['trust'], 'proved')
      assert.equal((await ask(machine, 'rm -rf /')).denied, true)
      assert.equal((await ask(machine, 'git status')).denied, false)

      const undone = await run(['uninstall'])
      assert.equal(undone.code, 0, undone.err)
      assert.equal(read('.claude/settings.json'), CLAUDE)
      assert.equal(statSync(at('.claude/settings.json')).mode & 0o777, 0o640)
      assert.equal(read('.codex/config.toml'), CODEX)
      assert.equal(existsSync(at('.codex/hooks.json')), false)
      assert.equal(existsSync(at('.rampart/run/serve.json')), false)
    }),
)

test(
  'two agents, edited since: our entries alone go, everything else stays to the byte',
  posix,
  () =>
    onMachine(async (machine) => {
      const { run, read, put } = machine
      prepare(machine)
      assert.equal((await run(['protect'])).code, 0)
      const edit = (text: string) => text.replace('"x", /* why */', '"y", /* because */')
      put('.claude/settings.json', edit(read('.claude/settings.json')))
      put('.codex/config.toml', `${read('.codex/config.toml')}# and more\r\n`)
      assert.equal((await run(['uninstall'])).code, 0)
      assert.equal(read('.claude/settings.json'), edit(CLAUDE))
      assert.equal(read('.codex/config.toml').replace(/(?:\r?\n)+# and more\r\n$/, '\r\n'), CODEX)
    }),
)

test(
  'a home whose name holds a line end, and a state directory elsewhere',
  posix,
  () =>
    onMachine(async (machine) => {
      const { run, program, at } = machine
      program('claude', '#!/bin/sh\n')
      const ran = await run(['setup', 'claude-code'])
      assert.equal(ran.code, 0, ran.err)
      const verified = await run(['verify', 'claude-code', '--json'])
      assert.equal(checksOf(verified.out, 'claude-code')['deny'], 'proved', verified.out)
      assert.equal((await run(['setup', 'claude-code', '--remove'])).code, 0)
      assert.equal(existsSync(at('.claude/settings.json')), false)
    }, 'a\n"b" $c'),
)
