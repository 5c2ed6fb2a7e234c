import type { Subject } from '../engine/types.ts'
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
import { joinedPaths } from './mcp-joined.ts'
import { type Leaf, leavesOf } from './mcp-leaves.ts'
import { type Nature, natureOf, type Role } from './mcp-words.ts'
import { ownAddresses } from './own-address.ts'
import { ownNamed } from './own-params.ts'
import { PATH_LIMIT, type Place } from './path.ts'
import { readCommandLine, type Reading } from './shell/read.ts'
import { mcpName, type ToolRow, TOOLS } from './tools.ts'

/** What the params may name: paths, URLs and commands. A call that names more is refused, never read in part. */
const NAMED_LIMIT = 1024

/**
 * A tool that the table does not know, an MCP tool or any other: a part under its own name, and what
 * its command-, path- and URL-like leaves would do, where only restrictive rules count (F18).
 */
export function readOther(
  name: string,
  params: Params,
  place: Place,
  known: { readonly as?: string; readonly roles?: Readonly<Record<string, Role>> | undefined } = {},
): Reading {
  const subjects: Subject[] = [
    { kind: 'part', tools: [name, 'mcp'], label: name, paths: [], urls: [] },
  ]
  const mcp = mcpName(name)
  const tool = { row: TOOLS.get(mcp?.tool ?? ''), nature: natureOf(ownName(known.as ?? name)) }
  const leaves = leavesOf(params, known.roles)
  for (const leaf of leaves) {
    subjects.push(...leafSubjects(leaf, tool, place, subjects.length))
    expectFew(subjects)
  }
  const stated = new Set(leaves.map(({ text }) => text))
  for (const text of joinedPaths(params)) {
    if (!stated.has(text)) subjects.push(...pathSubjects(text, tool, place))
    expectFew(subjects)
  }
  subjects.push(...ownNamed(params).flatMap((url) => urlSubject('effect', url, 0) ?? []))
  expectFew(subjects)
  const paths = once(subjects.slice(1).flatMap((subject) => subject.paths))
  const urls = once(subjects.slice(1).flatMap((subject) => subject.urls))
  subjects[0] = { ...subjects[0]!, paths, urls }
  return { subjects, complete: false }
}

function expectFew(subjects: readonly Subject[]): void {
  if (subjects.length <= NAMED_LIMIT) return
  throw wrong('/params', `names more than ${NAMED_LIMIT} paths, URLs and commands`)
}

/** Equal values once: a command's reads stand with it and as effects of their own. */
function once<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]
}

/** What is known of a tool by its name. */
interface Known {
  readonly row: ToolRow | undefined
  readonly nature: Nature | undefined
}

/** An MCP tool's own name as it was written: letter case parts words. */
function ownName(name: string): string {
  return /^mcp__.+?__(.+)$/i.exec(name)?.[1] ?? name
}

/** Where a tool that runs something may hold what it runs, beside what is named as a command. */
const RUN_FIELDS = ['input', 'line', 'exec', 'run', 'shell']

function leafSubjects(
  leaf: Leaf,
  tool: Known,
  place: Place,
  at: number,
): readonly Subject[] {
  const own = ownAddresses(leaf.text).flatMap((url) => urlSubject('effect', url, 0) ?? [])
  return [...namedBy(leaf, tool, place, at), ...own]
}

/** What a text names that stands for itself. */
function namedBy(
  { key, text, role }: Leaf,
  { row, nature }: Known,
  place: Place,
  at: number,
): readonly Subject[] {
  const runs = nature === 'exec' && named(RUN_FIELDS, key)
  if (named(COMMAND_FIELDS, key) || role === 'command' || runs) {
    if (text.length > COMMAND_LIMIT) throw wrong(`/params`, `${key} is too long to be judged`)
    return impliedExec(text, place, at)
  }
  if (
    named([...URL_FIELDS, ...MORE_URLS], key) || role === 'url' ||
    /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
  ) {
    const subject = urlSubject('effect', text, 0)
    if (subject === undefined) return []
    return /^\s*file:/i.test(text)
      ? [subject, ...fileSubjects(text, row?.class === 'write' || CHANGES.has(nature), place)]
      : [subject]
  }
  const path = named([...PATH_FIELDS, ...MORE_PATHS], key) || role === 'path' ||
    /^(?:~|\/|\.\.?\/)/.test(text)
  if (!path || text.includes('\n')) return []
  return pathSubjects(text, { row, nature }, place)
}

/** What is said to change something; a name that says nothing of it only opens an address. */
const CHANGES = new Set<Nature | undefined>(['write', 'destroy', 'exec'])

function fileSubjects(url: string, changes: boolean, place: Place): readonly Subject[] {
  const accesses = changes ? ['read', 'write'] as const : ['read'] as const
  return accesses.map((access) => pathSubject('effect', url, access, place, 0))
}

/** A path, as far as is known read or written. */
function pathSubjects(text: string, { row, nature }: Known, place: Place): readonly Subject[] {
  if (text.length > PATH_LIMIT) return []
  const reads = row?.class !== 'write'
  const writes = row === undefined ? nature !== 'read' : row.class !== 'read'
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
