import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { ANSWERS } from '../../src/embedded/answers.ts'
import { REFERENCE } from '../../src/http/reference/table.ts'
import { ROUTES } from '../../src/http/table.ts'
import { checkAnswer } from '../helpers/described.ts'
import { eventsOf, sendExamples, shownOf } from '../helpers/examples.ts'
import { httpBench } from '../helpers/http.ts'

/** The schema with no room for a key that it does not describe. */
function strictly(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject ? z.strictObject(schema.shape) : schema
}

test('every example of the description gets the status it says, and an answer as described', async () => {
  const kept = JSON.parse(ANSWERS) as Record<string, unknown>
  const seen = new Set<string>()
  await sendExamples((sent) => {
    const { name, route: { method, operationId, replies }, example, path, response, text } = sent
    const place = `${operationId}.${name}`
    seen.add(place)
    assert.equal(response.status, example.status, `${place}: ${text}`)
    checkAnswer(method, path.split('?')[0]!, {
      status: response.status,
      headers: response.headers,
      text,
    })
    const described = replies[response.status]
    if (described !== undefined) {
      for (const value of valuesOf(operationId, described.types, text)) {
        const parsed = strictly(described.schema).safeParse(value)
        assert.ok(parsed.success, `${place}: ${parsed.error?.message} in ${text}`)
      }
    }
    assert.deepEqual(shownOf(sent), kept[place], `${place}: node scripts/answers.ts`)
  })
  const all = Object.entries(REFERENCE).flatMap(([id, { examples }]) =>
    Object.keys(examples).map((name) => `${id}.${name}`)
  )
  assert.deepEqual([...seen].sort(), all.sort())
  for (const { operationId } of ROUTES) {
    assert.ok(
      all.some((place) => place.startsWith(`${operationId}.`)),
      `${operationId}: no example`,
    )
  }
  assert.deepEqual(Object.keys(kept).filter((place) => !seen.has(place)), [])
})

function valuesOf(
  operationId: string,
  types: readonly string[] | undefined,
  text: string,
): unknown[] {
  if (operationId === 'streamEvents') return eventsOf(text)
  return [types === undefined ? JSON.parse(text) : text]
}

const HEALTH = {
  status: 'ok',
  service: 'rampart',
  version: '1',
  mode: 'enforce',
  uptime_seconds: 1,
  policy: { hash: '', loaded_at: '2027-01-15T08:00:00.000Z', files: [], policies: 0, faults: [] },
  bundle: null,
}
const PROBLEM = { type: 'urn', title: 't', status: 404, code: 'not_found', errors: [] }

const WRONG:
  readonly (readonly [what: string, path: string, status: number, type: string, body: unknown])[] =
    [
      ['a member that is not described', '/healthz', 200, 'json', { ...HEALTH, more: 1 }],
      ['such a member further in', '/healthz', 200, 'json', {
        ...HEALTH,
        policy: { ...HEALTH.policy, more: 1 },
      }],
      ['a member that is missing', '/healthz', 200, 'json', { ...HEALTH, mode: undefined }],
      ['a value of another type', '/healthz', 200, 'json', { ...HEALTH, uptime_seconds: '1' }],
      ['a time that is none', '/healthz', 200, 'json', {
        ...HEALTH,
        policy: { ...HEALTH.policy, loaded_at: 'now' },
      }],
      ['a status that is not described', '/healthz', 201, 'json', HEALTH],
      ['a type that is not described', '/healthz', 200, 'xml', HEALTH],
      ['a problem that the operation does not name', '/v1/status', 404, 'problem+json', PROBLEM],
      ['a code that is on no list', '/v1/approvals/x', 404, 'problem+json', {
        ...PROBLEM,
        code: 'x',
      }],
    ]

for (const [what, path, status, type, body] of WRONG) {
  test(`an answer with ${what} fails the test that got it`, () => {
    const headers = new Headers({ 'content-type': `application/${type}` })
    assert.throws(() => checkAnswer('GET', path, { status, headers, text: JSON.stringify(body) }))
  })
}

test('what is as described passes', () => {
  const headers = new Headers({ 'content-type': 'application/json' })
  checkAnswer('GET', '/healthz', { status: 200, headers, text: JSON.stringify(HEALTH) })
})

test('no request whatever is answered with 500', async () => {
  const { send, logged } = httpBench()
  const paths = fc.constantFrom(...ROUTES.map(({ path }) => path), '/', '/v1/tool/%00', '/%', '/?a')
  const methods = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH')
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.jsonValue().map((value) => new TextEncoder().encode(JSON.stringify(value))),
    fc.record({ agent: fc.jsonValue(), session: fc.jsonValue(), params: fc.jsonValue() })
      .map((value) => new TextEncoder().encode(JSON.stringify(value))),
  )
  await fc.assert(fc.asyncProperty(paths, methods, bodies, async (path, method, body) => {
    const bodiless = method === 'GET' || method === 'HEAD'
    const got = await send(path, { method, ...(bodiless ? {} : { body }) })
    assert.ok(got.status < 500, `${got.status} ${got.text}`)
  }))
  assert.deepEqual(logged, [])
})
