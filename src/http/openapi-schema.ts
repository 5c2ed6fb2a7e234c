import type { SchemaObject } from 'openapi3-ts/oas31'
import { z } from 'zod'
import type { Whole } from './query.ts'
import * as requests from './requests.ts'
import { RuleRequest } from './requests-rule.ts'
import * as schemas from './schemas.ts'
import * as approvalSchemas from './schemas-approval.ts'
import * as bundleSchemas from './schemas-bundle.ts'
import { Execution } from './schemas-execution.ts'
import { ExecutionLine } from './schemas-line.ts'
import * as people from './schemas-people.ts'
import * as ruleSchemas from './schemas-rule.ts'
import * as streamSchemas from './schemas-stream.ts'

const uri = (id: string) => `#/components/schemas/${id}`

/** Every schema that has a name, by what it is. */
const NAMED: ReadonlyMap<z.ZodType, string> = new Map(
  Object.entries({
    ...schemas,
    ...approvalSchemas,
    ...bundleSchemas,
    Execution,
    ExecutionLine,
    ...people,
    ...ruleSchemas,
    ...streamSchemas,
    ...requests,
    RuleRequest,
  })
    .filter(([id]) => !id.endsWith('Query'))
    .map(([id, schema]) => [schema, id]),
)

/** A schema where it is used: by its name where it has one. */
export function schemaOf(schema: z.ZodType): SchemaObject {
  const id = NAMED.get(schema)
  return id === undefined ? converted(schema) : { $ref: uri(id) } as SchemaObject
}

/** Every schema that has a name, by that name. */
export function components(): Record<string, SchemaObject> {
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

export function converted(schema: z.ZodType): SchemaObject {
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
  const whole = jsonSchema['whole'] as Whole | undefined
  if (whole === undefined) return
  delete jsonSchema['whole']
  delete jsonSchema.pattern
  Object.assign(jsonSchema, { type: 'integer', ...whole })
}
