import type { PathValue, Subject } from '../engine/types.ts'
import {
  fieldsNamed,
  type Found,
  missing,
  MORE_PATHS,
  oneValue,
  type Params,
  PATH_FIELDS,
  textAt,
  textsAt,
} from './params.ts'
import { PATCH_LIMIT } from './params.ts'
import { PATH_LIMIT, pathValues, type Place } from './path.ts'
import type { ToolRow } from './tools.ts'
import { filePath } from './url.ts'

type Access = PathValue['access']

/** The subjects of a tool that reads or writes files: a part for each path it names. */
export function fileSubjects(
  name: string,
  row: ToolRow,
  params: Params,
  place: Place,
): readonly Subject[] {
  const paths = row.reads === 'patch' ? patchPaths(params) : []
  const single = oneValue(params, PATH_FIELDS)
  if (single !== undefined) paths.push(...textsAt(single, PATH_LIMIT))
  for (const field of fieldsNamed(params, MORE_PATHS)) paths.push(...listedPaths(field))
  if (paths.length === 0 && row.optional !== true) throw missing(PATH_FIELDS)
  if (paths.length === 0) paths.push({ value: '.', pointer: '' })
  paths.push(...patternPath(row, params))
  const access = accessOf(name, row)
  return [...new Set(paths.map(({ value }) => value))].map((text) =>
    pathSubject('part', text, access, place)
  )
}

/** Deleting is writing; rules may also speak of it alone. */
const TOOLS_OF: Readonly<Record<Access, readonly string[]>> = {
  read: ['read'],
  write: ['write'],
  delete: ['write', 'delete'],
}

/** One path as a subject, in every reading. */
export function pathSubject(
  kind: 'part' | 'effect',
  text: string,
  access: Access,
  place: Place,
  of?: number,
): Subject {
  const local = text[4] === ':' && /^file:/i.test(text) ? filePath(text) ?? text : text
  const tools = TOOLS_OF[access]
  const label = `${access} ${text}`
  const paths = pathValues(local, access, place)
  return { kind, tools, label, command: undefined, paths, urls: [], parts: undefined, of }
}

function accessOf(name: string, row: ToolRow): Access {
  if (row.class === 'read') return 'read'
  return /^(?:delete|remove)/.test(name) ? 'delete' : 'write'
}

/** `from` and `to` may be line numbers: only texts are paths there. */
function listedPaths(field: Found<unknown>): Found<string>[] {
  const { value, pointer } = field
  const texts = Array.isArray(value) ? value : [value]
  return texts.flatMap((text, i) => {
    if (typeof text !== 'string' || text.trim() === '') return []
    return [{
      value: textAt({ value: text, pointer: `${pointer}/${i}` }, PATH_LIMIT),
      pointer: `${pointer}/${i}`,
    }]
  })
}

/** A search whose pattern is itself a path looks there too. */
function patternPath(row: ToolRow, params: Params): Found<string>[] {
  if (row.optional !== true) return []
  return fieldsNamed(params, ['pattern', 'glob', 'glob_pattern']).flatMap(({ value, pointer }) =>
    typeof value === 'string' && /^(?:~|\/|\.\.?\/)/.test(value) && !value.includes('\0') &&
      value.length <= PATH_LIMIT
      ? [{ value, pointer }]
      : []
  )
}

/** The files that a patch names, in the form of `apply_patch` and in that of `diff -u`. */
function patchPaths(params: Params): Found<string>[] {
  const patch = oneValue(params, ['patch', 'input', 'diff', 'patch_text', 'command'])
  if (patch === undefined) return []
  const found: Found<string>[] = []
  for (const part of textsAt(patch, PATCH_LIMIT)) {
    for (const line of part.value.split('\n')) {
      const match = /^\s*\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$/.exec(line) ??
        /^(?:---|\+\+\+) (?:[ab]\/)?([^\t]+)/.exec(line)
      const path = match?.[1]?.trim()
      if (path === undefined || path === '' || path === '/dev/null') continue
      found.push({ value: textAt({ value: path, pointer: part.pointer }, PATH_LIMIT), pointer: '' })
    }
  }
  return found
}
