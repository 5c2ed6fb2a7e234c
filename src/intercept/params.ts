import type { Json } from '../engine/types.ts'
import { type PointerFault, RampartError } from '../errors.ts'

export type Params = Readonly<Record<string, Json>>

/** Fields that name the same value, in the order in which messages speak of them. */
export const COMMAND_FIELDS = [
  'command',
  'cmd',
  'script',
  'commandline',
  'command_line',
  'shell_command',
  'bash_command',
] as const
export const PATH_FIELDS = [
  'path',
  'file_path',
  'filepath',
  'filename',
  'file_name',
  'file',
  'target_file',
  'absolute_path',
  'absolutepath',
  'abs_path',
  'notebook_path',
  'dir_path',
  'directory',
  'dir',
  'relative_workspace_path',
  'targetfile',
  'directorypath',
  'searchpath',
] as const
export const URL_FIELDS = ['url', 'uri', 'href', 'link', 'target_url'] as const

/** Fields that each name a path of their own. */
export const MORE_PATHS = [
  'paths',
  'files',
  'file_paths',
  'source',
  'src',
  'destination',
  'dest',
  'dst',
  'from',
  'to',
  'old_path',
  'new_path',
  'target',
  'output_path',
  'output_file',
] as const
export const MORE_URLS = ['urls', 'links'] as const

/** Longest command, in characters: what Linux takes as one argument. */
export const COMMAND_LIMIT = 131_072
/** The same where it writes files by here-documents: a request's own limit. */
export const HERE_LIMIT = 1_048_576
/** Longest patch, in characters: a request's own limit. */
export const PATCH_LIMIT = 1_048_576
/** Longest list of values that is read one by one. */
export const LIST_LIMIT = 1024

/** A value and where it stood. */
export interface Found<T> {
  readonly value: T
  readonly pointer: string
}

export function invalid(detail: string, errors: readonly PointerFault[]): RampartError {
  return new RampartError('request_invalid', detail, { errors })
}

export function pointerTo(...keys: readonly string[]): string {
  let pointer = '/params'
  for (const key of keys) {
    const plain = !key.includes('~') && !key.includes('/')
    pointer += `/${plain ? key : key.replaceAll('~', '~0').replaceAll('/', '~1')}`
  }
  return pointer
}

/** Every field of `params` that one of `names` means, letter case aside. */
export function fieldsNamed(params: Params, names: readonly string[]): readonly Found<Json>[] {
  let found: Found<Json>[] | undefined
  for (const key of Object.keys(params)) {
    const value = params[key]
    if (value === undefined || value === null || !names.includes(key.toLowerCase())) continue
    found ??= []
    found.push({ value, pointer: pointerTo(key) })
  }
  return found ?? NONE
}

const NONE: readonly Found<Json>[] = []

/**
 * The one value that several fields may name. Fields that say the same are fine; fields that differ are
 * refused with both named, because nobody knows which of them the tool obeys.
 *
 * @throws RampartError `request_invalid`
 */
export function oneValue(params: Params, names: readonly string[]): Found<Json> | undefined {
  const fields = fieldsNamed(params, names)
  if (fields.length < 2) return fields[0]
  const [first, ...others] = fields as readonly [Found<Json>, ...Found<Json>[]]
  const same = JSON.stringify(first.value)
  const conflicts = others.filter(({ value }) => JSON.stringify(value) !== same)
  if (conflicts.length === 0) return first
  throw invalid(
    'Several fields name one value and differ',
    [first, ...conflicts].map(({ pointer }) => ({
      pointer,
      detail: `differs from ${pointer === first.pointer ? conflicts[0]!.pointer : first.pointer}`,
    })),
  )
}

/** @throws RampartError `request_invalid` unless it is a text that a tool could take. */
export function textAt({ value, pointer }: Found<Json>, limit: number): string {
  if (typeof value !== 'string') throw wrong(pointer, 'must be a string')
  if (value.trim() === '') throw wrong(pointer, 'must not be empty')
  if (value.includes('\0')) throw wrong(pointer, 'must not hold a NUL character')
  if (value.length > limit) throw wrong(pointer, `must be at most ${limit} characters long`)
  return value
}

/** Each text of a list, or the one text that stands in its place. */
export function textsAt(found: Found<Json>, limit: number): Found<string>[] {
  const { value, pointer } = found
  if (!Array.isArray(value)) return [{ value: textAt(found, limit), pointer }]
  if (value.length > LIST_LIMIT) throw wrong(pointer, `must have at most ${LIST_LIMIT} entries`)
  return value.map((entry: Json, i) => {
    const place = `${pointer}/${i}`
    return { value: textAt({ value: entry, pointer: place }, limit), pointer: place }
  })
}

export function missing(names: readonly string[]): RampartError {
  const pointer = pointerTo(names[0]!)
  return wrong(pointer, `is missing`)
}

export function wrong(pointer: string, detail: string): RampartError {
  return invalid(`${pointer} ${detail}`, [{ pointer, detail }])
}
