import type {
  ParameterObject,
  RequestBodyObject,
  ResponseObject,
  SchemaObject,
} from 'openapi3-ts/oas31'
import { ANSWERS } from '../embedded/answers.ts'
import { type ProblemCode, PROBLEMS } from '../errors.ts'
import { converted, schemaOf } from './openapi-schema.ts'
import type { Example, Link } from './reference/reference.ts'
import { REFERENCE } from './reference/table.ts'
import type { Described, ReadHeader, Route } from './route.ts'
import * as schemas from './schemas.ts'

const NDJSON = 'application/x-ndjson'

type Params = Readonly<Record<string, { description: string; schema: SchemaObject }>>

/** What stands in paths. */
const PATH_PARAMS: Params = {
  name: {
    description:
      'exec, read, write, fetch, what a host calls them, or the full name of an MCP tool',
    schema: { type: 'string', pattern: '^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,127}$' },
  },
  id: {
    description: 'As a list of them or the answer that made it has it',
    schema: { type: 'string', minLength: 1 },
  },
  format: {
    description: 'The agent whose hook it is, or auto',
    schema: { type: 'string', minLength: 1 },
  },
}

const examplesOf = ({ operationId }: Route): readonly [string, Example][] =>
  Object.entries(REFERENCE[operationId]?.examples ?? {})

export function parametersOf(route: Route): ParameterObject[] {
  const { path, query, reads } = route
  const examples = examplesOf(route).map(([, example]) => example)
  const shown = (of: (example: Example) => unknown): { example?: unknown } => {
    const example = examples.map(of).find((value) => value !== undefined)
    return example === undefined ? {} : { example }
  }
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]): ParameterObject => ({
    name: name!,
    in: 'path',
    required: true,
    ...PATH_PARAMS[name!]!,
    ...shown(({ params }) => params?.[name!]),
  }))
  const { properties = {} } = query === undefined ? {} : converted(query)
  const asked = Object.entries(properties).map(([name, schema]): ParameterObject => ({
    name,
    in: 'query',
    schema: schema as SchemaObject,
    ...shown((example) => example.query?.[name]),
  }))
  const read = Object.entries(reads ?? {}).map(([name, header]): ParameterObject => ({
    name,
    in: 'header',
    ...headerOf(header),
    ...shown(({ headers }) => headers?.[name]),
  }))
  return [...named, ...asked, ...read]
}

function headerOf(header: ReadHeader): Pick<ParameterObject, 'description' | 'schema'> {
  if (typeof header === 'string') return { description: header, schema: { type: 'string' } }
  return { description: header.description, schema: header.schema as SchemaObject }
}

export function requestBodyOf(route: Route): { requestBody?: RequestBodyObject } {
  const examples = examplesOf(route).filter(([, { body }]) => body !== undefined)
    .map(([name, { summary, body }]) => [name, { summary, value: body }] as const)
  const shown = examples.length === 0 ? {} : { examples: Object.fromEntries(examples) }
  if (route.bytes !== undefined) {
    const media = { schema: { type: 'string', format: 'binary' } as SchemaObject, ...shown }
    const content = { 'application/octet-stream': media }
    return { requestBody: { description: route.bytes, required: true, content } }
  }
  if (route.body === undefined) return {}
  const content = { 'application/json': { schema: schemaOf(route.body), ...shown } }
  return { requestBody: { required: !route.body.safeParse({}).success, content } }
}

export function responsesOf(route: Route): Record<string, ResponseObject> {
  const responses: Record<string, ResponseObject> = {}
  const links = REFERENCE[route.operationId]?.links ?? {}
  for (const [status, described] of Object.entries(route.replies)) {
    responses[status] = {
      ...replyOf(described, answersOf(route, Number(status))),
      ...linksOf(links[Number(status)]),
    }
  }
  for (const [status, codes] of problemsOf(route)) {
    const examples = Object.fromEntries(
      codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
    )
    const content = {
      'application/problem+json': { schema: schemaOf(schemas.Problem), examples },
    }
    const described = responses[status]
    const description = codes.map((code) => PROBLEMS[code].title).join('; ')
    responses[status] = {
      ...(described === undefined ? { description, content } : {
        ...described,
        description: `${described.description}; or ${description}`,
        content: { ...described.content, ...content },
      }),
      // No other code comes with this status.
      'x-problem-codes': codes,
    }
  }
  return Object.fromEntries(Object.entries(responses).sort(([a], [b]) => Number(a) - Number(b)))
}

type Answers = Readonly<Record<string, { summary: string; value: unknown }>>

let answers: Readonly<Record<string, unknown>> | undefined

/** What the examples of one status were answered with, when they were last sent. */
function answersOf(route: Route, status: number): Answers {
  return Object.fromEntries(
    examplesOf(route).flatMap(([name, { summary, status: its }]) => {
      answers ??= JSON.parse(ANSWERS) as Readonly<Record<string, unknown>>
      const value = answers[`${route.operationId}.${name}`]
      return its === status && value !== undefined ? [[name, { summary, value }]] : []
    }),
  )
}

function replyOf(
  { description, schema, headers, types, lines }: Described,
  answers: Answers,
): ResponseObject {
  const examples = Object.keys(answers).length === 0 ? {} : { examples: answers }
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
        ...Object.fromEntries((types ?? ['application/json']).map((type, at) => [
          type,
          { schema: schemaOf(schema), ...(at === 0 ? examples : {}) },
        ])),
        ...(lines === undefined ? {} : { [NDJSON]: { schema: schemaOf(lines) } }),
      },
    }),
  }
}

function linksOf(links: readonly Link[] | undefined): Pick<ResponseObject, 'links'> {
  if (links === undefined) return {}
  return {
    links: Object.fromEntries(links.map(({ operationId, parameter, value }) => [
      operationId,
      { operationId, parameters: { [parameter]: value } },
    ])),
  }
}

/** The problems a route names, and those its shape implies. */
export function problemsOf(
  { scopes, body, bytes, query, path, problems }: Route,
): Map<string, ProblemCode[]> {
  const implied: ProblemCode[] = ['host_not_ours', 'internal']
  if (scopes === 'node') implied.push('unauthenticated')
  // Whose token it is and what is kept of calls is asked of a database, which may not answer.
  else if (scopes !== 'open') implied.push('unauthenticated', 'forbidden', 'unavailable')
  if (body !== undefined) {
    implied.push('request_invalid', 'timed_out', 'too_large', 'media_type_unsupported')
  }
  if (bytes !== undefined) implied.push('timed_out')
  if (query !== undefined || path.includes('{')) implied.push('request_invalid')
  const byStatus = new Map<string, ProblemCode[]>()
  for (const code of new Set([...problems, ...implied])) {
    const status = String(PROBLEMS[code].status)
    byStatus.set(status, [...byStatus.get(status) ?? [], code])
  }
  return byStatus
}
