import { jsx } from 'hono/jsx'
import type { ReferenceObject, SchemaObject } from 'openapi3-ts/oas31'
import type { Node } from '../html.ts'

type Schema = SchemaObject | ReferenceObject
export type Piece = Node | string

/** How deep members of members are listed; deeper ones are in openapi.json. */
const DEPTH = 4

/** A text with its `code` set off. */
export function prose(text: string): Piece[] {
  return text.split(/`([^`]+)`/).map((part, at) => at % 2 === 0 ? part : jsx('code', {}, part))
}

/** What a value has to be, in a line. */
export function typeOf(schema: Schema | undefined): Piece[] {
  if (schema === undefined) return ['anything']
  if ('$ref' in schema) return [linkTo(schema.$ref)]
  if (schema.const !== undefined) return [jsx('code', {}, JSON.stringify(schema.const))]
  if (schema.enum !== undefined) {
    return joined(schema.enum.map((word) => [jsx('code', {}, String(word))]))
  }
  const several = schema.anyOf ?? schema.oneOf
  if (several !== undefined) return joined(several.map(typeOf))
  if (schema.type === 'array') return [...typeOf(schema.items), ', any number of them']
  if (schema.type === undefined) return ['anything']
  return [[schema.type].flat().join(' or '), ...boundsOf(schema)]
}

function linkTo(ref: string): Node {
  const name = ref.slice(ref.lastIndexOf('/') + 1)
  return jsx('a', { href: `#schema-${name}` }, name)
}

function joined(parts: readonly Piece[][]): Piece[] {
  return parts.flatMap((part, at) => at === 0 ? part : [' or ', ...part])
}

function boundsOf(
  { format, minimum, maximum, minLength, maxLength, pattern }: SchemaObject,
): Piece[] {
  const words = [
    format,
    minimum === undefined ? undefined : `from ${minimum}`,
    maximum === undefined ? undefined : `to ${maximum}`,
    maxLength === undefined ? undefined : `${minLength ?? 0} to ${maxLength} characters`,
  ].filter((word) => word !== undefined)
  const said = words.length === 0 ? [] : [`, ${words.join(', ')}`]
  const choice = /^\^\(\?:([\w|-]+)\)\$$/.exec(pattern ?? '')?.[1]?.split('|')
  return choice === undefined
    ? said
    : [': ', ...joined(choice.map((word) => [jsx('code', {}, word)]))]
}

/** The members of an object as rows, those of members behind them. */
export function members(schema: Schema): Node | undefined {
  const rows = rowsOf(schema, '', DEPTH)
  if (rows.length === 0) return undefined
  return table(['Member', 'Value', ''], rows)
}

function rowsOf(schema: Schema, before: string, depth: number): Node[] {
  if ('$ref' in schema || depth === 0) return []
  const required = new Set(schema.required)
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const own = '$ref' in member ? {} : member
    const inner = own.type === 'array' ? own.items : member
    const path = `${before}${name}${own.type === 'array' ? '[]' : ''}`
    return [
      jsx(
        'tr',
        {},
        jsx('th', { scope: 'row' }, jsx('code', {}, path), required.has(name) ? '' : ' ?'),
        jsx('td', {}, ...typeOf(member)),
        jsx('td', {}, ...prose(own.description ?? '')),
      ),
      ...(inner === undefined ? [] : rowsOf(inner, `${path}.`, depth - 1)),
    ]
  })
}

/** A table that scrolls by itself where the screen is narrow. */
export function table(heads: readonly string[], rows: readonly Node[]): Node {
  const head = heads.map((text) => text === '' ? jsx('td', {}) : jsx('th', { scope: 'col' }, text))
  return jsx(
    'div',
    { class: 'doc-table', tabindex: 0, role: 'group', 'aria-label': heads[0]! },
    jsx('table', {}, jsx('thead', {}, jsx('tr', {}, ...head)), jsx('tbody', {}, ...rows)),
  )
}
