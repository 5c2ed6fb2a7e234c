import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { onlyOn } from '../helpers/runtime.ts'

const OPENAPI = fileURLToPath(new URL('../../openapi', import.meta.url))
const RELEASED = join(OPENAPI, 'released')
const CURRENT = join(OPENAPI, 'openapi.json')

const skip = missing()

/** Why it is not run here; CI has the program. */
function missing(): string | false {
  const elsewhere = onlyOn('node', 'the description is the same')
  if (elsewhere) return elsewhere
  if (spawnSync('oasdiff', ['--version']).status === 0) return false
  assert.equal(process.env['CI'], undefined, 'CI needs oasdiff')
  return 'needs oasdiff on the path: openapi/released/README.md'
}

function newest(): string {
  const versions = readdirSync(RELEASED).filter((name) => name.endsWith('.json'))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  assert.ok(versions.length > 0)
  return join(RELEASED, versions.at(-1)!)
}

/** What would break a program that was written for the description before; its names. */
function breaking(before: string, after: string): string[] {
  const levels = join(RELEASED, 'levels.txt')
  const argv = ['breaking', before, after, '--fail-on', 'WARN', '--format', 'json']
  const ran = spawnSync('oasdiff', [...argv, '--severity-levels', levels], { encoding: 'utf8' })
  assert.equal(ran.stderr, '')
  const found = JSON.parse(ran.stdout || '[]') as { id: string }[]
  assert.equal(ran.status, found.length === 0 ? 0 : 1, 'fails where it finds something')
  return [...new Set(found.map(({ id }) => id))]
}

test('nothing breaks programs that were written for the last release', { skip }, () => {
  assert.deepEqual(breaking(newest(), CURRENT), [])
})

// deno-lint-ignore no-explicit-any
type Any = any

const events = (document: Any) => document.paths['/v1/audit/events'].get.parameters
const schema = (document: Any, name: string) => document.components.schemas[name]

/** Each breaks somebody: an edit of the description, and what it is called. */
const CHANGES: readonly (readonly [what: string, edit: (document: Any) => void, id: string])[] = [
  [
    'an operation is gone',
    (it) => delete it.paths['/v1/status'].get,
    'api-removed-without-deprecation',
  ],
  [
    'a path is gone',
    (it) => delete it.paths['/v1/rules/preview'],
    'api-path-removed-without-deprecation',
  ],
  ['an operation has another name', (it) => {
    it.paths['/v1/status'].get.operationId = 'status'
  }, 'api-operation-id-removed'],
  ['a request needs one member more', (it) => {
    schema(it, 'CallRequest').required.push('cwd')
  }, 'request-property-became-required'],
  ['a member is refused from now on', (it) => {
    delete schema(it, 'CallRequest').properties.cwd
  }, 'request-property-removed'],
  ['a member of a request has another type', (it) => {
    schema(it, 'CallRequest').properties.agent.type = 'integer'
  }, 'request-property-type-changed'],
  ['fewer words are accepted', (it) => {
    schema(it, 'ResolveRequest').properties.scope.pattern = '^(?:once)$'
  }, 'request-property-pattern-changed'],
  ['a member of an answer is gone', (it) => {
    const decision = schema(it, 'Decision')
    delete decision.properties.policy
    decision.required = decision.required.filter((name: string) => name !== 'policy')
  }, 'response-required-property-removed'],
  ['a member of an answer may be absent', (it) => {
    const decision = schema(it, 'Decision')
    decision.required = decision.required.filter((name: string) => name !== 'allowed')
  }, 'response-property-became-optional'],
  ['a member of an answer has another type', (it) => {
    schema(it, 'Decision').properties.allowed.type = 'string'
  }, 'response-property-type-changed'],
  ['a word more is answered', (it) => {
    schema(it, 'Action').enum.push('maybe')
  }, 'response-property-enum-value-added'],
  ['a status is gone', (it) => {
    delete it.paths['/v1/tool/{name}'].post.responses[202]
  }, 'response-success-status-removed'],
  ['a header field of an answer is gone', (it) => {
    delete it.paths['/v1/tool/{name}'].post.responses[202].headers.location
  }, 'optional-response-header-removed'],
  ['an answer has another type', (it) => {
    const { content } = it.paths['/metrics'].get.responses[200]
    content['text/html'] = content['text/plain']
    delete content['text/plain']
  }, 'response-media-type-removed'],
  ['a parameter is needed', (it) => {
    events(it).push({ name: 'q', in: 'query', required: true, schema: { type: 'string' } })
  }, 'new-required-request-parameter'],
  ['a parameter is refused from now on', (it) => events(it).shift(), 'request-parameter-removed'],
  ['a parameter has a lower limit', (it) => {
    events(it)[0].schema.maximum = 10
  }, 'request-parameter-max-decreased'],
  ['what was open needs a token', (it) => {
    it.paths['/healthz'].get.security = [{ bearer: ['audit'] }]
  }, 'api-security-anonymous-access-removed'],
  ['another scope is needed', (it) => {
    it.paths['/v1/status'].get.security = [{ bearer: ['admin'] }]
  }, 'api-security-scope-added'],
]

for (const [what, edit, id] of CHANGES) {
  test(`the gate stops a change: ${what}`, { skip }, () => {
    const dir = mkdtempSync(join(tmpdir(), 'rampart-released-'))
    try {
      const document = JSON.parse(readFileSync(CURRENT, 'utf8'))
      edit(document)
      const file = join(dir, 'openapi.json')
      writeFileSync(file, JSON.stringify(document))
      const found = breaking(CURRENT, file)
      assert.ok(found.includes(id), found.join(', '))
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })
}

test('what is added for those who want it breaks nobody', { skip }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-released-'))
  try {
    const document = JSON.parse(readFileSync(CURRENT, 'utf8'))
    document.paths['/v2/x'] = {
      get: { operationId: 'x', responses: { 200: { description: 'x' } } },
    }
    schema(document, 'CallRequest').properties.more = { type: 'string' }
    schema(document, 'Decision').properties.more = { type: 'string' }
    const file = join(dir, 'openapi.json')
    writeFileSync(file, JSON.stringify(document))
    assert.deepEqual(breaking(CURRENT, file), [])
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
