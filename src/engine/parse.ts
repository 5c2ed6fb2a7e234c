import { isMap, isNode, isPair, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml'
import type { Document, Node, YAMLError } from 'yaml'
import type { z } from 'zod'
import { nearest } from './nearest.ts'
import { type Locate, type Parsed, sortFaults } from './fault.ts'
import type { Fault } from './types.ts'

/** Largest policy file, in bytes of UTF-8 (security.md F36). */
export const FILE_LIMIT = 1 << 20
const NODE_LIMIT = 200_000
const ALIAS_LIMIT = 100
const DEPTH_LIMIT = 64

/**
 * Read one YAML file against a schema. Every fault of the file is reported at once, each with its place
 * (lines and columns from 1); nothing throws, whatever the text.
 */
export function parseYaml<T>(text: string, file: string, schema: z.ZodType<T>): Parsed<T> {
  const at = (message: string) => ({ faults: [{ file, line: 1, col: 1, message }] })
  if (new TextEncoder().encode(text).length > FILE_LIMIT) {
    return at(`file is larger than ${FILE_LIMIT} bytes`)
  }
  const lines = new LineCounter()
  const documents = documentsOf(text, lines)
  if (documents === undefined) return at(`file is nested deeper than ${DEPTH_LIMIT}`)
  const [document, second] = documents
  if (document === undefined) return at('file is empty')
  if (second !== undefined) {
    return { faults: [{ file, ...place(lines, second.range[0]), message: 'a second document' }] }
  }
  const faults = [...document.errors, ...document.warnings].map((error) =>
    syntaxFault(error, file, lines)
  )
  const excess = tooMuch(document)
  if (excess !== undefined) return at(excess)
  if (document.contents === null) return at('file is empty')
  if (faults.some((fault) => !fault.message.startsWith('duplicate key'))) return { faults }
  const plain = toPlain(document)
  if (typeof plain === 'string') return at(plain)
  const result = schema.safeParse(plain.value, { reportInput: true })
  if (result.success && faults.length === 0) {
    const locate: Locate = (path) => placeOf(document, path, lines, false)
    return { value: result.data, locate }
  }
  const issues = result.error?.issues ?? []
  return {
    faults: sortFaults([...faults, ...issues.flatMap((i) => faultsOf(i, document, file, lines))]),
  }
}

/** The documents of a text, or undefined when it nests so deep that the reader gives up. */
function documentsOf(text: string, lines: LineCounter): Document.Parsed[] | undefined {
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      uniqueKeys: true,
      strict: true,
      prettyErrors: false,
    })
    // An empty text gives an empty document in the place of a list.
    return Array.isArray(documents) ? documents as Document.Parsed[] : []
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function toPlain(document: Document.Parsed): { value: unknown } | string {
  try {
    return { value: document.toJS({ maxAliasCount: ALIAS_LIMIT }) }
  } catch (error) {
    if (error instanceof ReferenceError) return 'aliases unfold to more than the file may hold'
    throw error
  }
}

function tooMuch(document: Document.Parsed): string | undefined {
  let nodes = 0
  let excess: string | undefined
  visit(document, (_key, _node, path) => {
    nodes++
    if (nodes > NODE_LIMIT) excess = `file has more than ${NODE_LIMIT} nodes`
    // A map inside a map is two steps of a path: the pair and its value.
    if (path.length > DEPTH_LIMIT * 2) excess = `file is nested deeper than ${DEPTH_LIMIT}`
    return excess === undefined ? undefined : visit.BREAK
  })
  return excess
}

function syntaxFault(error: YAMLError, file: string, lines: LineCounter): Fault {
  const message = error.code === 'DUPLICATE_KEY' ? 'duplicate key' : error.message
  return { file, ...place(lines, error.pos[0]), message }
}

function place(lines: LineCounter, offset: number): { line: number; col: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), col: Math.max(col, 1) }
}

type Issue = z.core.$ZodIssue

/** One zod issue as faults at the nodes it speaks of, misspelt keys with a suggestion. */
function faultsOf(issue: Issue, document: Document, file: string, lines: LineCounter): Fault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      file,
      ...placeOf(document, [...issue.path, key], lines, true),
      message: unknownKey(key, issue.path),
    }))
  }
  const inner = issue.code === 'invalid_union' ? deepest(issue.errors) : []
  if (inner.length > 0) {
    return inner.flatMap((i) =>
      faultsOf({ ...i, path: [...issue.path, ...i.path] }, document, file, lines)
    )
  }
  const missing = issue.input === undefined && issue.code !== 'custom' && issue.path.length > 0
  const message = missing
    ? `key "${String(issue.path.at(-1))}" is missing`
    : lowerFirst(issue.message)
  return [{ file, ...placeOf(document, issue.path, lines, false), message }]
}

/** Of a union, the branch whose faults lie below the value itself: it is the one that was meant. */
function deepest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  return branches.find((issues) => issues.some(({ path }) => path.length > 0)) ??
    branches.find((issues) => issues.length > 0 && issues.every(({ code }) => code === 'custom')) ??
    []
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  const meant = nearest(key, path)
  return meant === undefined || meant === key
    ? `unknown key "${key}"`
    : `unknown key "${key}": did you mean "${meant}"?`
}

/** Where a path of the document stands: its key where asked, else its value, else what holds it. */
function placeOf(
  document: Document,
  path: readonly PropertyKey[],
  lines: LineCounter,
  wantKey: boolean,
): { line: number; col: number } {
  for (let length = path.length; length >= 0; length--) {
    const part = path.slice(0, length)
    const node = length === path.length && wantKey
      ? keyNode(document, part)
      : document.getIn(part as unknown[], true)
    if (isNode(node) && node.range) return place(lines, node.range[0])
  }
  return { line: 1, col: 1 }
}

function keyNode(document: Document, path: readonly PropertyKey[]): Node | undefined {
  const holder = path.length === 1
    ? document.contents
    : document.getIn(path.slice(0, -1) as unknown[], true)
  if (!isMap(holder)) return undefined
  const pair = holder.items.find((item) =>
    isPair(item) && isScalar(item.key) && item.key.value === path.at(-1)
  )
  return pair && isNode(pair.key) ? pair.key : undefined
}
