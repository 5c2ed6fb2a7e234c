import assert from 'node:assert/strict'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { VERSION } from '../../src/cli/version.ts'
import { buildDocument } from '../../src/http/openapi.ts'

type Json = Record<string, unknown>

interface Response {
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>
  readonly headers?: Readonly<Record<string, unknown>>
  readonly 'x-problem-codes'?: readonly string[]
}

interface Operation {
  readonly operationId: string
  readonly responses: Readonly<Record<string, Response>>
}

const document = JSON.parse(JSON.stringify(buildDocument(VERSION))) as {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Json> }
}

/** The schemas with no room for a member that they do not name: a server says nothing that is not described. */
function strictly(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strictly)
  if (schema === null || typeof schema !== 'object') return schema
  const own = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, strictly(value)]),
  )
  const isOpen = own['type'] !== 'object' || own['properties'] === undefined ||
    own['additionalProperties'] !== undefined
  return isOpen ? own : { ...own, additionalProperties: false }
}

const ajv = new Ajv2020({ strict: false, allErrors: true })
formats.default(ajv)
ajv.addSchema({ $id: 'document', components: strictly(document.components) })

const compiled = new Map<string, ValidateFunction>()

function validatorOf(place: string, schema: Json): ValidateFunction {
  const known = compiled.get(place)
  if (known !== undefined) return known
  const text = JSON.stringify(strictly(schema)).replaceAll('"#/components', '"document#/components')
  const made = ajv.compile(JSON.parse(text))
  compiled.set(place, made)
  return made
}

const PATHS = Object.keys(document.paths).map((path) => ({
  path,
  places: path.split('{').length,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`),
})).sort((a, b) => a.places - b.places)

/** What every path may answer whatever is asked of it, without a word in the description of each operation. */
const ANYWHERE = new Set(['host_not_ours', 'internal', 'method_not_allowed', 'headers_too_large'])

export interface Answered {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly text: string
}

/** Hold an answer to the description: status, type, header fields, body and code of the problem. */
export function checkAnswer(method: string, pathname: string, answer: Answered): void {
  const { status, headers, text } = answer
  const type = (headers.get('content-type') ?? '').split(';')[0]!
  const found = PATHS.find(({ pattern }) => pattern.test(pathname))
  const place = `${method} ${pathname} → ${status}`
  if (found === undefined) return
  const operations = document.paths[found.path]!
  const operation = operations[method === 'HEAD' ? 'get' : method.toLowerCase()]
  if (type === 'application/problem+json') {
    return problem(place, text, method, operation?.responses[String(status)])
  }
  assert.ok(operation, `${place}: no such operation, and no problem: ${text}`)
  const described = operation.responses[String(status)]
  assert.ok(described, `${place}: the status is not described: ${text}`)
  for (const name of Object.keys(described.headers ?? {})) {
    assert.ok(headers.get(name) !== null || name === 'preference-applied', `${place}: ${name}`)
  }
  if (described.content === undefined) return assert.equal(text, '', place)
  const media = described.content[type]
  assert.ok(media, `${place}: ${type} is not described`)
  if (method === 'HEAD') return
  if (type === 'application/json') {
    valid(validatorOf(`${found.path} ${method} ${status}`, media.schema), JSON.parse(text), place)
  }
}

function problem(place: string, text: string, method: string, described?: Response): void {
  if (method === 'HEAD') return
  const body = JSON.parse(text) as { code: string }
  const schema = { $ref: '#/components/schemas/Problem' }
  valid(validatorOf('problem', schema), body, place)
  const codes = described?.['x-problem-codes'] ?? []
  assert.ok(
    codes.includes(body.code) || ANYWHERE.has(body.code),
    `${place}: ${body.code} is not described`,
  )
}

function valid(validate: ValidateFunction, value: unknown, place: string): void {
  if (validate(value)) return
  assert.fail(
    `${place}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value).slice(0, 2000)}`,
  )
}
