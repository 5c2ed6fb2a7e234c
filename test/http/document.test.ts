import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { VERSION } from '../../src/cli/version.ts'
import { buildDocument } from '../../src/http/openapi.ts'
import { REFERENCE } from '../../src/http/reference/table.ts'
import { ROUTES } from '../../src/http/table.ts'
import { httpBench } from '../helpers/http.ts'

// deno-lint-ignore no-explicit-any
type Any = any

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
  for (const { path, method, scopes, operationId } of ROUTES) {
    const { security, responses } = document.paths[path][method.toLowerCase()]
    const needed = { open: [], node: [{ node: [] }] }
    const expected = typeof scopes === 'string' ? needed[scopes] : [{ bearer: scopes }]
    assert.deepEqual(security, expected, path)
    // Who enrols has a code, and no credential yet.
    assert.equal('401' in responses, scopes !== 'open' || operationId === 'enrollNode', path)
  }
})

test('every operation says what it is for, in more words than its summary, and every tag does', () => {
  const document = JSON.parse(golden)
  assert.deepEqual(
    Object.keys(REFERENCE).sort(),
    ROUTES.map(({ operationId }) => operationId).sort(),
  )
  for (const { path, method, summary } of ROUTES) {
    const { description } = document.paths[path][method.toLowerCase()]
    assert.ok(description.length > summary.length / 2 && description !== summary, path)
  }
  for (const { name, description } of document.tags) assert.ok(description, name)
})

test('every problem comes with the closed list of its codes, each shown', () => {
  const { paths, components } = JSON.parse(golden)
  for (const { path, method } of ROUTES) {
    const { responses } = paths[path][method.toLowerCase()]
    for (const [status, response] of Object.entries<Record<string, Any>>(responses)) {
      const problem = response['content']?.['application/problem+json']
      assert.equal(problem !== undefined, response['x-problem-codes'] !== undefined)
      for (const code of response['x-problem-codes'] ?? []) {
        assert.equal(components.examples[code].value.status, Number(status))
        assert.deepEqual(problem.examples[code], { $ref: `#/components/examples/${code}` })
      }
    }
  }
})

test('a path that is spelled out answers with its own methods, not with those of a place it fits into', async () => {
  const { send } = httpBench()
  for (const [path, allow] of [['bulk-resolve', 'POST'], ['stats', 'GET, HEAD']] as const) {
    const got = await send(`/v1/approvals/${path}`, { method: 'PUT' })
    assert.deepEqual([got.status, got.headers.get('allow')], [405, allow])
  }
})

test('every link leads to an operation, and gives it a parameter that it has', () => {
  const { paths } = JSON.parse(golden)
  const parameters = new Map(ROUTES.map(({ operationId, path, method }) => [
    operationId,
    paths[path][method.toLowerCase()].parameters?.map(({ name }: { name: string }) => name) ?? [],
  ]))
  const links = Object.values<Record<string, Any>>(paths).flatMap((methods) =>
    Object.values<Record<string, Any>>(methods).flatMap(({ responses }) =>
      Object.values<Record<string, Any>>(responses).flatMap(({ links }) =>
        Object.values<Any>(links ?? {})
      )
    )
  )
  assert.ok(links.length > 10)
  for (const { operationId, parameters: given } of links) {
    for (const name of Object.keys(given)) assert.ok(parameters.get(operationId)!.includes(name))
  }
})
