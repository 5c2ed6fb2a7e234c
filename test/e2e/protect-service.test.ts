import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { test } from 'node:test'
import { type Machine, onMachine } from './machine.ts'

const posix = { skip: process.platform === 'win32' ? 'POSIX' : false }

const SYSTEMD = '.config/systemd/user/rampart.service'
const LAUNCHD = 'Library/LaunchAgents/local.rampart.serve.plist'

/** Says what it was told, and starts what the unit names; with `fails` it refuses that. */
function standInManager(machine: Machine, name: string, unit: string, fails = false): void {
  const { at, program } = machine
  // A unit's words stand for themselves in a shell, too: no `%` or `$` is in those of a test.
  const words = name === 'systemctl'
    ? `sed -n 's/^ExecStart=//p' '${at(unit)}'`
    : `sed -n 's:^<string>\\(.*\\)</string>$:"\\1":p' '${at(unit)}' | tr '\\n' ' '`
  const start = fails
    ? 'echo no such manager >&2; exit 5'
    : `( exec </dev/null >'${at('unit.log')}' 2>&1; eval "exec $(${words})" ) &`
  program(
    name,
    `#!/bin/sh
echo "$*" >> '${at('told')}'
case "$*" in
  *enable*--now*|bootstrap*) ${start} ;;
esac
exit 0
`,
  )
}

const told = ({ read }: Machine): string[] => read('told').trimEnd().split('\n')

/** What a manager of this person looks like. */
function withSystemd({ at }: Machine): Record<string, string> {
  mkdirSync(at('runtime/systemd'), { recursive: true })
  writeFileSync(at('runtime/systemd/private'), '')
  return { XDG_RUNTIME_DIR: at('runtime') }
}

test('where systemd answers, protect has it keep the server, uninstall takes all of it away', {
  skip: process.platform === 'linux' ? false : 'Linux',
}, () =>
  onMachine(async (machine) => {
    const { run, program, at, read } = machine
    program('claude', '#!/bin/sh\n')
    standInManager(machine, 'systemctl', SYSTEMD)
    const env = withSystemd(machine)
    const dry = await run(['protect', '--dry-run', '--json'], { env })
    assert.equal(JSON.parse(dry.out).unit, at(SYSTEMD))
    assert.equal(existsSync(at('.config')), false)

    const ran = await run(['protect', '--json'], { env: { ...env, RAMPART_MODE: 'monitor' } })
    assert.equal(ran.code, 0, ran.out + ran.err)
    assert.equal(JSON.parse(ran.out).service, 'systemd')
    assert.equal(statSync(at(SYSTEMD)).mode & 0o777, 0o600)
    const unit = read(SYSTEMD)
    assert.match(unit, /^Restart=on-failure$/m)
    assert.doesNotMatch(unit, /RAMPART_MODE/, 'what was said of one run does not stay')
    const status = JSON.parse((await run(['status', '--json'])).out)
    assert.equal(status.mode, 'enforce')
    const calls = told(machine).filter((line) => !line.includes('show'))
    assert.deepEqual(calls, ['--user daemon-reload', '--user enable --now rampart'])

    assert.ok((await run(['uninstall', '--dry-run', '--json'], { env })).out.includes(at(SYSTEMD)))
    assert.ok(existsSync(at(SYSTEMD)))
    const undone = await run(['uninstall'], { env })
    assert.equal(undone.code, 0, undone.err)
    assert.equal(existsSync(at('.config')), false, 'directories that were made for it go, too')
    assert.deepEqual(told(machine).slice(-2), [
      '--user disable --now rampart',
      '--user daemon-reload',
    ])
    assert.equal(existsSync(at('.rampart/run/serve.json')), false)
  }, 'home'))

test(
  'a manager that refuses leaves no unit; hooks are there and decide by themselves',
  posix,
  () =>
    onMachine(async (machine) => {
      const { run, program, at } = machine
      program('claude', '#!/bin/sh\n')
      standInManager(machine, 'systemctl', SYSTEMD, true)
      mkdirSync(at('.config'))
      const ran = await run(['protect', '--service', 'systemd'], { env: withSystemd(machine) })
      assert.equal(ran.code, 3, ran.out)
      assert.match(ran.err, /enable --now rampart" failed: no such manager/)
      assert.equal(existsSync(at('.config/systemd')), false)
      assert.ok(existsSync(at('.config')), 'what was there stays')
      assert.equal((await run(['verify', 'claude-code'])).code, 0)
    }, 'home'),
)

test(
  'where no manager answers, the server runs in the background',
  posix,
  () =>
    onMachine(async (machine) => {
      const { run, program, at } = machine
      program('claude', '#!/bin/sh\n')
      program('systemctl', '#!/bin/sh\nexit 1\n')
      const ran = await run(['protect', '--json'], { env: withSystemd(machine) })
      assert.equal(
        JSON.parse(ran.out).service,
        process.platform === 'darwin' ? 'launchd' : 'background',
      )
      assert.equal(existsSync(at(SYSTEMD)), false)
    }, 'home'),
)

test(
  "a unit of somebody else's, or one that is a link, is left",
  posix,
  () =>
    onMachine(async (machine) => {
      const { run, program, put, read, at } = machine
      program('claude', '#!/bin/sh\n')
      standInManager(machine, 'systemctl', SYSTEMD)
      const env = withSystemd(machine)
      put(SYSTEMD, '[Service]\nExecStart=/bin/true\n')
      const ran = await run(['protect', '--service', 'systemd'], { env })
      assert.equal(ran.code, 3, ran.out)
      assert.match(ran.err, /somebody else's/)
      assert.equal((await run(['uninstall'], { env })).code, 0)
      assert.equal(read(SYSTEMD), '[Service]\nExecStart=/bin/true\n')

      put('elsewhere', '# Made by rampart protect; removed by rampart uninstall\n')
      mkdirSync(at('Library/LaunchAgents'), { recursive: true })
      symlinkSync(at('elsewhere'), at(LAUNCHD))
      const linked = await run(['protect', '--service', 'launchd'], { env })
      assert.equal(linked.code, 3, linked.out)
      assert.match(linked.err, /symbolic link/)
      assert.match(readFileSync(at('elsewhere'), 'utf8'), /^# Made/)
    }, 'home'),
)

test('launchd is told the same', posix, () =>
  onMachine(async (machine) => {
    const { run, program, at, read } = machine
    program('claude', '#!/bin/sh\n')
    standInManager(machine, 'launchctl', LAUNCHD)
    const ran = await run(['protect', '--service', 'launchd', '--json'])
    const log = existsSync(at('unit.log')) ? read('unit.log') : 'it was not started'
    assert.equal(ran.code, 0, ran.out + ran.err + log)
    assert.equal(JSON.parse(ran.out).service, 'launchd')
    assert.match(read(LAUNCHD), /<key>KeepAlive<\/key>/)
    const uid = process.getuid!()
    assert.deepEqual(told(machine), [`bootstrap gui/${uid} ${at(LAUNCHD)}`])
    assert.equal((await run(['uninstall'])).code, 0)
    assert.deepEqual(told(machine).slice(1), [`bootout gui/${uid}/local.rampart.serve`])
    assert.equal(existsSync(at('Library')), false)
  }, 'home'))
