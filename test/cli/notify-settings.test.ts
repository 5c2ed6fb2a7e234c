import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseConfig } from '../../src/cli/config-file.ts'
import { notifyList } from '../../src/cli/notify-settings.ts'
import { type Notify, platformOf } from '../../src/engine/notify.ts'
import { setOf } from '../helpers/service.ts'
import { httpReceiver } from '../helpers/sinks.ts'
import { inTemp, rampart } from './run.ts'

const PLATFORMS: readonly (readonly [string, Notify['platform']])[] = [
  ['https://hooks.slack.com/services/T/B/x', 'slack'],
  ['https://hooks.slack-gov.com/services/T/B/x', 'slack'],
  ['https://discord.com/api/webhooks/1/x', 'discord'],
  ['https://ptb.discord.com/api/v10/webhooks/1/x', 'discord'],
  ['https://discord.com/channels/1', 'webhook'],
  ['https://acme.webhook.office.com/webhookb2/x', 'teams'],
  [
    'https://prod-1.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke',
    'teams',
  ],
  [
    'https://d.6c.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/x',
    'teams',
  ],
  ['https://api.telegram.org/bot1:a', 'telegram'],
  ['https://ntfy.sh/ops', 'ntfy'],
  ['smtp://mail.example:587', 'email'],
  ['smtps://mail.example', 'email'],
  ['desktop:', 'desktop'],
  // By its whole host: what only looks like one is a program.
  ['https://hooks.slack.com.evil.example/services/x', 'webhook'],
  ['https://evil.example/hooks.slack.com/', 'webhook'],
  ['https://ntfy.sh.example/ops', 'webhook'],
  ['https://example.com/', 'webhook'],
]

for (const [url, platform] of PLATFORMS) {
  test(`platform auto: ${url} is ${platform}`, () => {
    assert.equal(platformOf(url), platform)
  })
}

test('a destination as people write it, and what is meant where they say nothing', () => {
  const [spec] = notifyList({ url: 'https://discord.com/api/webhooks/your/webhook', on: ['deny'] })
  assert.match(spec!.name, /^discord-[0-9a-f]{8}$/)
  assert.deepEqual([spec!.platform, spec!.on, spec!.allowPrivate], ['discord', ['deny'], false])
  const [all] = notifyList({ url: 'https://x.example', on: ['ask', 'watch', 'log'] })
  assert.deepEqual(all!.on, ['require_approval', 'log'])
  const [plain] = notifyList([{ url: 'https://x.example' }])
  assert.deepEqual(plain!.on, ['deny', 'require_approval', 'error', 'fail_open'])
  assert.notEqual(all!.name, notifyList({ url: 'https://y.example' })[0]!.name)
  assert.equal(all!.name, plain!.name)
})

const FAULTS: readonly (readonly [unknown, RegExp])[] = [
  [{ url: 'ftp://x.example' }, /url: not a URL of platform webhook/],
  [{ url: 'nothing' }, /url: expected a URL/],
  [{ url: 'https://x.example', platform: 'email' }, /expected smtp:/],
  [{ url: 'https://api.telegram.org/bot1:a' }, /chat_id is missing/],
  [{ url: 'https://ntfy.sh/' }, /expected a topic/],
  [{ url: 'smtp://m.example' }, /to and from/],
  [{ url: 'smtp://m.example', from: 'a@b.c', to: 'x@y.z\r\nBcc: t@e.e' }, /expected an address/],
  [{ url: 'smtp://m.example', from: 'a@b.c>', to: 'x@y.z' }, /expected an address/],
  [{ url: 'https://x.example', on: [] }, /on/],
  [{ url: 'https://x.example', on: ['allow'] }, /on/],
  [{ url: 'https://x.example', name: '../x' }, /name: expected small letters/],
  [{ url: 'https://x.example', per_minute: 0 }, /per_minute/],
  [{ url: 'https://x.example', urll: 1 }, /urll/],
  [5, /./],
]

for (const [value, fault] of FAULTS) {
  test(`a destination that is none is a fault: ${JSON.stringify(value)}`, () => {
    assert.throws(() => notifyList(value), fault)
  })
}

test('config.yaml names destinations, links and where people come in; faults have their place', () => {
  const text = 'public_url: https://rampart.example/\napprovals: { links: view }\n' +
    'notify: { url: "https://x.example", secret_file: k }\n'
  const parsed = parseConfig(text, '/etc/r/config.yaml')
  assert.ok('settings' in parsed, JSON.stringify(parsed))
  const { values } = parsed.settings
  assert.equal(values.public_url, 'https://rampart.example')
  assert.equal(values['approvals.links'], 'view')
  assert.equal((values.notify as readonly Notify[])[0]!.file, '/etc/r/config.yaml')
  const bad = parseConfig(
    'mode: enforce\nnotify: { url: "x" }\npublic_url: https://h/path\n',
    'c.yaml',
  )
  assert.ok('faults' in bad)
  assert.deepEqual(bad.faults.map(({ line }) => line), [2, 3])
})

test('semantics 10 destinations of policy files know their file, for what they name beside it', () => {
  const { notify } = setOf([{
    file: '/p/a.yaml',
    layer: 'user',
    text: 'version: "1"\ndefault_action: allow\nnotify: {url: "desktop:"}\n',
  }])
  assert.deepEqual(notify.map(({ file, platform }) => [file, platform]), [['/p/a.yaml', 'desktop']])
})

test('rampart notify test says who took the message, by name, and shows no secret', () =>
  inTemp(async (home) => {
    const paths: string[] = []
    const receiver = await httpReceiver(({ path }, response) => {
      paths.push(path)
      response.writeHead(path.startsWith('/no') ? 404 : 200).end()
    })
    const url = `http://127.0.0.1:${receiver.port}`
    mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
    const entry = (name: string, path: string) =>
      `{url: "${url}/${path}?key=s3cret", name: ${name}, allow_private: true}`
    writeFileSync(join(home, 'config.yaml'), `notify: ${entry('ours', 'yes')}\n`, { mode: 0o600 })
    writeFileSync(
      join(home, 'policies', 'p.yaml'),
      `version: "1"\ndefault_action: allow\nnotify: ${entry('theirs', 'no')}\n`,
      { mode: 0o600 },
    )
    const all = await rampart(['notify', 'test'], { home })
    assert.equal(all.code, 1, all.err)
    assert.match(all.out, new RegExp(`^taken    ours \\(${url}\\)$`, 'm'))
    assert.match(all.out, /^not taken theirs .*: HTTP 404$/m)
    assert.ok(!`${all.out}${all.err}`.includes('s3cret'))
    const one = await rampart(['notify', 'test', 'ours', '--json'], { home })
    assert.deepEqual([one.code, JSON.parse(one.out).results[0].error], [0, null])
    assert.equal((await rampart(['notify', 'test', 'nobody'], { home })).code, 3)
    assert.deepEqual(paths.sort(), ['/no?key=s3cret', '/yes?key=s3cret', '/yes?key=s3cret'])
    const shown = await rampart(['config', 'show'], { home })
    assert.ok(shown.out.includes(`ours (webhook ${url})`) && !shown.out.includes('s3cret'))
    await receiver.close()
  }))
