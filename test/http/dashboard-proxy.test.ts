import assert from 'node:assert/strict'
import { test } from 'node:test'
import { page } from '../helpers/dashboard.ts'

const PUBLIC = 'https://rampart.example.com'
/** As a proxy hands it on: plain, under the name that the browser has. */
const BEHIND = 'http://rampart.example.com'
const settings = { publicUrl: PUBLIC, hosts: ['rampart.example.com'] }

const policies = (headers: Record<string, string>) => ({ headers })

test('behind a proxy that ends TLS the dashboard opens under public_url', async () => {
  const { send, post, code } = await page(settings)
  const answer = await post(await code(), {}, BEHIND)
  assert.equal(answer.status, 200)
  const cookie = answer.headers.get('set-cookie') ?? ''
  assert.match(
    cookie,
    /^rampart_session_443_[0-9a-f]{16}=.*; HttpOnly; SameSite=Strict; .*; Secure$/,
  )
  assert.match(answer.headers.get('strict-transport-security') ?? '', /max-age/)
  const secret = /content="([0-9a-f.]{81})"/.exec(await answer.text())![1]!
  const proof = { cookie: /^[^;]+/.exec(cookie)![0], 'x-rampart-session': secret }
  const own = { ...proof, origin: PUBLIC, 'sec-fetch-site': 'same-origin' }
  assert.equal((await send(`${BEHIND}/v1/policies`, policies(own))).status, 200)
  for (
    const origin of [BEHIND, 'https://rampart.example.com:8443', 'https://evil.example', 'null']
  ) {
    const answer = await send(`${BEHIND}/v1/policies`, policies({ ...own, origin }))
    assert.equal(answer.status, 401, origin)
  }
  const gone = await send(`${BEHIND}/v1/dashboard/logout`, {
    method: 'POST',
    headers: { ...own, 'content-type': 'application/json' },
    body: '{}',
  })
  assert.match(gone.headers.get('set-cookie') ?? '', /^rampart_session_443_/)
})

test('a session counts under the address it was opened on alone', async () => {
  const { send, login } = await page(settings)
  const [far, near] = [await login(BEHIND), await login()]
  assert.equal((await send(`${BEHIND}/v1/policies`, policies(far))).status, 200)
  assert.equal((await send('/v1/policies', policies(far))).status, 401)
  assert.equal((await send('/v1/policies', policies(near))).status, 200)
  assert.equal((await send(`${BEHIND}/v1/policies`, policies(near))).status, 401)
})

test('no header makes a request one of https, and without public_url nothing does', async () => {
  const said = { 'x-forwarded-proto': 'https', forwarded: 'proto=https', origin: PUBLIC }
  for (const one of [settings, { hosts: ['rampart.example.com'] }]) {
    const { send, post, code } = await page(one)
    const plain = await post(await code(), { ...said, origin: 'null' })
    assert.doesNotMatch(plain.headers.get('set-cookie') ?? '', /Secure/)
    const { status } = await send('/dashboard/login', {
      method: 'POST',
      headers: { ...said, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'code=',
    })
    assert.equal(status, 403)
  }
  const { login, post, code } = await page({ hosts: ['rampart.example.com'] })
  assert.equal((await post(await code(), { origin: PUBLIC }, BEHIND)).status, 403)
  assert.match((await login(BEHIND)).cookie, /^rampart_session_80_/)
})

test('public_url with a port of its own is that port', async () => {
  const { post, code } = await page({
    publicUrl: 'https://rampart.example.com:8443',
    hosts: ['rampart.example.com:8443'],
  })
  const answer = await post(await code(), {}, 'http://rampart.example.com:8443')
  assert.match(answer.headers.get('set-cookie') ?? '', /^rampart_session_8443_.*; Secure$/)
})
