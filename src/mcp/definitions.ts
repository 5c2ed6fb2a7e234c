import { canonicalJson } from '../audit/canonical.ts'
import type { Json } from '../engine/types.ts'
import { type Finding, findingsIn } from './findings.ts'
import { RESERVED } from './governed.ts'
import { type Fields, isFields } from './message.ts'
import { fullName } from './names.ts'

/** A tool as its server defines it. */
export interface Definition {
  readonly name: string
  /** Its name in policies. */
  readonly full: string
  readonly fields: Fields
  /** One text for one definition, whichever way it was written. */
  readonly canonical: string
}

/** Of a list: what may be judged, and what is left out with the reason. */
export interface Sorted {
  readonly tools: readonly Definition[]
  readonly unfit: readonly { readonly name: string; readonly why: string }[]
}

/** A page of `tools/list`; a name that policies could not tell apart, or that is ours, is left out. */
export function sortTools(server: string, page: Json): Sorted {
  const list = isFields(page) && Array.isArray(page['tools']) ? page['tools'] : []
  const tools: Definition[] = []
  const unfit: { name: string; why: string }[] = []
  for (const fields of list) {
    const name = isFields(fields) ? fields['name'] : undefined
    if (!isFields(fields) || typeof name !== 'string') {
      unfit.push({ name: '', why: 'it has no name' })
      continue
    }
    const full = fullName(server, name)
    const why = full === undefined
      ? 'its name is not made of ASCII letters, digits and _ - . : /'
      : RESERVED.has(name.toLowerCase())
      ? 'its name is one of the protocol'
      : tools.some((one) => one.full === full)
      ? 'another tool has that name'
      : undefined
    if (why !== undefined) unfit.push({ name, why })
    else tools.push({ name, full: full!, fields, canonical: canonicalJson(fields) })
  }
  return { tools, unfit }
}

/** Why a person has to look at a definition before a model does; undefined where nobody needs to. */
export interface Doubt {
  readonly kind: 'changed' | 'suspicious'
  readonly findings: readonly Finding[]
  /** What differs, line by line: `- before`, `+ now`. */
  readonly diff: readonly string[]
}

/** @param pinned the definition that was last accepted, as it was kept */
export function doubtOf(tool: Definition, pinned: string | undefined): Doubt | undefined {
  if (pinned === tool.canonical) return undefined
  const findings = findingsIn(tool.fields)
  if (pinned !== undefined) {
    return { kind: 'changed', findings, diff: diffOf(pinned, tool.canonical) }
  }
  return findings.length === 0 ? undefined : { kind: 'suspicious', findings, diff: [] }
}

const DIFF_LINES = 200

/** Two definitions as lines of paths and values: which of them are gone, and which are new. */
export function diffOf(before: string, now: string): string[] {
  const [old, fresh] = [before, now].map((text) => linesOf(JSON.parse(text)))
  const lines = [
    ...[...old!].filter((line) => !fresh!.has(line)).map((line) => `- ${line}`),
    ...[...fresh!].filter((line) => !old!.has(line)).map((line) => `+ ${line}`),
  ].sort((a, b) => a.slice(2) < b.slice(2) ? -1 : a.slice(2) > b.slice(2) ? 1 : 0)
  if (lines.length <= DIFF_LINES) return lines
  return [...lines.slice(0, DIFF_LINES), `… ${lines.length - DIFF_LINES} more`]
}

function linesOf(value: Json): Set<string> {
  const lines = new Set<string>()
  const left: (readonly [path: string, value: Json])[] = [['', value]]
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    const [path, value] = one
    if (value === null || typeof value !== 'object') lines.add(`${path}: ${JSON.stringify(value)}`)
    else {
      const entries = Object.entries(value)
      if (entries.length === 0) lines.add(`${path}: ${Array.isArray(value) ? '[]' : '{}'}`)
      for (const [key, entry] of entries) left.push([path === '' ? key : `${path}.${key}`, entry])
    }
  }
  return lines
}
