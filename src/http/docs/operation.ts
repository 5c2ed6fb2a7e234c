import { jsx } from 'hono/jsx'
import type {
  ExampleObject,
  MediaTypeObject,
  OperationObject,
  ParameterObject,
  RequestBodyObject,
  ResponseObject,
} from 'openapi3-ts/oas31'
import type { Node } from '../html.ts'
import { prose, table, typeOf } from './schema.ts'

/** One operation, under its operationId as anchor. */
export function operationSection(method: string, path: string, operation: OperationObject): Node {
  const { operationId = '', summary = '', description = '' } = operation
  const parameters = (operation.parameters ?? []) as ParameterObject[]
  const body = operation.requestBody as RequestBodyObject | undefined
  return jsx(
    'section',
    { id: operationId, class: 'operation' },
    jsx(
      'h3',
      {},
      jsx('a', { href: `#${operationId}` }, jsx('code', {}, `${method.toUpperCase()} ${path}`)),
    ),
    jsx('p', { class: 'summary' }, ...prose(summary), '. ', jsx('code', {}, operationId)),
    jsx('p', {}, ...prose(description)),
    ...(parameters.length === 0 ? [] : [parameterTable(parameters)]),
    ...(body === undefined ? [] : bodyParts(body)),
    jsx('h4', {}, 'Answers'),
    ...Object.entries(operation.responses ?? {}).map(([status, response]) =>
      answer(status, response as ResponseObject)
    ),
  )
}

function parameterTable(parameters: readonly ParameterObject[]): Node {
  return table(
    ['Parameter', 'Value', ''],
    parameters.map((each) =>
      jsx(
        'tr',
        {},
        jsx(
          'th',
          { scope: 'row' },
          jsx('code', {}, each.name),
          each.required ? '' : ' ?',
          ` ${each.in}`,
        ),
        jsx('td', {}, ...typeOf(each.schema)),
        jsx('td', {}, ...prose(each.description ?? each.schema?.description ?? '')),
      )
    ),
  )
}

function bodyParts({ content, description = '', required }: RequestBodyObject): Node[] {
  return Object.entries(content).flatMap(([type, media]) => [
    jsx('h4', {}, 'Body'),
    jsx(
      'p',
      {},
      jsx('code', {}, type),
      ' ',
      ...typeOf(media.schema),
      required ? '' : ', may be left out',
      ...(description === '' ? [] : ['. ', ...prose(description)]),
    ),
    ...examplesOf(media),
  ])
}

function answer(status: string, response: ResponseObject): Node {
  const { description = '', headers = {}, content = {} } = response
  const codes = (response['x-problem-codes'] ?? []) as readonly string[]
  const media = Object.entries(content)
  const names = Object.keys(headers)
  return jsx(
    'details',
    { open: Number(status) < 300 },
    jsx('summary', {}, jsx('code', {}, status), ' ', ...prose(description)),
    ...media.map(([type, { schema }]) =>
      jsx('p', {}, jsx('code', {}, type), ' ', ...typeOf(schema))
    ),
    ...(codes.length === 0 ? [] : [
      jsx(
        'p',
        {},
        'Code: ',
        ...codes.flatMap((code, at) => [at === 0 ? '' : ', ', jsx('code', {}, code)]),
      ),
    ]),
    ...names.map((name) =>
      jsx('p', {}, 'Header ', jsx('code', {}, name), ': ', ...prose(descriptionOf(headers[name])))
    ),
    ...media.filter(([type]) => type !== 'application/problem+json').flatMap(([, each]) =>
      examplesOf(each)
    ),
  )
}

const descriptionOf = (header: unknown): string =>
  (header as { readonly description?: string } | undefined)?.description ?? ''

function examplesOf({ examples = {} }: MediaTypeObject): Node[] {
  return Object.values(examples).flatMap((example) => {
    const { summary = '', value } = example as ExampleObject
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
    return [jsx(
      'figure',
      {},
      jsx('figcaption', {}, ...prose(summary)),
      jsx('pre', { tabindex: 0, role: 'group', 'aria-label': summary }, jsx('code', {}, text)),
    )]
  })
}
