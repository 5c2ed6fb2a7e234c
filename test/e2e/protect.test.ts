import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { test } from 'node:test'
import { HOSTS } from '../../src/setup/hosts.ts'
import { type Check, checksOf, onMachine, standInCodex } from './machine.ts'

test('protect holds an agent, uninstall leaves its settings as they were', () =>
  onMachine(async (machine) => {
    const { run, program, put, read, at } = machine
    program('claude', '#!/bin/sh\n')
    const before = '{\r\n  "model": "x" // mine\r\n}\r\n'
    put('.claude/settings.json', before)
    const dry = await run(['protect', '--dry-run', '--json'])
    assert.deepEqual(JSON.parse(dry.out).hosts.map(({ host }: { host: string }) => host), [
      'claude-code',
    ])
    assert.equal(read('.claude/settings.json'), before)

    const ran = await run(['protect', '--json'])
    assert.equal(ran.code, 0, ran.out + ran.err)
    const { service, server } = JSON.parse(ran.out)
    assert.equal(service, 'background')
    assert.deepEqual(server.map(({ status }: Check) => status), ['proved', 'proved'])
    assert.deepEqual(checksOf(ran.out, 'claude-code'), {
      config: 'proved',
      deny: 'proved',
      benign: 'proved',
      called: 'open',
    })

    const again = await run(['protect', '--json'])
    assert.equal(JSON.parse(again.out).service, 'already')

    const undone = await run(['uninstall'])
    assert.equal(undone.code, 0, undone.err)
    assert.equal(read('.claude/settings.json'), before)
    assert.equal(existsSync(at('.rampart/run/serve.json')), false)
    assert.ok(existsSync(at('.rampart/audit')), 'the trail stays')
    assert.equal((await run(['verify', 'claude-code'])).code, 1)
  }))

test('what setup wrote for every agent denies, and lets pass, when it is started as that agent does', () =>
  onMachine(async ({ run }) => {
    const names = HOSTS.map(({ name }) => name)
    assert.equal((await run(['setup', ...names])).code, 0)
    const ran = await run(['verify', '--json'])
    assert.equal(ran.code, 0, ran.out)
    for (const name of names) {
      const { config, deny, benign } = checksOf(ran.out, name)
      assert.deepEqual([config, deny, benign], ['proved', 'proved', 'proved'], name)
    }
  }))

test('F46 verify says when the agent itself last asked; our own canaries never count', () =>
  onMachine(async ({ run, put }) => {
    put('.claude/keep', '')
    await run(['setup', 'claude-code'])
    const fresh = await run(['verify', '--json'])
    assert.equal(fresh.code, 0, fresh.out)
    assert.equal(checksOf(fresh.out, 'claude-code')['called'], 'open')
    const event = {
      session_id: 's1',
      cwd: '/',
      hook_event_name: 'PreToolUse',
      tool_name: 'Bash',
      tool_input: { command: 'git status' },
    }
    const hook = await run(['hook', '--format', 'claude-code'], { input: JSON.stringify(event) })
    assert.equal(hook.code, 0)
    const seen = await run(['verify'])
    assert.match(seen.out, /called by the host +last real call \d+ s ago/)
    const nonce = /--nonce ([0-9a-f]{16})/.exec(seen.out)![1]!
    const before = await run(['verify', 'claude-code', '--nonce', nonce, '--json'])
    assert.equal(before.code, 1)
    assert.equal(checksOf(before.out, 'claude-code')['called'], 'failed')
    const echo = { ...event, tool_input: { command: `echo rampart-${nonce}` } }
    await run(['hook', '--format', 'claude-code'], { input: JSON.stringify(echo) })
    const after = await run(['verify', 'claude-code', '--nonce', nonce, '--json'])
    assert.equal(after.code, 0, after.out)
    assert.equal(checksOf(after.out, 'claude-code')['called'], 'proved')
    assert.equal((await run(['verify', 'claude-code', '--nonce', 'x'])).code, 3)
  }))

test('verify finds a hook that answers nothing, wrongly, or is gone', () =>
  onMachine(async ({ run, put, read, at }) => {
    await run(['setup', 'claude-code'])
    const good = read('.claude/settings.json')
    const breakAs = (command: string) =>
      put(
        '.claude/settings.json',
        good.replaceAll(/"command": ".*"/g, () => `"command": ${JSON.stringify(command)}`),
      )
    for (
      const [name, text] of [
        ['silent', 'exit 0'],
        ['garbage', 'echo hello'],
        ['failing', 'echo no >&2; exit 1'],
        ['lax', 'echo {}'],
      ]
    ) {
      put(`${name}/rampart`, `#!/bin/sh\n${text}\n`)
      chmodSync(at(`${name}/rampart`), 0o755)
      breakAs(`'${at(`${name}/rampart`)}' hook --format claude-code`)
      const ran = await run(['verify', 'claude-code', '--json'])
      assert.equal(ran.code, 1, name)
      assert.equal(checksOf(ran.out, 'claude-code')['deny'], 'failed', name)
    }
    breakAs('/nonexistent/rampart hook --format claude-code')
    assert.equal((await run(['verify', 'claude-code'])).code, 1)
    const doctor = await run(['doctor'])
    assert.equal(doctor.code, 1)
    assert.match(doctor.out, /\/nonexistent\/rampart, which is not there/)
    assert.match(doctor.out, /fix: rampart setup claude-code/)
    assert.equal((await run(['setup', 'claude-code'])).code, 0)
    assert.equal((await run(['verify', 'claude-code'])).code, 0)
  }))

test('Codex: its hooks are trusted, ours alone, and the trust is taken back', () =>
  onMachine(async (machine) => {
    const { run, put, read, at } = machine
    standInCodex(machine)
    const config = 'model = "x" # mine\n'
    put('.codex/config.toml', config)
    const guard = { matcher: '*', hooks: [{ type: 'command', command: '/usr/bin/other' }] }
    put('.codex/hooks.json', JSON.stringify({ hooks: { PreToolUse: [guard] } }))
    const ran = await run(['setup', 'codex', '--json'])
    assert.equal(JSON.parse(ran.out).hosts[0].trust, 'trusted', ran.out + ran.err)
    const trusted = read('.codex/config.toml')
    assert.ok(trusted.startsWith(config))
    assert.match(trusted, /hooks\.json:pre_tool_use:1:0"\]/)
    assert.doesNotMatch(trusted, /pre_tool_use:0:0/)
    // Whoever changes the definition has to trust it anew.
    put('.codex/hooks.json', read('.codex/hooks.json').replace('330', '5'))
    const doctor = await run(['doctor'])
    assert.match(doctor.out, /bad +codex +codex does not run a hook/)
    assert.equal((await run(['setup', 'codex'])).code, 0)
    assert.equal((await run(['setup', 'codex', '--remove'])).code, 0)
    assert.equal(read('.codex/config.toml'), config)
    assert.deepEqual(JSON.parse(read('.codex/hooks.json')), { hooks: { PreToolUse: [guard] } })
    rmSync(at('.codex'), { recursive: true })
    mkdirSync(at('.codex'))
    assert.equal((await run(['setup', 'codex'])).code, 0)
    assert.ok(existsSync(at('.codex/config.toml')))
    assert.equal((await run(['setup', 'codex', '--remove'])).code, 0)
    assert.equal(existsSync(at('.codex/config.toml')), false)
  }))

test('doctor names every file that switches hooks off, and what reaches them', () =>
  onMachine(async ({ home, run, put, at }) => {
    await run(['setup', 'claude-code', 'codex', 'gemini', 'copilot'])
    const clean = await run(['doctor', '--json'])
    const bad = (out: string): string[] =>
      JSON.parse(out).checks.filter(({ status }: Check) => status === 'bad')
        .map(({ detail }: Check) => detail.replace(`${home}/`, ''))
    assert.deepEqual(bad(clean.out), [])
    mkdirSync(at('work/.git'), { recursive: true })
    put('work/.git/HEAD', 'ref: refs/heads/main\n')
    put('work/.claude/settings.local.json', '{"disableAllHooks": true}')
    put('work/.claude/settings.json', '{"env": {"RAMPART_URL": "http://x"}}')
    put('work/.codex/config.toml', '# x\n[features]\nhooks = false # off\n')
    put('work/.gemini/settings.json', '{"hooksConfig": {"disabled": ["rampart"]}}')
    put('work/.github/copilot/settings.json', '{"disableAllHooks": true}')
    const found = await run(['doctor', '--json'], {
      cwd: at('work'),
      env: { RAMPART_MODE: 'monitor' },
    })
    assert.equal(found.code, 1)
    assert.deepEqual(bad(found.out).sort(), [
      'work/.claude/settings.json: "env" sets RAMPART_URL, which reaches the hook',
      'work/.claude/settings.local.json: "disableAllHooks" is true: no hook is called',
      'work/.codex/config.toml: "features.hooks" is false: no hook is called',
      'work/.gemini/settings.json: "hooksConfig.disabled" names hooks that are not called',
      'work/.github/copilot/settings.json: "disableAllHooks" is true: no hook is called',
    ])
    assert.match(found.out, /RAMPART_MODE=monitor is set here/)
    chmodSync(at('.rampart/policies'), 0o700)
    put('.rampart/policies/bad.yaml', 'version: "1"\npolicies: {\n')
    const policies = await run(['doctor'])
    assert.match(policies.out, /bad +policies/)
    assert.equal(policies.code, 1)
  }))

test('uninstall keeps the server where a hook cannot be taken out', () =>
  onMachine(async ({ run, put, read, at, program }) => {
    program('claude', '#!/bin/sh\n')
    assert.equal((await run(['protect', 'claude-code', 'gemini'])).code, 0)
    const settings = read('.claude/settings.json')
    put('.claude/settings.json', `${settings.trimEnd()},`)
    const ran = await run(['uninstall'])
    assert.equal(ran.code, 1)
    assert.match(ran.err, /settings\.json:\d+:\d+: .*nothing was changed/)
    assert.match(ran.err, /The server runs on/)
    assert.ok(existsSync(at('.rampart/run/serve.json')))
    put('.claude/settings.json', settings)
    assert.equal((await run(['uninstall'])).code, 0)
    assert.equal(existsSync(at('.claude/settings.json')), false)
    assert.equal(readFileSync(at('.rampart/config.yaml'), 'utf8'), 'addr: 127.0.0.1:0\n')
  }))
