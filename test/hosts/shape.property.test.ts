import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import {
  boolean,
  type Form,
  json,
  list,
  maybe,
  number,
  object,
  one,
  readShape,
  record,
  type Shape,
  strictObject,
  text,
} from '../../src/hosts/shape.ts'
import { runs } from '../helpers/runtime.ts'

/** The schema that a shape stands for: what zod says is what the reader of events has to say. */
function schemaOf(form: Form): z.ZodType {
  switch (form.kind) {
    case 'text': {
      const sized = z.string().min(form.min).max(form.max)
      return form.noNul === true
        ? sized.refine((value) => !value.includes('\0'), { error: 'holds a NUL character' })
        : sized
    }
    case 'one':
      return z.enum(form.of as [string, ...string[]])
    case 'number':
      return z.number()
    case 'boolean':
      return z.boolean()
    case 'json':
      return z.unknown().optional()
    case 'record':
      return z.record(z.string(), z.unknown())
    case 'list':
      return z.array(schemaOf(form.of)).max(form.max)
    case 'maybe':
      return z.union([schemaOf(form.of), z.null(), z.undefined()])
        .transform((value) => value ?? undefined).optional()
    case 'object': {
      const fields = Object.fromEntries(
        Object.entries(form.of).map(([key, of]) => [key, schemaOf(of)]),
      )
      return form.strict ? z.strictObject(fields) : z.object(fields)
    }
  }
}

const KEYS = ['a', 'b', 'toString', 'tool_name', '0']
const keys = fc.constantFrom(...KEYS)

const { shapes } = fc.letrec<{ shapes: Shape<unknown> }>((tie) => ({
  shapes: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Shape<unknown>>(
      json,
      number,
      boolean,
      record,
      text(1, 3),
      text(0, 2),
      text(1, 4, true),
      one('before', 'after'),
      one('x', 'y', 'z"'),
    ),
    // What may be absent twice over is no shape that anybody writes.
    tie('shapes').map((of) => of.kind === 'maybe' ? of : maybe(of)),
    fc.tuple(tie('shapes'), fc.nat(2)).map(([of, max]) => list(of, max)),
    fc.dictionary(keys, tie('shapes'), { maxKeys: 4, noNullPrototype: true }).map(object),
    fc.dictionary(keys, tie('shapes'), { maxKeys: 4, noNullPrototype: true }).map(strictObject),
  ),
}))

/** Anything that JSON can say, and what it can nearly say. */
const { anything } = fc.letrec((tie) => ({
  anything: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      null,
      true,
      0,
      -1.5,
      Infinity,
      '',
      'x',
      'before',
      'a\0b',
      'longer',
      '😀😀',
      '😀\ud83d😀😀',
      undefined,
    ),
    fc.array(tie('anything'), { maxLength: 3 }),
    fc.dictionary(keys, tie('anything'), { maxKeys: 4, noNullPrototype: true }),
    fc.constant(JSON.parse('{"__proto__":{"a":1},"b":"x"}')),
  ),
}))

/** A value that has the shape, but for what is changed in it now and then. */
function near(form: Form): fc.Arbitrary<unknown> {
  const right = ((): fc.Arbitrary<unknown> => {
    switch (form.kind) {
      case 'text':
        return fc.string({ maxLength: 5, unit: 'binary' })
      case 'one':
        return fc.constantFrom(...form.of)
      case 'number':
        return fc.double({ noNaN: true })
      case 'boolean':
        return fc.boolean()
      case 'list':
        return fc.array(near(form.of), { maxLength: 3 })
      case 'maybe':
        return fc.option(near(form.of))
      case 'object':
        return fc.record(
          Object.fromEntries(Object.entries(form.of).map(([key, of]) => [key, near(of)])),
          { requiredKeys: Object.keys(form.of).slice(1), noNullPrototype: true },
        )
      default:
        return anything
    }
  })()
  return fc.oneof({ arbitrary: right, weight: 9 }, { arbitrary: anything, weight: 1 })
}

/** What zod says in our words; what is absent and what is undefined are one. */
function bySchema(form: Form, value: unknown): unknown {
  const read = schemaOf(form).safeParse(value)
  if (read.success) return { value: plain(read.data) }
  const { path, message } = read.error.issues[0]!
  return { at: path, message }
}

function byShape(shape: Shape<unknown>, value: unknown): unknown {
  const read = readShape(shape, value)
  if ('value' in read) return { value: plain(read.value) }
  const { at, message } = read.faults[0]!
  return { at, message }
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== undefined).map((
      [key, one],
    ) => [key, plain(one)]),
  )
}

test('the reader of events says of any shape and any value what zod says, word for word', () => {
  const cases = shapes.chain((shape) =>
    fc.tuple(fc.constant(shape), fc.oneof({ arbitrary: near(shape), weight: 4 }, anything))
  )
  fc.assert(
    fc.property(cases, ([shape, value]) => {
      assert.deepEqual(byShape(shape, value), bySchema(shape, value))
    }),
    { numRuns: runs(3000) },
  )
})
