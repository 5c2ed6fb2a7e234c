import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { SinkSpec } from '../../src/adapters/sink-deliver.ts'
import { parseConfig } from '../../src/cli/config-file.ts'
import { sinks } from '../../src/cli/sink-settings.ts'
import { inTemp, rampart } from './run.ts'

const BASE = { format: 'json', from: 'now', tls_verify: true, headers: {} }

test('sinks are written as maps or in short', () => {
  assert.deepEqual(sinks('udp://h:514, cef+tls://[::1]:6514,otlp+http://h:4318,https://h/x'), [
    { ...BASE, type: 'syslog', url: 'udp://h:514', name: 'udp-h-514' },
    { ...BASE, type: 'syslog', url: 'tls://[::1]:6514', format: 'cef', name: 'cef-tls-1-6514' },
    { ...BASE, type: 'otlp', url: 'http://h:4318', name: 'otlp-h-4318' },
    { ...BASE, type: 'webhook', url: 'https://h/x', name: 'webhook-h' },
  ])
  const whole = {
    name: 'siem',
    type: 'webhook',
    url: 'https://h/x',
    from: 'start',
    secret_file: 's',
    headers: { authorization: 'Bearer x' },
  }
  assert.deepEqual(sinks([whole]), [{ ...BASE, ...whole }])
})

test('what is wrong with a sink is said with its place', () => {
  const rows: readonly (readonly [unknown, RegExp])[] = [
    ['ftp://h', /^sink 1: expected udp:/],
    ['cef+https://h', /^sink 1: expected/],
    [5, /^expected a list/],
    [[{ type: 'syslog' }], /^sink 1: url: expected udp:\/\/HOST:PORT or tcp/],
    [['tcp://h:1', { type: 'syslog', url: 'https://h' }], /^sink 2: url/],
    [[{ type: 'syslog', url: 'tcp://h:1/path' }], /url/],
    [[{ type: 'otlp', url: 'http://h', secret_file: 'x' }], /unknown key "secret_file".*otlp/],
    [[{ type: 'webhook', url: 'http://h', secretfile: 'x' }], /did you mean "secret_file"/],
    [[{ type: 'webhook', url: 'http://h', headers: { host: 'x' } }], /headers/],
    [[{ type: 'webhook', url: 'http://h', headers: { a: 'x\ny' } }], /headers/],
    [[{ type: 'webhook', url: 'http://h', name: '../x' }], /name/],
    [[{ type: 'webhook', url: 'http://h', tls_verify: 'no' }], /tls_verify/],
    [['tcp://h:1', 'tcp://h:1'], /two sinks have the name "tcp-h-1"/],
    [Array.from({ length: 21 }, () => 'tcp://h:1'), /at most 20/],
  ]
  for (const [value, told] of rows) {
    assert.throws(() => sinks(value), { message: told }, JSON.stringify(value))
  }
})

test('config.yaml names sinks; what may be secret in them is not shown', () =>
  inTemp(async (home) => {
    const path = join(home, 'config.yaml')
    const text =
      'sinks:\n  - {type: webhook, url: "https://u:pw@h/key?s=1", headers: {x-key: not-to-be-shown}}\n'
    writeFileSync(path, text)
    const shown = await rampart(['config', 'show'], { home })
    assert.match(shown.out, /sinks +webhook-h \(webhook https:\/\/h\)/)
    const json = await rampart(['config', 'show', '--json'], { home })
    assert.doesNotMatch(shown.out + json.out, /pw@|key\?|not-to-be-shown/)
    writeFileSync(path, 'mode: enforce\nsinks:\n  - tcp://h\n  - {type: x}\n')
    const lint = await rampart(['config', 'lint'], { home })
    assert.equal(lint.code, 1)
    assert.match(lint.out + lint.err, /config\.yaml:\d+:\d+: .*sink 2: type: expected one of/)
  }))

test('the example of docs/sinks.md is one that is taken, with files from beside it', () => {
  const page = readFileSync(new URL('../../docs/sinks.md', import.meta.url), 'utf8')
  const example = /```yaml\n([\s\S]*?)```/.exec(page)![1]!
  const result = parseConfig(example, '/etc/rampart/config.yaml')
  assert.ok('settings' in result, JSON.stringify(result))
  const specs = result.settings.values.sinks as SinkSpec[]
  assert.deepEqual(specs.map(({ name }) => name), [
    'tls-log.example-6514',
    'siem',
    'webhook-hooks.example',
    'otlp-127.0.0.1-4318',
  ])
  assert.equal(specs[1]!.ca_file, '/etc/rampart/siem-ca.pem')
  assert.equal(specs[2]!.secret_file, '/etc/rampart/hook.key')
})
