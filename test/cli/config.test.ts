import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { environmentOf, loadConfig } from '../../src/cli/config.ts'
import { inTemp, rampart } from './run.ts'

const none = new Map<string, string | true>()

function withConfig<T>(text: string, body: (home: string) => Promise<T>): Promise<T> {
  return inTemp((home) => {
    writeFileSync(join(home, 'config.yaml'), text)
    return body(home)
  })
}

test('precedence: flag, environment, config.yaml, default; each value says where it came from', () =>
  withConfig('# mine\nmode: monitor\naddr: 127.0.0.1:1\nprofile: ci\n', async (home) => {
    const environment = environmentOf({ RAMPART_HOME: home, RAMPART_MODE: 'disabled' }, '/x')
    const flags = new Map([['addr', '[::1]:7']])
    const { values, origins } = await loadConfig(environment, { serving: true, flags })
    assert.deepEqual(values.addr, { host: '::1', port: 7 })
    assert.deepEqual(origins.addr, { from: 'flag', name: '--addr' })
    assert.equal(values.mode, 'disabled')
    assert.deepEqual(origins.mode, { from: 'environment', name: 'RAMPART_MODE' })
    assert.equal(values.profile, 'ci')
    assert.deepEqual(origins.profile, { from: 'file', name: join(home, 'config.yaml'), line: 4 })
    assert.equal(values.approval_timeout, 300_000)
    assert.deepEqual(origins.approval_timeout, { from: 'default' })
  }))

test('F5 only serve takes mode and failure from the environment', () =>
  withConfig('mode: enforce\nfailure: closed\n', async (home) => {
    const env = { RAMPART_HOME: home, RAMPART_MODE: 'disabled', RAMPART_FAIL_OPEN: '1' }
    const edge = await loadConfig(environmentOf(env, '/x'), { serving: false, flags: none })
    assert.equal(edge.values.mode, 'enforce')
    assert.equal(edge.values.failure, 'closed')
    assert.deepEqual(edge.ignored.map(({ name }) => name), ['RAMPART_MODE', 'RAMPART_FAIL_OPEN'])
    const serve = await loadConfig(environmentOf(env, '/x'), { serving: true, flags: none })
    assert.equal(serve.values.mode, 'disabled')
    assert.equal(serve.values.failure, 'open')
  }))

test('a wrong value in the environment or a flag is named', async () => {
  const wrong = async (env: Record<string, string>, flags = none) => {
    await assert.rejects(
      loadConfig(environmentOf({ RAMPART_HOME: '/x', ...env }, '/x'), { serving: true, flags }),
      /RAMPART_MODE "off": expected one of|RAMPART_FAIL_OPEN|--addr "9090": expected HOST:PORT/,
    )
  }
  await wrong({ RAMPART_MODE: 'off' })
  await wrong({ RAMPART_FAIL_OPEN: 'maybe' })
  await wrong({}, new Map([['addr', '9090']]))
})

test('config lint reports every fault with its place, and what was meant', () =>
  withConfig(
    'mod: enforce\naddr: 9090\nmode: loud\npreview_burst: -1\nmode: enforce\n',
    async (home) => {
      const { code, out } = await rampart(['config', 'lint'], { home })
      const file = join(home, 'config.yaml')
      assert.equal(code, 1)
      assert.deepEqual(out.trim().split('\n'), [
        `${file}:1:1: unknown key "mod": did you mean "mode"?`,
        `${file}:2:7: expected HOST:PORT, such as 127.0.0.1:9090 or [::1]:9090`,
        `${file}:4:16: expected a whole number from 1 to 10000000`,
        `${file}:5:1: duplicate key`,
      ])
      const show = await rampart(['config', 'show'], { home })
      assert.equal(show.code, 3)
      assert.match(show.err, /Cannot use .*config\.yaml:/)
    },
  ))

test('config lint: empty, comments only and absent are clean; a directory cannot be read', () =>
  inTemp(async (home) => {
    assert.equal((await rampart(['config', 'lint'], { home })).code, 0)
    for (const text of ['', '# nothing yet\n\n  # more\n']) {
      writeFileSync(join(home, 'config.yaml'), text)
      assert.equal((await rampart(['config', 'lint'], { home })).code, 0, JSON.stringify(text))
    }
    mkdirSync(join(home, 'dir.yaml'))
    const { code, err } = await rampart(['config', 'lint', join(home, 'dir.yaml')], { home })
    assert.equal(code, 3)
    assert.match(err, /A directory stands where a file is expected/)
    assert.equal((await rampart(['config', 'lint', '/nonexistent/c.yaml'], { home })).code, 3)
  }))

test('config show tells value and origin of every setting', () =>
  withConfig('approval_timeout: 90s\nhosts: [Box.local]\n', async (home) => {
    const { code, out } = await rampart(['config', 'show', '--json'], { home })
    assert.equal(code, 0)
    const rows = new Map(
      JSON.parse(out).settings.map((row: { key: string }) => [row.key, row]),
    ) as Map<string, { value: unknown; origin: string }>
    assert.equal(rows.get('approval_timeout')?.value, '90s')
    assert.equal(rows.get('approval_timeout')?.origin, `${join(home, 'config.yaml')}:1`)
    assert.deepEqual(rows.get('hosts')?.value, ['box.local'])
    assert.equal(rows.get('addr')?.value, '127.0.0.1:9090')
  }))

test('paths in config.yaml are meant from its own directory', () =>
  withConfig('policy: mine.yaml\naudit_dir: /var/trail\nsocket: none\n', async (home) => {
    const environment = environmentOf({ RAMPART_HOME: home }, '/x')
    const { values } = await loadConfig(environment, { serving: true, flags: none })
    assert.equal(values.policy, join(home, 'mine.yaml'))
    assert.deepEqual([values.audit_dir, values.socket], ['/var/trail', 'none'])
  }))

test('audit.keep: a time, a size or both, as a key of the map audit; shown as it counts', () =>
  withConfig('mode: monitor\naudit:\n  keep: 90d | 512 MiB\n', async (home) => {
    const environment = environmentOf({ RAMPART_HOME: home }, '/x')
    const { values, origins } = await loadConfig(environment, { serving: true, flags: none })
    assert.deepEqual(values['audit.keep'], { age: 90 * 86_400_000, bytes: 512 * 2 ** 20 })
    assert.deepEqual(origins['audit.keep'], {
      from: 'file',
      name: join(home, 'config.yaml'),
      line: 3,
    })
    const { out } = await rampart(['config', 'show', '--json'], { home })
    const { settings } = JSON.parse(out)
    assert.equal(
      settings.find(({ key }: { key: string }) => key === 'audit.keep').value,
      '90d | 512 MiB',
    )
  }))

test('audit.keep by default keeps half a year and 5 GiB', () =>
  inTemp(async (home) => {
    const { out } = await rampart(['config', 'show'], { home })
    assert.match(out, /audit\.keep +180d \| 5 GiB +# default/)
  }))

const KEEPS: readonly (readonly [text: string, place: string, message: RegExp])[] = [
  ['audit: {keep: 90}', '1:15', /expected a time, a size or both, such as 180d \| 5 GiB/],
  ['audit: {keep: 5 GB}', '1:15', /expected a time/],
  ['audit: {keep: 5GiB|6GiB}', '1:15', /expected a time/],
  ['audit: {keep: 1d | 2d}', '1:15', /expected a time/],
  ['audit: {keep: forever | 2d}', '1:15', /expected a time/],
  ['audit: {keep: 0d}', '1:15', /expected a time/],
  ['audit:\n  kep: 1d', '2:3', /unknown key "kep": did you mean "keep"\?/],
  ['audit: 1d', '1:8', /expected object/],
  ['audit.keep: 1d', '1:1', /unknown key "audit\.keep"/],
]

for (const [text, place, message] of KEEPS) {
  test(`config lint: ${JSON.stringify(text)}`, () =>
    withConfig(`${text}\n`, async (home) => {
      const { code, out } = await rampart(['config', 'lint'], { home })
      assert.equal(code, 1)
      assert.ok(out.startsWith(`${join(home, 'config.yaml')}:${place}: `), out)
      assert.match(out, message)
    }))
}

test('limits of open questions are settings, and one that lies within another is not larger', () =>
  withConfig('approvals: {per_agent: 7, call_bytes: 64 KiB}\n', async (home) => {
    const shown = await rampart(['config', 'show'], { home })
    assert.match(shown.out, /approvals\.per_agent +7 +# .*config\.yaml:1/)
    assert.match(shown.out, /approvals\.call_bytes +64 KiB +#/)
    assert.match(shown.out, /approvals\.open_bytes +128 MiB +# default/)
    for (
      const [text, said] of [
        [
          'approvals: {per_agent: 200}',
          /1:\d+: .*approvals\.per_agent \(200\) is more than .*\(100\)/,
        ],
        [
          'approvals: {open: 50}',
          /approvals\.per_principal \(100\) is more than approvals\.open \(50\)/,
        ],
        ['approvals: {reserve: 0.5}', /expected a whole number from 0 to 100000/],
        ['approvals: {call_bytes: 5}', /expected a size from 1 KiB to 8 MiB, such as 64 MiB/],
        ['approvals: {per_agnt: 5}', /unknown key "per_agnt": did you mean "per_agent"\?/],
      ] as const
    ) {
      writeFileSync(join(home, 'config.yaml'), `${text}\n`)
      const { code, out } = await rampart(['config', 'lint'], { home })
      assert.equal(code, 1, out)
      assert.match(out, said)
    }
  }))
