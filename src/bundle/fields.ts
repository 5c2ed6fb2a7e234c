import { BUNDLE_FILES, isMemberPath, MANIFEST, SIGNATURES } from './archive.ts'
import type { About, Halt, Manifest, Named, Rollout } from './manifest.ts'

/** What one key of a map may be: a value of its own, or a map again. */
export type Field =
  & { readonly optional?: true | undefined }
  & (
    | { readonly is: (value: unknown) => boolean; readonly expected: string }
    | { readonly map: Fields }
  )
export type Fields = Readonly<Record<string, Field>>
type FieldsOf<T> = { readonly [K in keyof T]-?: Field }

const wholeFrom = (least: number, most: number): Field => ({
  is: (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
  expected: most === Number.MAX_SAFE_INTEGER
    ? `expected a whole number from ${least} on`
    : `expected a whole number from ${least} to ${most}`,
})

const like = (pattern: RegExp, expected: string): Field => ({
  is: (value) => typeof value === 'string' && pattern.test(value),
  expected,
})

const VERSION = wholeFrom(1, Number.MAX_SAFE_INTEGER)
const DIGEST = like(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits')
const LABEL = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/
const LABELS = 32

const NAMED: FieldsOf<Named> = { version: VERSION, digest: DIGEST }

const HALT: FieldsOf<Halt> = {
  calls: wholeFrom(1, 1_000_000),
  denials_rise: wholeFrom(0, 100),
  asks_rise: wholeFrom(0, 100),
}

const ROLLOUT: FieldsOf<Rollout> = {
  percent: wholeFrom(0, 100),
  labels: {
    is: isLabels,
    expected: `expected at most ${LABELS} labels, each with a list of values`,
    optional: true,
  },
  halt: { map: HALT, optional: true },
}

/** What `bundle.yaml` may hold; the manifest holds it too. */
export const ABOUT: FieldsOf<About> = {
  name: like(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'expected a name of a-z, 0-9, ".", "_" and "-"'),
  version: VERSION,
  created: { is: isTime, expected: 'expected a time such as 2026-11-27T09:00:00Z' },
  min_rampart: {
    ...like(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/, 'expected a version such as 1.2.0'),
    optional: true,
  },
  rollout: { map: ROLLOUT, optional: true },
  rollback_of: {
    map: { ...NAMED, reason: like(/^[^\p{Cc}]{1,500}$/u, 'expected a reason, on one line') },
    optional: true,
  },
}

export const FIELDS: FieldsOf<Manifest> = {
  schema: like(/^rampart\.bundle\.v1$/, 'expected rampart.bundle.v1'),
  ...ABOUT,
  previous: {
    is: (value) => value === null || faultIn(value, NAMED) === undefined,
    expected: 'expected null, or the version and digest of a bundle',
  },
  files: {
    is: isList,
    expected: 'expected its files in order, each with path, size and sha256',
  },
}

/** The first thing wrong with a value, by its key; undefined where nothing is. */
export function faultIn(value: unknown, fields: Fields, at = ''): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `${at || 'it'} is no map`
  }
  const stranger = Object.keys(value).find((key) => !Object.hasOwn(fields, key))
  if (stranger !== undefined) return `unknown key "${at}${stranger.slice(0, 50)}"`
  for (const [key, field] of Object.entries(fields)) {
    const one = (value as Record<string, unknown>)[key]
    if (one === undefined) {
      if (field.optional) continue
      return `${at}${key} is missing`
    }
    const fault = 'map' in field
      ? faultIn(one, field.map, `${at}${key}.`)
      : field.is(one)
      ? undefined
      : `${at}${key}: ${field.expected}`
    if (fault !== undefined) return fault
  }
  return undefined
}

function isTime(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return false
  const at = Date.parse(value)
  return Number.isFinite(at) && new Date(at).toISOString() === value.replace('Z', '.000Z')
}

/** `key=value`: whether both are what a label may have. */
export function isLabel(key: string, value: string): boolean {
  return LABEL.test(key) && LABEL.test(value)
}

function isLabels(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const entries = Object.entries(value)
  return entries.length <= LABELS &&
    entries.every(([key, values]) =>
      Array.isArray(values) && values.length > 0 && values.length <= LABELS &&
      values.every((one) => typeof one === 'string' && isLabel(key, one))
    )
}

const LISTED: Fields = {
  path: { is: isFilePath, expected: 'expected a path of a bundle' },
  size: wholeFrom(0, Number.MAX_SAFE_INTEGER),
  sha256: like(/^[0-9a-f]{64}$/, 'expected 64 hex digits'),
}

function isFilePath(value: unknown): boolean {
  return typeof value === 'string' && isMemberPath(value) &&
    value !== MANIFEST && value !== SIGNATURES
}

/** In order, each once: there is one list of the same files. */
function isList(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > BUNDLE_FILES) return false
  if (!value.every((one) => faultIn(one, LISTED) === undefined)) return false
  return value.every(({ path }, at) => at === 0 || value[at - 1].path < path)
}
