import assert from 'node:assert/strict'

type Json = Record<string, unknown>

/** A member's name and what it must be. `?` marks one that may be absent. */
type Shape = Readonly<Record<string, (value: unknown, path: string) => void>>

/**
 * What OTLP/HTTP takes as JSON, strictly: the members of opentelemetry/proto/collector/logs/v1 and
 * logs/v1, in camelCase, 64-bit numbers as decimal text, and none that the definitions do not have.
 */
export function checkOtlp(body: unknown): Json[] {
  const records: Json[] = []
  const attributes = each((value, path) => shape(value, path, { key: text, value: anyValue }))
  const record = (value: unknown, path: string) => {
    shape(value, path, {
      timeUnixNano: uint64,
      observedTimeUnixNano: uint64,
      severityNumber: (number, at) => {
        assert.ok(Number.isInteger(number) && number as number >= 1 && number as number <= 24, at)
      },
      severityText: text,
      eventName: text,
      body: anyValue,
      attributes,
      'traceId?': (id, at) => assert.match(id as string, /^[0-9a-f]{32}$/, at),
      'spanId?': (id, at) => assert.match(id as string, /^[0-9a-f]{16}$/, at),
      'flags?': number,
      'droppedAttributesCount?': number,
    })
    records.push(value as Json)
  }
  shape(body, '', {
    resourceLogs: each((value, path) =>
      shape(value, path, {
        resource: (resource, at) => shape(resource, at, { attributes }),
        scopeLogs: each((scoped, at) =>
          shape(scoped, at, {
            scope: (scope, inner) => shape(scope, inner, { name: text, version: text }),
            logRecords: each(record),
          })
        ),
      })
    ),
  })
  return records
}

function anyValue(value: unknown, path: string): void {
  const names = Object.keys(value as Json)
  assert.equal(names.length, 1, `${path} is one of several`)
  shape(value, path, {
    'stringValue?': text,
    'boolValue?': (inner, at) => assert.equal(typeof inner, 'boolean', at),
    'intValue?': int64,
    'doubleValue?': number,
  })
}

function shape(value: unknown, path: string, members: Shape): void {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), path)
  const known = new Map(
    Object.entries(members).map(([name, check]) => [
      name.replace('?', ''),
      { check, optional: name.endsWith('?') },
    ]),
  )
  for (const [name, { check, optional }] of known) {
    const inner = (value as Json)[name]
    if (inner === undefined) assert.ok(optional, `${path}.${name} is missing`)
    else check(inner, `${path}.${name}`)
  }
  for (const name of Object.keys(value)) assert.ok(known.has(name), `${path}.${name} is unknown`)
}

function each(check: (value: unknown, path: string) => void) {
  return (value: unknown, path: string) => {
    assert.ok(Array.isArray(value), path)
    value.forEach((inner, index) => check(inner, `${path}[${index}]`))
  }
}

function text(value: unknown, path: string): void {
  assert.ok(typeof value === 'string' && value.isWellFormed(), path)
}

function number(value: unknown, path: string): void {
  assert.equal(typeof value, 'number', path)
}

function uint64(value: unknown, path: string): void {
  assert.match(value as string, /^\d{1,19}$/, path)
}

function int64(value: unknown, path: string): void {
  assert.match(value as string, /^-?\d{1,19}$/, path)
}

/**
 * The required attributes of OCSF 1.3.0, by class and by object, as its schema lists them; `any of` where
 * an object asks for at least one of several.
 */
const OCSF_EVENT = [
  'activity_id',
  'category_uid',
  'class_uid',
  'metadata',
  'severity_id',
  'time',
  'type_uid',
]
const OCSF: Readonly<Record<string, { required: string[]; enum: number[]; category: number }>> = {
  6003: {
    required: [...OCSF_EVENT, 'actor', 'api', 'src_endpoint'],
    enum: [0, 1, 2, 3, 4, 99],
    category: 6,
  },
  2004: { required: [...OCSF_EVENT, 'finding_info'], enum: [0, 1, 2, 3, 99], category: 2 },
}
const OCSF_OBJECTS: Readonly<Record<string, { required?: string[]; anyOf?: string[] }>> = {
  metadata: { required: ['product', 'version'] },
  'metadata.product': { required: ['name', 'vendor_name'] },
  api: { required: ['operation'] },
  'api.request': { required: ['uid'] },
  'api.service': { anyOf: ['name', 'uid'] },
  actor: {
    anyOf: ['process', 'user', 'invoked_by', 'session', 'app_name', 'app_uid'],
  },
  'actor.user': { anyOf: ['account', 'name', 'uid'] },
  src_endpoint: {
    anyOf: ['ip', 'uid', 'name', 'hostname', 'svc_name', 'instance_uid', 'interface_uid'],
  },
  finding_info: { required: ['title', 'uid'] },
  policy: { anyOf: ['name', 'uid'] },
  'evidences.0': { anyOf: ['actor', 'api', 'data', 'file', 'process', 'url', 'user'] },
}

/** An event of OCSF: every required attribute, the numbers that belong together, well-formed text. */
export function checkOcsf(event: Json): void {
  const row = OCSF[String(event['class_uid'])]
  assert.ok(row, `class ${event['class_uid']}`)
  for (const name of row.required) assert.ok(event[name] !== undefined, `${name} is missing`)
  assert.equal(event['category_uid'], row.category)
  assert.ok(row.enum.includes(event['activity_id'] as number))
  assert.equal(
    event['type_uid'],
    event['class_uid'] as number * 100 + (event['activity_id'] as number),
  )
  if (event['activity_id'] === 99) assert.ok(event['activity_name'], '99 needs its name')
  assert.ok([0, 1, 2, 3, 4, 5, 6, 99].includes(event['severity_id'] as number))
  assert.ok(Number.isSafeInteger(event['time']))
  for (const [path, { required = [], anyOf }] of Object.entries(OCSF_OBJECTS)) {
    const object = path.split('.').reduce<unknown>((value, name) => (value as Json)?.[name], event)
    if (object === undefined) continue
    const has = (name: string) =>
      (object as Json)[name] !== undefined && (object as Json)[name] !== ''
    for (const name of required) assert.ok(has(name), `${path}.${name} is missing`)
    if (anyOf !== undefined) assert.ok(anyOf.some(has), `${path} has none of ${anyOf}`)
  }
  text(JSON.stringify(event), 'event')
}
