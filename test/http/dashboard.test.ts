import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ORIGIN, page } from '../helpers/dashboard.ts'

const FILES = ['/dashboard', '/dashboard/app.js', '/dashboard/app.css', '/dashboard/icon.svg']

test('the shell and its files are open, sealed, and hold nothing inline', async () => {
  const { send } = await page()
  for (const path of FILES) {
    const answer = await send(path)
    assert.equal(answer.status, 200)
    const csp = answer.headers.get('content-security-policy') ?? ''
    assert.match(csp, /default-src 'none'/)
    assert.match(csp, /frame-ancestors 'none'/)
    assert.match(csp, /require-trusted-types-for 'script'/)
    assert.doesNotMatch(csp, /unsafe|\*|https?:|data:/)
    assert.deepEqual(
      [
        'x-content-type-options',
        'referrer-policy',
        'cross-origin-opener-policy',
        'cross-origin-resource-policy',
        'cache-control',
        'access-control-allow-origin',
      ].map((name) => answer.headers.get(name)),
      ['nosniff', 'no-referrer', 'same-origin', 'same-origin', 'no-store', null],
    )
  }
  const html = await (await send('/dashboard')).text()
  assert.match(html, /^<!doctype html><html lang="en">/)
  assert.doesNotMatch(html, /<script>|<style|style=|\son\w+=/)
})

test('a wrong method is 405, another page gets nothing of ours but a page of its own', async () => {
  const { send } = await page()
  assert.equal((await send('/dashboard', { method: 'POST' })).headers.get('allow'), 'GET, HEAD')
  assert.equal((await send('/dashboard/login')).headers.get('allow'), 'POST')
  assert.equal((await send('/dashboard', { method: 'HEAD' })).status, 200)
  const from = (site: string, mode: string, dest: string) => ({
    headers: { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest },
  })
  const link = from('cross-site', 'navigate', 'document')
  assert.equal((await send('/dashboard', link)).status, 200)
  for (const site of ['cross-site', 'same-site']) {
    const frame = from(site, 'navigate', 'iframe')
    assert.equal((await send('/dashboard', frame)).status, 403)
    assert.equal((await send('/dashboard/app.js', from(site, 'no-cors', 'script'))).status, 403)
  }
  assert.equal((await send('http://evil.example/dashboard')).status, 421)
})

test('F40 the code is exchanged for a cookie and a secret; the cookie is sealed', async () => {
  const { post, code } = await page()
  const answer = await post(await code())
  assert.equal(answer.status, 200)
  assert.match(
    answer.headers.get('set-cookie') ?? '',
    /^rampart_session_9090_[0-9a-f]{16}=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
  )
  assert.match(
    await answer.text(),
    /<meta name="rampart-session" content="[0-9a-f]{16}\.[0-9a-f]{64}"/,
  )
})

test('F40 no page of another origin logs in, no wrong or second code does', async () => {
  const { post, code, bench } = await page()
  for (const origin of ['http://127.0.0.1:3000', 'http://localhost:9090', 'https://evil.example']) {
    assert.equal((await post(await code(), { origin })).status, 403)
  }
  assert.equal((await post(await code(), { 'sec-fetch-dest': 'iframe' })).status, 403)
  assert.equal((await post(await code(), { 'sec-fetch-mode': 'cors' })).status, 403)
  const good = await code()
  for (const wrong of ['', 'x', good.toUpperCase() + '0', `${good}&a=b`, '0'.repeat(64)]) {
    const answer = await post(wrong)
    assert.deepEqual([answer.status, answer.headers.get('set-cookie')], [403, null])
  }
  assert.equal((await post('0'.repeat(300))).status, 413)
  assert.equal((await post(good, { 'content-type': 'text/plain' })).status, 415)
  assert.equal((await post(good)).status, 200)
  assert.equal((await post(good)).status, 403)
  assert.ok(bench.trail.some(({ kind, via }) => kind === 'alert' && via === 'dashboard'))
  assert.ok(bench.trail.some(({ kind, via }) => kind === 'auth_failure' && via === 'dashboard'))
})

test('a page with both halves calls the API as the person, and the trail says by what', async () => {
  const { send, login, bench } = await page()
  const held = await login()
  assert.equal((await send('/v1/status', { headers: held })).status, 200)
  const headers = { ...held, origin: ORIGIN, 'content-type': 'application/json' }
  const body = JSON.stringify({ agent: 'a', session: 's', params: { command: 'ls' } })
  assert.equal((await send('/v1/preflight/exec', { method: 'POST', headers, body })).status, 200)
  const { principal, via } = bench.trail.at(-1)!
  assert.deepEqual([principal, via], ['admin', 'dashboard'])
})

test('F9 the cookie alone authorises nothing, nor does the secret', async () => {
  const { send, login } = await page()
  const held = await login()
  const { cookie, 'x-rampart-session': secret } = held
  for (
    const headers of [
      { cookie },
      { 'x-rampart-session': secret },
      { cookie, 'x-rampart-session': '0'.repeat(64) },
      { cookie, 'x-rampart-session': secret.replace(/\..*/, `.${'0'.repeat(64)}`) },
      { cookie, 'x-rampart-session': `${'0'.repeat(16)}${secret.slice(16)}` },
      { cookie: cookie.replace('9090', '3000'), 'x-rampart-session': secret },
      { cookie: `${cookie}; ${cookie.slice(0, 50)}`, 'x-rampart-session': secret },
      { cookie, 'x-rampart-session': secret, authorization: 'Bearer wrong' },
    ] as Record<string, string>[]
  ) {
    assert.equal((await send('/v1/status', { headers })).status, 401, JSON.stringify(headers))
  }
  const socket = await send('/v1/status', { headers: held }, { transport: 'socket', uid: 1 })
  assert.equal(socket.status, 403)
})

test('F9 a thief on another port holds the cookie, and even the secret, for nothing', async () => {
  const { send, login } = await page()
  const held = await login()
  const body = JSON.stringify({ approved: true })
  const json = { ...held, 'content-type': 'application/json' }
  for (
    const headers of [
      { ...json, origin: 'http://127.0.0.1:3000' },
      { ...json, origin: 'http://localhost:9090' },
      { ...json, origin: 'null' },
      json,
      { ...json, origin: ORIGIN, 'sec-fetch-site': 'same-site' },
      { ...json, origin: ORIGIN, 'sec-fetch-site': 'cross-site' },
    ]
  ) {
    const sent = { method: 'POST', headers, body }
    const answer = await send('/v1/approvals/X/resolve', sent)
    assert.equal(answer.status, 401, JSON.stringify(headers))
  }
  const get = { headers: { ...held, 'sec-fetch-site': 'same-site' } }
  assert.equal((await send('/v1/approvals', get)).status, 401)
  assert.equal((await send('http://localhost:9090/v1/approvals', { headers: held })).status, 401)
  assert.equal((await send('/v1/approvals', { method: 'OPTIONS', headers: held })).status, 405)
})

test('a session that is ended answers nothing more', async () => {
  const { send, login } = await page()
  const held = await login()
  const headers = { ...held, origin: ORIGIN, 'content-type': 'application/json' }
  const { sessions } = await (await send('/v1/dashboard/sessions', { headers: held })).json()
  assert.deepEqual(sessions.map(({ current }: { current: boolean }) => current), [true])
  const out = await send('/v1/dashboard/logout', { method: 'POST', headers, body: '{}' })
  assert.deepEqual([out.status, await out.json()], [200, { ended: 1 }])
  assert.match(out.headers.get('set-cookie') ?? '', /^rampart_session_9090_\w+=; .*Max-Age=0$/)
  assert.equal((await send('/v1/status', { headers: held })).status, 401)
})

test('a session opens no other one', async () => {
  const { send, login } = await page()
  const headers = { ...await login(), origin: ORIGIN, 'content-type': 'application/json' }
  const answer = await send('/v1/dashboard/logins', { method: 'POST', headers, body: '{}' })
  assert.equal(answer.status, 403)
})

test('each tab has a session of its own: a second login leaves the first one as it is', async () => {
  const { send, login } = await page()
  const [one, two] = [await login(), await login()]
  const cookie = `${one.cookie}; ${two.cookie}`
  for (const held of [one, two]) {
    assert.equal((await send('/v1/status', { headers: { ...held, cookie } })).status, 200)
  }
  const crossed = { cookie: one.cookie, 'x-rampart-session': two['x-rampart-session'] }
  assert.equal((await send('/v1/status', { headers: crossed })).status, 401)
})

test('what answers is the dashboard, whatever it says; no token claims to be it', async () => {
  const { send, login, bench } = await page()
  const json = { 'content-type': 'application/json' }
  const bearer = { ...json, authorization: 'Bearer admin-token' }
  const call = JSON.stringify({ agent: 'a', session: 's', params: { command: 'deploy' } })
  const asked = await send('/v1/tool/exec', {
    method: 'POST',
    headers: { ...bearer, prefer: 'respond-async' },
    body: call,
  })
  const { approval_id: id } = await asked.json()
  const resolve = (headers: Record<string, string>, body: unknown) =>
    send(`/v1/approvals/${id}/resolve`, { method: 'POST', headers, body: JSON.stringify(body) })
  const claimed = await resolve(bearer, { approved: true, channel: 'dashboard' })
  assert.equal(claimed.status, 400)
  const headers = { ...await login(), ...json, origin: ORIGIN }
  const answer = await (await resolve(headers, { approved: true, channel: 'cli' })).json()
  assert.deepEqual([answer.status, answer.channel], ['approved', 'dashboard'])
  const { principal, via } = bench.trail.findLast(({ kind }) => kind === 'approval')!
  assert.deepEqual([principal, via], ['admin', 'dashboard'])
})
