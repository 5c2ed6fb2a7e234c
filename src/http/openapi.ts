import type {
  ExampleObject,
  OpenAPIObject,
  OperationObject,
  SecurityRequirementObject,
} from 'openapi3-ts/oas31'
import { type ProblemCode, PROBLEMS } from '../errors.ts'
import { parametersOf, problemsOf, requestBodyOf, responsesOf } from './openapi-parts.ts'
import { components } from './openapi-schema.ts'
import { NODE_FIELD } from '../fleet/signed.ts'
import { REFERENCE, TAGS } from './reference/table.ts'
import type { Route } from './route.ts'
import { ROUTES } from './table.ts'

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
    tags: [...new Set(ROUTES.map(({ tag }) => tag))]
      .map((name) => ({ name, description: TAGS[name]! })),
    security: [],
    paths,
    components: {
      schemas: components(),
      examples: problems(),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A token of `rampart token create`. Over the unix socket none is needed for ' +
            'scope eval.',
        },
        node: {
          type: 'apiKey',
          in: 'header',
          name: NODE_FIELD,
          description:
            'Signed by a node: its id, a count that only rises, and the Ed25519 signature.',
        },
      },
    },
  }
}

function operationOf(route: Route): OperationObject {
  const { scopes, operationId } = route
  const parameters = parametersOf(route)
  return {
    operationId,
    summary: route.summary,
    description: `${REFERENCE[operationId]!.description} ${whoMay(scopes)}`,
    tags: [route.tag],
    security: securityOf(scopes),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBodyOf(route),
    responses: responsesOf(route),
  }
}

/** Who may, as every description ends. */
export function whoMay(scopes: Route['scopes']): string {
  if (scopes === 'open') return 'For everybody.'
  return scopes === 'node' ? 'For nodes.' : `Needs the scope ${scopes.join(' or ')}.`
}

export function securityOf(scopes: Route['scopes']): SecurityRequirementObject[] {
  if (scopes === 'open') return []
  return scopes === 'node' ? [{ node: [] }] : [{ bearer: [...scopes] }]
}

/** One for each code that an operation may answer, by its name. */
function problems(): Record<string, ExampleObject> {
  const used = new Set(ROUTES.flatMap((route) => [...problemsOf(route).values()].flat()))
  return Object.fromEntries(
    Object.entries(PROBLEMS).filter(([code]) => used.has(code as ProblemCode)).map((
      [code, { status, title }],
    ) => [code, {
      summary: title,
      value: { type: `urn:rampart:problem:${code}`, title, status, code, errors: [] },
    }]),
  )
}
