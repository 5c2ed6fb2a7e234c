import { jsx } from 'hono/jsx'
import type { OpenAPIObject, OperationObject, SchemaObject } from 'openapi3-ts/oas31'
import { documentOf, type Node } from '../html.ts'
import { operationSection } from './operation.ts'
import { members, prose, typeOf } from './schema.ts'

interface Place {
  readonly method: string
  readonly path: string
  readonly operation: OperationObject
}

/** The description as a page to read: no script, nothing from elsewhere, an anchor for every operationId and schema. */
export function docsPage(document: OpenAPIObject): string {
  const places = placesOf(document)
  const tags = document.tags ?? []
  const schemas = Object.entries(document.components?.schemas ?? {})
  const of = (tag: string) => places.filter(({ operation }) => operation.tags?.includes(tag))
  return documentOf(`${document.info.title}: HTTP API`, [
    jsx('meta', { name: 'color-scheme', content: 'light dark' }),
    jsx('link', { rel: 'icon', type: 'image/svg+xml', href: '/dashboard/icon.svg' }),
    jsx('link', { rel: 'stylesheet', href: '/dashboard/app.css' }),
    jsx('link', { rel: 'stylesheet', href: '/docs/docs.css' }),
  ], [
    jsx('a', { class: 'skip', href: '#main' }, 'Skip to the page'),
    jsx(
      'div',
      { class: 'docs' },
      jsx(
        'nav',
        { 'aria-label': 'Operations' },
        ...tags.flatMap(({ name }) => contents(name, of(name))),
      ),
      jsx(
        'main',
        { id: 'main' },
        jsx('h1', {}, `${document.info.title} ${document.info.version}`),
        jsx('p', {}, document.info.description ?? ''),
        ...access(document),
        ...tags.flatMap(({ name, description = '' }) => [
          jsx('h2', { id: `tag-${name}` }, name),
          jsx('p', {}, description),
          ...of(name).map(({ method, path, operation }) =>
            operationSection(method, path, operation)
          ),
        ]),
        jsx('h2', { id: 'schemas' }, 'Schemas'),
        jsx('p', {}, 'A member with ? may be absent.'),
        ...schemas.map(([name, schema]) => schemaSection(name, schema as SchemaObject)),
      ),
    ),
  ])
}

function placesOf({ paths = {} }: OpenAPIObject): Place[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, OperationObject>)
      .map(([method, operation]) => ({ method, path, operation }))
  )
}

function contents(tag: string, places: readonly Place[]): Node[] {
  return [
    jsx('h2', {}, jsx('a', { href: `#tag-${tag}` }, tag)),
    jsx(
      'ul',
      {},
      ...places.map(({ operation: { operationId = '' } }) =>
        jsx('li', {}, jsx('a', { href: `#${operationId}` }, operationId))
      ),
    ),
  ]
}

function access({ components }: OpenAPIObject): Node[] {
  const bearer = components?.securitySchemes?.['bearer']
  const said = bearer !== undefined && 'description' in bearer ? bearer.description ?? '' : ''
  return [
    jsx('p', {}, jsx('code', {}, 'Authorization: Bearer …'), '. ', ...prose(said)),
    jsx(
      'p',
      {},
      'The same for programs: ',
      jsx('a', { href: '/openapi.json' }, 'openapi.json'),
      '.',
    ),
  ]
}

function schemaSection(name: string, schema: SchemaObject): Node {
  const rows = members(schema)
  return jsx(
    'section',
    { id: `schema-${name}` },
    jsx('h3', {}, jsx('a', { href: `#schema-${name}` }, name)),
    ...(schema.description === undefined ? [] : [jsx('p', {}, ...prose(schema.description))]),
    rows ?? jsx('p', {}, ...typeOf(schema)),
  )
}
