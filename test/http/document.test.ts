import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { VERSION } from '../../src/cli/version.ts'
import { buildDocument } from '../../src/http/openapi.ts'
import { ROUTES } from '../../src/http/table.ts'
import { httpBench } from '../helpers/http.ts'

const golden = readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')

test('openapi/openapi.json is what the routes say: node src/cli.ts openapi > openapi/openapi.json', () => {
  assert.equal(golden, `${JSON.stringify(buildDocument(VERSION), null, 2)}\n`)
})

test('the server hands out the same description, to anybody', async () => {
  const { send } = httpBench()
  const got = await send('/openapi.json', { token: null })
  assert.equal(got.status, 200)
  assert.deepEqual(Object.keys(got.json.paths), Object.keys(buildDocument(VERSION).paths ?? {}))
})

test('every reference in the description leads somewhere, every operation has a name of its own', () => {
  const document = JSON.parse(golden)
  const names = Object.keys(document.components.schemas)
  for (const [, name] of golden.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    assert.ok(names.includes(name!), name)
  }
  const ids = ROUTES.map(({ operationId }) => operationId)
  assert.equal(new Set(ids).size, ids.length)
})

test('what needs a credential says so, with its scopes; what is open says that', () => {
  const document = JSON.parse(golden)
  for (const { path, method, scopes } of ROUTES) {
    const { security, responses } = document.paths[path][method.toLowerCase()]
    assert.deepEqual(security, scopes === 'open' ? [] : [{ bearer: scopes }], path)
    assert.equal('401' in responses, scopes !== 'open', path)
  }
})
