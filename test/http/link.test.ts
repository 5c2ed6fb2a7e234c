import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { POLICY } from '../helpers/ask.ts'
import { formIn, linked, PLACE, posted } from '../helpers/links.ts'
import { changesOf } from '../../src/http/link-diff.ts'

test('the page shows the whole call, and says nothing that may be kept, framed or run', async () => {
  const one = await linked('decide', POLICY, 'deploy --all && rm -rf ./build')
  const response = await one.request(await one.link())
  const page = await response.text()
  assert.equal(response.status, 200)
  for (
    const said of [
      'deploy --all &amp;&amp; rm -rf ./build',
      'Ask first',
      'p/1',
      'by its own account',
    ]
  ) {
    assert.ok(page.includes(said), said)
  }
  assert.match(page, /left when this page was made: until 20/)
  const style = /<style>(.*?)<\/style>/s.exec(page)![1]!
  const digest = createHash('sha256').update(style).digest('base64')
  const policy = response.headers.get('content-security-policy')!
  assert.ok(policy.includes(`style-src 'sha256-${digest}'`), policy)
  assert.ok(policy.startsWith("default-src 'none';") && policy.includes("frame-ancestors 'none'"))
  assert.deepEqual(
    ['cache-control', 'referrer-policy', 'x-frame-options', 'x-content-type-options'].map((name) =>
      response.headers.get(name)
    ),
    ['no-store', 'no-referrer', 'DENY', 'nosniff'],
  )
  assert.ok(!/<script|<img|<iframe|<link|javascript:| on\w+=/i.test(page))
})

const HOSTILE = [
  'deploy </code><script>alert(1)</script>',
  'deploy "><form action="https://evil.example"><input name=form>',
  'deploy \u202egnp.exe\u2066 \u200b x',
  'deploy \x1b[2J\r',
  `deploy ${'x'.repeat(100_000)} rm -rf /`,
  'deploy \ud800 \udfff',
]

for (const command of HOSTILE) {
  test(`F13 the page shows ${JSON.stringify(command.slice(0, 40))} as what it is`, async () => {
    const one = await linked('decide', POLICY, command)
    const page = await (await one.request(await one.link())).text()
    assert.equal(page.match(/<form/g)!.length, 1)
    assert.ok(!page.includes('<script'))
    assert.ok(!/[\u202a-\u202e\u2066-\u2069\u200b]/.test(page))
    assert.ok(!page.includes('\x1b'))
    // All of it stands there, however long.
    if (command.length > 1000) assert.ok(page.includes(`${'x'.repeat(100_000)} rm -rf /`))
  })
}

test('what previews do decides nothing: GET, HEAD, other methods, and forms without the page', async () => {
  const one = await linked()
  const link = await one.link()
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']) {
    const { status } = await one.request(link, { method })
    assert.equal(status, ['GET', 'HEAD'].includes(method) ? 200 : 405)
  }
  for (const form of ['', '0'.repeat(32)]) {
    const { status } = await one.request(link, posted(form, 'approve'))
    assert.equal(status, form === '' ? 400 : 403)
  }
  assert.equal(one.one.approvals.get(one.id)!.status, 'pending')
})

test('an answer by the form; a second one is 410, and the page says what became of it', async () => {
  const one = await linked()
  const link = await one.link()
  const form = formIn(await (await one.request(link)).text())
  const same = { origin: PLACE, 'sec-fetch-site': 'same-origin' }
  const denied = await one.request(link, posted(form, 'deny', same))
  assert.equal(denied.status, 200)
  assert.match(await denied.text(), /This question is denied/)
  assert.equal((await one.request(link, posted(form, 'approve', same))).status, 410)
  const after = await (await one.request(link)).text()
  assert.equal(formIn(after), '')
  assert.equal((await one.waiting).answer.allowed, false)
})

const FOREIGN: readonly Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { origin: 'http://127.0.0.1:3000' },
  { origin: 'null', 'sec-fetch-site': 'cross-site' },
  { origin: PLACE, 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-dest': 'iframe', 'sec-fetch-mode': 'navigate' },
  { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
]

for (const headers of FOREIGN) {
  test(`F19 another page's form is refused: ${JSON.stringify(headers)}`, async () => {
    const one = await linked()
    const link = await one.link()
    const form = formIn(await (await one.request(link)).text())
    assert.equal((await one.request(link, posted(form, 'approve', headers))).status, 403)
    assert.equal((await one.request(link, posted(form, 'approve'))).status, 200)
  })
}

test('links are for browsers: not over the socket, not under another name', async () => {
  const one = await linked()
  const link = await one.link()
  assert.equal((await one.request(link, {}, 'socket')).status, 403)
  const other = link.replace('127.0.0.1', 'evil.example')
  assert.equal((await one.request(other)).status, 421)
})

test('a form that is none, or too much of one, is refused', async () => {
  const one = await linked()
  const link = await one.link()
  const form = formIn(await (await one.request(link)).text())
  const type = 'application/x-www-form-urlencoded'
  const bodies: readonly (readonly [string, string, number])[] = [
    ['application/json', '{}', 415],
    [type, `form=${form}&answer=always`, 400],
    [type, `form=${form}&answer=approve&answer=deny`, 400],
    [type, `form=${form}&answer=approve&scope=always`, 400],
    [type, `form=${form}&answer=approve&x=${'x'.repeat(1000)}`, 413],
    [type, '', 400],
  ]
  for (const [contentType, body, status] of bodies) {
    const init = { method: 'POST', headers: { 'content-type': contentType }, body }
    assert.equal((await one.request(link, init)).status, status, body.slice(0, 80))
  }
  assert.equal(one.one.approvals.get(one.id)!.status, 'pending')
})

test('no link of ours: 404, whatever it looks like', async () => {
  const one = await linked()
  for (const token of ['x', 'a.b', '..', '%2e%2e', 'A'.repeat(5000), '%ff', '%00']) {
    const { status } = await one.request(`${PLACE}/approve/${token}`)
    assert.equal(status, 404, token)
  }
})

test('what a call would change is shown as lines that go and come', () => {
  assert.deepEqual(changesOf({ params: { old_string: 'a\nb\nc', new_string: 'a\nB\nc' } }), [
    { label: 'What it would change', gone: ['b'], come: ['B'] },
  ])
  assert.deepEqual(changesOf({ params: { path: '/x', content: '1\n2' } }), [
    { label: 'What it would write', gone: [], come: ['1', '2'] },
  ])
  const edits = [{ old_str: 'x', new_str: '' }, 'no edit', null]
  assert.deepEqual(changesOf({ params: { edits } }).map(({ gone }) => gone), [['x']])
  assert.deepEqual(changesOf({ params: { command: 'ls' } }), [])
})
