import type { Json } from '../engine/types.ts'

/**
 * What may stand in an event, as data. A hook lives as long as one event, and a library of schemas takes longer
 * to start than all else it does; the reader of these is held to be one with zod's by a test.
 */
export type Shape<T> = Form & { readonly reads?: (() => T) | undefined }

/** What the reader looks at. */
export type Form =
  | { readonly kind: 'text'; readonly min: number; readonly max: number; readonly noNul?: true }
  | { readonly kind: 'one'; readonly of: readonly string[] }
  | { readonly kind: 'number' | 'boolean' | 'json' | 'record' }
  | { readonly kind: 'list'; readonly of: Form; readonly max: number }
  | {
    readonly kind: 'object'
    readonly of: Readonly<Record<string, Form>>
    readonly strict: boolean
  }
  | { readonly kind: 'maybe'; readonly of: Form }

/** What a shape reads. */
export type Read<S> = S extends Shape<infer T> ? T : never

type Fields = Readonly<Record<string, Shape<unknown>>>
type Fielded<F extends Fields> = { readonly [K in keyof F]: Read<F[K]> }

export const text = (min: number, max: number, noNul?: true): Shape<string> => ({
  kind: 'text',
  min,
  max,
  ...(noNul && { noNul }),
})
export const one = <const T extends string>(...of: readonly T[]): Shape<T> => ({ kind: 'one', of })
export const number: Shape<number> = { kind: 'number' }
export const boolean: Shape<boolean> = { kind: 'boolean' }
/** Read from JSON already, so there is nothing to check of it. */
export const json: Shape<Json> = { kind: 'json' }
/** An object of any keys. */
export const record: Shape<Readonly<Record<string, Json>>> = { kind: 'record' }
export const list = <T>(of: Shape<T>, max: number): Shape<readonly T[]> => ({
  kind: 'list',
  of,
  max,
})
/** Keys that are not named are left alone: hosts add some with every version. */
export const object = <F extends Fields>(of: F): Shape<Fielded<F>> => ({
  kind: 'object',
  of,
  strict: false,
})
/** Keys that are not named are refused. */
export const strictObject = <F extends Fields>(of: F): Shape<Fielded<F>> => ({
  kind: 'object',
  of,
  strict: true,
})
/** What need not be there; hosts also write null for it. */
export const maybe = <T>(of: Shape<T>): Shape<T | undefined> => ({ kind: 'maybe', of })

/** What is wrong, and where. */
export interface Fault {
  readonly at: readonly (string | number)[]
  readonly message: string
  /** It is of the right kind, but for its length or a key too many: what may be absent was then meant. */
  readonly near: boolean
}

/** The value as its shape has it, or what is wrong with it, in the order of the shape: one of the two. */
export function readShape<T>(
  shape: Shape<T>,
  value: unknown,
): { readonly value: T } | { readonly faults: readonly Fault[] } {
  const faults: Fault[] = []
  const read = readForm(shape, value, [], faults)
  return faults.length > 0 ? { faults } : { value: read as T }
}

type Place = Fault['at']

function readForm(form: Form, value: unknown, at: Place, faults: Fault[]): unknown {
  switch (form.kind) {
    case 'json':
      return value
    case 'maybe':
      return readMaybe(form.of, value, at, faults)
    case 'text':
      return readText(form, value, at, faults)
    case 'object':
      return readObject(form, value, at, faults)
    case 'list':
      return readList(form, value, at, faults)
    case 'record':
      return readRecord(value, at, faults)
    case 'one': {
      const { of } = form
      if (typeof value === 'string' && of.includes(value)) return value
      const names = of.map((name) => `"${name}"`).join('|')
      faults.push({ at, message: `Invalid option: expected one of ${names}`, near: false })
      return undefined
    }
    default:
      if (typeof value === form.kind && (typeof value !== 'number' || Number.isFinite(value))) {
        return value
      }
      return wrongKind(form.kind, value, at, faults)
  }
}

function wrongKind(wanted: string, value: unknown, at: Place, faults: Fault[]): undefined {
  faults.push({
    at,
    message: `Invalid input: expected ${wanted}, received ${kindOf(value)}`,
    near: false,
  })
  return undefined
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  // JSON has numbers that are too large to be one.
  return value === Infinity || value === -Infinity ? String(value) : typeof value
}

function readText(
  { min, max, noNul }: Extract<Form, { kind: 'text' }>,
  value: unknown,
  at: Place,
  faults: Fault[],
): unknown {
  if (typeof value !== 'string') return wrongKind('string', value, at, faults)
  const near = (message: string) => void faults.push({ at, message, near: true })
  if (value.length < min) near(`Too small: expected string to have >=${min} characters`)
  if (value.length > max && characters(value) > max) {
    near(`Too big: expected string to have <=${max} characters`)
  }
  if (noNul === true && value.includes('\0')) near('holds a NUL character')
  return value
}

/** Of two units or of one. */
function characters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

function readList(
  { of, max }: Extract<Form, { kind: 'list' }>,
  value: unknown,
  at: Place,
  faults: Fault[],
): unknown {
  if (!Array.isArray(value)) return wrongKind('array', value, at, faults)
  if (value.length > max) {
    faults.push({ at, message: `Too big: expected array to have <=${max} items`, near: false })
    return value
  }
  return value.map((each, index) => readForm(of, each, [...at, index], faults))
}

function readRecord(value: unknown, at: Place, faults: Fault[]): unknown {
  if (!isObject(value)) return wrongKind('record', value, at, faults)
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== '__proto__'))
}

function readObject(
  { of, strict }: Extract<Form, { kind: 'object' }>,
  value: unknown,
  at: Place,
  faults: Fault[],
): unknown {
  if (!isObject(value)) return wrongKind('object', value, at, faults)
  const read: Record<string, unknown> = {}
  for (const key in of) read[key] = readForm(of[key]!, value[key], [...at, key], faults)
  if (!strict) return read
  const more = Object.keys(value).filter((key) => !Object.hasOwn(of, key))
  if (more.length === 0) return read
  const names = more.map((key) => JSON.stringify(key)).join(', ')
  const message = `Unrecognized key${more.length > 1 ? 's' : ''}: ${names}`
  faults.push({ at, message, near: true })
  return read
}

/** What is nearly right says what is wrong with it; of anything else nobody knows what was meant. */
function readMaybe(form: Form, value: unknown, at: Place, faults: Fault[]): unknown {
  if (value === undefined || value === null) return undefined
  const found: Fault[] = []
  const read = readForm(form, value, at, found)
  if (found.every(({ near }) => near)) faults.push(...found)
  else faults.push({ at, message: 'Invalid input', near: false })
  return read
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
