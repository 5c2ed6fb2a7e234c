import type {
  OpenAPIObject,
  OperationObject,
  ParameterObject,
  ResponseObject,
  SchemaObject,
} from 'openapi3-ts/oas31'
import { z } from 'zod'
import { type ProblemCode, PROBLEMS } from '../errors.ts'
import * as requests from './requests.ts'
import { RuleRequest } from './requests-rule.ts'
import type { Described, Route } from './route.ts'
import * as schemas from './schemas.ts'
import * as approvalSchemas from './schemas-approval.ts'
import { Execution } from './schemas-execution.ts'
import { ExecutionLine } from './schemas-line.ts'
import * as people from './schemas-people.ts'
import * as ruleSchemas from './schemas-rule.ts'
import { ROUTES } from './table.ts'

const NDJSON = 'application/x-ndjson'
const uri = (id: string) => `#/components/schemas/${id}`

/** Every schema that has a name, by what it is. */
const NAMED: ReadonlyMap<z.ZodType, string> = new Map(
  Object.entries({
    ...schemas,
    ...approvalSchemas,
    Execution,
    ExecutionLine,
    ...people,
    ...ruleSchemas,
    ...requests,
    RuleRequest,
  })
    .filter(([id]) => !id.endsWith('Query'))
    .map(([id, schema]) => [schema, id]),
)

/** The description of the API, OpenAPI 3.1.1. `openapi/openapi.json` is a copy that a test holds to it. */
export function buildDocument(version: string): OpenAPIObject {
  const paths: Record<string, Record<string, OperationObject>> = {}
  for (const route of ROUTES) {
    const operations = paths[route.path] ??= {}
    operations[route.method.toLowerCase()] = operationOf(route)
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Rampart',
      version,
      description: 'Decides what AI agents may do with their tools, and records it.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:9090' }],
    tags: [...new Set(ROUTES.map(({ tag }) => tag))].map((name) => ({ name })),
    security: [],
    paths,
    components: {
      schemas: components(),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A token of `rampart token create`. Over the unix socket none is needed for ' +
            'scope eval.',
        },
      },
    },
  }
}

function operationOf(route: Route): OperationObject {
  const { scopes } = route
  const parameters = parametersOf(route)
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(scopes === 'open' ? {} : { description: `Needs the scope ${scopes.join(' or ')}.` }),
    tags: [route.tag],
    security: scopes === 'open' ? [] : [{ bearer: [...scopes] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.bytes === undefined ? {} : {
      requestBody: {
        description: route.bytes,
        required: true,
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
    }),
    ...(route.body === undefined ? {} : {
      requestBody: {
        required: !route.body.safeParse({}).success,
        content: { 'application/json': { schema: reference(route.body) } },
      },
    }),
    responses: responsesOf(route),
  }
}

function parametersOf({ path, query, reads }: Route): ParameterObject[] {
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]): ParameterObject => ({
    name: name!,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const { properties = {} } = query === undefined ? {} : converted(query)
  const asked = Object.entries(properties).map(([name, schema]): ParameterObject => ({
    name,
    in: 'query',
    schema: schema as SchemaObject,
  }))
  const read = Object.entries(reads ?? {}).map(([name, description]): ParameterObject => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }))
  return [...named, ...asked, ...read]
}

function responsesOf(route: Route): Record<string, ResponseObject> {
  const responses: Record<string, ResponseObject> = {}
  for (const [status, described] of Object.entries(route.replies)) {
    responses[status] = replyOf(described)
  }
  for (const [status, codes] of problemsOf(route)) {
    const content = { 'application/problem+json': { schema: reference(schemas.Problem) } }
    const described = responses[status]
    const description = codes.map((code) => PROBLEMS[code].title).join('; ')
    responses[status] = described === undefined ? { description, content } : {
      ...described,
      description: `${described.description}; or ${description}`,
      content: { ...described.content, ...content },
    }
  }
  return Object.fromEntries(Object.entries(responses).sort(([a], [b]) => Number(a) - Number(b)))
}

function replyOf({ description, schema, headers, types, lines }: Described): ResponseObject {
  return {
    description,
    ...(headers === undefined ? {} : {
      headers: Object.fromEntries(
        Object.entries(headers).map((
          [name, text],
        ) => [name, { description: text, schema: { type: 'string' } }]),
      ),
    }),
    ...(types?.length === 0 ? {} : {
      content: {
        ...Object.fromEntries((types ?? ['application/json']).map((type) => [
          type,
          { schema: NAMED.has(schema) ? reference(schema) : converted(schema) },
        ])),
        ...(lines === undefined ? {} : { [NDJSON]: { schema: reference(lines) } }),
      },
    }),
  }
}

/** The problems a route names, and those its shape implies. */
function problemsOf({ scopes, body, query, path, problems }: Route): Map<string, ProblemCode[]> {
  const implied: ProblemCode[] = ['host_not_ours', 'internal']
  if (scopes !== 'open') implied.push('unauthenticated', 'forbidden')
  if (body !== undefined) {
    implied.push('request_invalid', 'timed_out', 'too_large', 'media_type_unsupported')
  }
  if (query !== undefined || path.includes('{')) implied.push('request_invalid')
  const byStatus = new Map<string, ProblemCode[]>()
  for (const code of new Set([...problems, ...implied])) {
    const status = String(PROBLEMS[code].status)
    byStatus.set(status, [...byStatus.get(status) ?? [], code])
  }
  return byStatus
}

function reference(schema: z.ZodType): SchemaObject {
  const id = NAMED.get(schema)
  if (id === undefined) throw new TypeError('A schema of a route has no name')
  return { $ref: uri(id) } as SchemaObject
}

function components(): Record<string, SchemaObject> {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of NAMED) registry.add(schema, { id })
  const { schemas: all } = z.toJSONSchema(registry, {
    target: 'draft-2020-12',
    io: 'input',
    uri,
    override,
  })
  return Object.fromEntries(
    Object.entries(all).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([id, { $schema: _schema, $id: _id, ...schema }]) => [id, schema as SchemaObject]),
  )
}

function converted(schema: z.ZodType): SchemaObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', override })
  return rest as SchemaObject
}

type Override = NonNullable<z.core.ToJSONSchemaParams['override']>

/** What zod says beyond what readers and generators need: bounds of doubles, patterns of formats. */
const override: Override = ({ jsonSchema }) => {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
  delete jsonSchema.propertyNames
}
