import type { Json, Subject } from '../engine/types.ts'
import { pathSubject } from './file.ts'
import { urlSubject } from './fetch.ts'
import {
  COMMAND_FIELDS,
  COMMAND_LIMIT,
  MORE_PATHS,
  MORE_URLS,
  type Params,
  PATH_FIELDS,
  URL_FIELDS,
  wrong,
} from './params.ts'
import { PATH_LIMIT, type Place } from './path.ts'
import { readCommandLine, type Reading } from './shell/read.ts'
import { mcpName, type ToolRow, TOOLS } from './tools.ts'

/** Leaves of the params that are looked at, and how deep they may stand. */
const LEAF_LIMIT = 256
const NESTING_LIMIT = 32

/**
 * A tool that the table does not know, an MCP tool or any other: a part under its own name, and what
 * its command-, path- and URL-like leaves would do, where only restrictive rules count (F18).
 */
export function readOther(name: string, params: Params, place: Place): Reading {
  const subjects: Subject[] = [
    { kind: 'part', tools: [name, 'mcp'], label: name, paths: [], urls: [] },
  ]
  const row = TOOLS.get(mcpName(name)?.tool ?? '')
  const leaves = leavesOf(params)
  for (const leaf of leaves) subjects.push(...leafSubjects(leaf, row, place, subjects.length))
  const paths = once(subjects.slice(1).flatMap((subject) => subject.paths))
  const urls = once(subjects.slice(1).flatMap((subject) => subject.urls))
  subjects[0] = { ...subjects[0]!, paths, urls }
  return { subjects, complete: false }
}

/** Equal values once: a command's reads stand with it and as effects of their own. */
function once<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]
}

interface Leaf {
  readonly key: string
  readonly text: string
}

/** Every text in the params with the key it stands under, up to the limit. */
function leavesOf(params: Params): Leaf[] {
  const leaves: Leaf[] = []
  const visit = (value: Json, key: string, depth: number): void => {
    if (leaves.length >= LEAF_LIMIT || depth > NESTING_LIMIT) return
    if (typeof value === 'string') {
      if (value.trim() !== '' && !value.includes('\0')) leaves.push({ key, text: value })
    } else if (Array.isArray(value)) {
      for (const entry of value) visit(entry, key, depth + 1)
    } else if (value !== null && typeof value === 'object') {
      for (const [name, entry] of Object.entries(value)) visit(entry, name.toLowerCase(), depth + 1)
    }
  }
  visit(params, '', 0)
  return leaves
}

function leafSubjects(
  { key, text }: Leaf,
  row: ToolRow | undefined,
  place: Place,
  at: number,
): readonly Subject[] {
  if (named(COMMAND_FIELDS, key)) {
    if (text.length > COMMAND_LIMIT) throw wrong(`/params`, `${key} is too long to be judged`)
    return impliedExec(text, place, at)
  }
  if (named([...URL_FIELDS, ...MORE_URLS], key) || /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const subject = urlSubject('effect', text.trim(), 0)
    if (subject === undefined) return []
    return /^\s*file:/i.test(text)
      ? [subject, pathSubject('effect', text.trim(), 'read', place, 0)]
      : [subject]
  }
  const path = named([...PATH_FIELDS, ...MORE_PATHS], key) || /^(?:~|\/|\.\.?\/)/.test(text)
  if (!path || text.length > PATH_LIMIT || text.includes('\n')) return []
  const reads = row?.class !== 'write'
  const writes = row?.class !== 'read'
  return [
    ...(reads ? [pathSubject('effect', text, 'read', place, 0)] : []),
    ...(writes ? [pathSubject('effect', text, 'write', place, 0)] : []),
  ]
}

function named(names: readonly string[], key: string): boolean {
  return names.includes(key)
}

/** A command's subjects as effects of the one part; its spans keep what they join. */
function impliedExec(text: string, place: Place, at: number): Subject[] {
  return readCommandLine(text, place).subjects.map((subject): Subject => {
    if (subject.kind === 'span') {
      return { ...subject, parts: subject.parts?.map((part) => part + at) }
    }
    return { ...subject, kind: 'effect', of: 0 }
  })
}
