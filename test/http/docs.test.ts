import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { docsPage } from '../../src/http/docs/page.ts'
import { whoMay } from '../../src/http/openapi.ts'
import { ROUTES } from '../../src/http/table.ts'
import { httpBench } from '../helpers/http.ts'

const document = () =>
  JSON.parse(readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'))

test('the page of the API is for everybody, without script, and loads nothing from elsewhere', async () => {
  const { send } = httpBench()
  const got = await send('/docs', { token: null })
  assert.deepEqual([got.status, got.headers.get('content-type')], [200, 'text/html; charset=utf-8'])
  assert.match(
    got.headers.get('content-security-policy')!,
    /^default-src 'none'; .*style-src 'self'/,
  )
  assert.doesNotMatch(got.text, /<script|<iframe|style=|https?:\/\/(?!127\.0\.0\.1|example)/)
  const style = await send('/docs/docs.css', { token: null })
  assert.deepEqual([style.status, style.headers.get('content-type')], [
    200,
    'text/css; charset=utf-8',
  ])
  assert.equal((await send('/docs', { method: 'POST' })).status, 405)
})

test('every operation and every schema has its anchor, and every link on the page leads to one', () => {
  const { components } = document()
  const page = docsPage(document())
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!)
  assert.equal(new Set(ids).size, ids.length, 'no id twice')
  for (const { operationId } of ROUTES) assert.ok(ids.includes(operationId), operationId)
  for (const name of Object.keys(components.schemas)) {
    assert.ok(ids.includes(`schema-${name}`), name)
  }
  for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(id!), id)
})

test('the page has what the document says: parameters, codes, examples and their answers', () => {
  const page = docsPage(document())
  for (
    const text of [
      'wait=N',
      'approval_settled',
      'deploy --to production',
      'Destructive command blocked',
    ]
  ) {
    assert.ok(page.includes(text), text)
  }
  for (const { scopes } of ROUTES) {
    assert.ok(page.includes(whoMay(scopes)))
  }
})

test('what stands in the document is text on the page, never markup', () => {
  const hostile = document()
  const bad = '<img src=x onerror=alert(1)>'
  hostile.paths['/healthz'].get.summary = bad
  hostile.paths['/healthz'].get.responses[200].content['application/json'].examples.ok.value = {
    bad,
  }
  hostile.components.schemas.Health.properties.version.description = bad
  const page = docsPage(hostile)
  assert.doesNotMatch(page, /<img/)
  assert.equal(page.split('&lt;img').length, 4)
})
