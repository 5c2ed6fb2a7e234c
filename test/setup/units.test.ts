import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentOf } from '../../src/cli/config.ts'
import { launchdUnit, systemdUnit, systemdWord } from '../../src/cli/service/units.ts'

const HOME = '/home/a b'
const environment = environmentOf({}, HOME)
const command = {
  argv: ['/opt/ra "m"/rampart', 'serve', '--home', '/home/a b/%h/$x'],
  env: { PATH: '/bin:/x y', HOME },
  uid: 501,
}

test('a unit of systemd names the server by absolute words that stand for themselves', () => {
  const { path, text, start, stop } = systemdUnit(environment, command)
  assert.equal(path, '/home/a b/.config/systemd/user/rampart.service')
  assert.match(
    text,
    /^ExecStart="\/usr\/bin\/env" "-i" "PATH=\/bin:\/x y" "HOME=\/home\/a b" "\/opt\/ra \\"m\\"\/rampart" "serve" "--home" "\/home\/a b\/%%h\/\$\$x"$/m,
  )
  for (const line of ['Restart=on-failure', 'NoNewPrivileges=yes', 'UMask=0077', 'LimitCORE=0']) {
    assert.ok(text.split('\n').includes(line), line)
  }
  assert.match(text, /^UnsetEnvironment=.*\bLD_PRELOAD\b/m)
  assert.match(text, /^WantedBy=default\.target$/m)
  assert.deepEqual([start.length, stop.length], [2, 1])
  assert.equal(systemdWord('a\nb'), '"a\\nb"')
})

test('a unit of systemd lies where XDG_CONFIG_HOME says', () => {
  const other = environmentOf({ XDG_CONFIG_HOME: '/x' }, HOME)
  assert.equal(systemdUnit(other, command).path, '/x/systemd/user/rampart.service')
  const relative = environmentOf({ XDG_CONFIG_HOME: 'x' }, HOME)
  assert.equal(
    systemdUnit(relative, command).path,
    '/home/a b/.config/systemd/user/rampart.service',
  )
})

test('an agent of launchd holds the same words as XML', () => {
  const { path, text, start } = launchdUnit(environment, {
    ...command,
    argv: ['/opt/<a>&b/rampart', 'serve'],
  })
  assert.equal(path, '/home/a b/Library/LaunchAgents/local.rampart.serve.plist')
  assert.match(text, /<string>\/opt\/&lt;a&gt;&amp;b\/rampart<\/string>\n<string>serve<\/string>/)
  assert.deepEqual(start, [['launchctl', 'bootstrap', 'gui/501', path]])
})
