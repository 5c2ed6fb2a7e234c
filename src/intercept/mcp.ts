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
import { ownAddresses } from './own-address.ts'
import { PATH_LIMIT, type Place } from './path.ts'
import { readCommandLine, type Reading } from './shell/read.ts'
import { mcpName, type ToolRow, TOOLS } from './tools.ts'

/** What the params may name: paths, URLs and commands. A call that names more is refused, never read in part. */
const NAMED_LIMIT = 1024

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
  for (const leaf of leaves) {
    subjects.push(...leafSubjects(leaf, row, place, subjects.length))
    if (subjects.length > NAMED_LIMIT) {
      throw wrong('/params', `names more than ${NAMED_LIMIT} paths, URLs and commands`)
    }
  }
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

/**
 * Every text in the params with the key it stands under, in their order. Programs in C read a text up to a
 * NUL, so what stands on either side of one is a text of its own.
 */
function leavesOf(params: Params): Leaf[] {
  const leaves: Leaf[] = []
  // A list of what is left to look at, the next one last: params may nest deeper than a stack.
  const left: { readonly key: string; readonly value: Json }[] = [{ key: '', value: params }]
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    const { key, value } = one
    if (typeof value === 'string') {
      for (const text of value.split('\0')) {
        if (text.trim() !== '') leaves.push({ key, text: text.trim() })
      }
    } else if (Array.isArray(value)) {
      for (const entry of value.toReversed()) left.push({ key, value: entry })
    } else if (value !== null && typeof value === 'object') {
      for (const [name, entry] of Object.entries(value).reverse()) {
        left.push({ key: name.toLowerCase(), value: entry })
      }
    }
  }
  return leaves
}

function leafSubjects(
  leaf: Leaf,
  row: ToolRow | undefined,
  place: Place,
  at: number,
): readonly Subject[] {
  const own = ownAddresses(leaf.text).flatMap((url) => urlSubject('effect', url, 0) ?? [])
  return [...namedBy(leaf, row, place, at), ...own]
}

/** What a text names that stands for itself. */
function namedBy(
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
    const subject = urlSubject('effect', text, 0)
    if (subject === undefined) return []
    return /^\s*file:/i.test(text)
      ? [subject, pathSubject('effect', text, 'read', place, 0)]
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
