import { z } from 'zod'
import { CONDITIONS, type Shape } from './condition.ts'
import { commandGlob } from './glob-list.ts'
import { UNRESOLVED_KINDS } from './condition-program.ts'
import { compileCommandGlob, GLOB_LIMIT } from './match/command-glob.ts'
import { compileDomainGlob } from './match/domain-glob.ts'
import { compilePathGlob } from './match/path-glob.ts'
import { compileRegex } from './match/regex.ts'
import { RESPONSE_KIND_NAMES } from './response-kinds.ts'

/** A list of patterns, or one; each is compiled once here so that a bad one is a fault of the file. */
function patterns(compile: (pattern: string) => unknown): z.ZodType {
  const pattern = z.string().min(1).max(GLOB_LIMIT).superRefine((text, context) => {
    try {
      compile(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
    }
  })
  return z.union([pattern.transform((one) => [one]), z.array(pattern).min(1).max(5000)], {
    error: 'expected a pattern or a list of patterns',
  })
}

const text = z.string().trim().min(1)
const param = z.union([
  z.string().min(1).max(GLOB_LIMIT).transform((one) => [one]),
  z.array(z.string().min(1).max(GLOB_LIMIT)).min(1).max(1000),
])
const word = z.string().min(1).max(200)
const words = z.union([word.transform((one) => [one]), z.array(word).min(1).max(1000)])
const bound = z.int().min(0).max(1_000_000).optional()
const atLeastOne = (value: object) => Object.keys(value).length > 0

const SHAPES: Readonly<Record<Shape, z.ZodType>> = {
  command_globs: patterns(commandGlob),
  path_globs: patterns(compilePathGlob),
  domain_globs: patterns(compileDomainGlob),
  url_globs: patterns(compileCommandGlob),
  regexes: patterns(compileRegex),
  texts: z.union([text.transform((one) => [one]), z.array(text).min(1)]),
  params: z.record(z.string().min(1).max(200), param)
    .refine(atLeastOne, 'expected at least one entry'),
  bounds: z.strictObject({ gte: bound, lte: bound, eq: bound })
    .refine(atLeastOne, 'expected a bound'),
  count: z.strictObject({
    tool: z.string().min(1).max(200).optional(),
    gte: z.int().min(1).max(100_000),
    window: z.string().regex(/^[1-9]\d{0,6}(s|m|h)$/, {
      error: 'expected a duration such as 30s, 5m or 1h',
    }),
  }),
  program: z.strictObject({
    name: words,
    flags: words.optional(),
    operands: patterns(compilePathGlob).optional(),
  }),
  unresolved: z.union([
    z.literal(true),
    z.enum(UNRESOLVED_KINDS).transform((one) => [one]),
    z.array(z.enum(UNRESOLVED_KINDS)).min(1),
  ], { error: `expected true or some of ${UNRESOLVED_KINDS.join(', ')}` }),
  response_kinds: z.union([
    z.enum(RESPONSE_KIND_NAMES).transform((one) => [one]),
    z.array(z.enum(RESPONSE_KIND_NAMES)).min(1),
  ], { error: `expected some of ${RESPONSE_KIND_NAMES.join(', ')}` }),
  true: z.literal(true),
}

/** A rule's `when`: any of the table's conditions, and nothing else. */
export const When = z.strictObject(
  Object.fromEntries(
    Object.entries(CONDITIONS).map(([key, { shape }]) => [key, SHAPES[shape].optional()]),
  ),
)
