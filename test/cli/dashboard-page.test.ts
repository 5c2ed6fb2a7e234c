import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loginPage, originFor } from '../../src/cli/dashboard-page.ts'

test('a browser is sent to an address that it goes to, and that a policy of content can name', () => {
  for (
    const [url, origin] of [
      ['http://127.0.0.1:9090', 'http://127.0.0.1:9090'],
      ['http://0.0.0.0:9090', 'http://127.0.0.1:9090'],
      ['http://[::]:9090', 'http://localhost:9090'],
      ['http://[::1]:9090', 'http://localhost:9090'],
      ['http://10.0.0.7:80', 'http://10.0.0.7'],
    ] as const
  ) assert.equal(originFor(url), origin)
})

test('F40 the page of a login sends its code to our server alone, by a form, never in an address', () => {
  const html = loginPage('http://127.0.0.1:9090', 'c'.repeat(64))
  assert.match(html, /<form method="post" action="http:\/\/127\.0\.0\.1:9090\/dashboard\/login">/)
  const csp = /content-security-policy" content="([^"]+)"/.exec(html)![1]!
  assert.match(
    csp,
    /^default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]{44}'; form-action http:\/\/127\.0\.0\.1:9090$/,
  )
  assert.match(html, /name="referrer" content="no-referrer"/)
  assert.equal(html.split('c'.repeat(64)).length, 2)
})
