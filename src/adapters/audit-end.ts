import { join } from 'node:path'
import { GENESIS, type Head } from '../audit/chain.ts'
import type { Json } from '../engine/types.ts'
import type { TrailFile } from './audit-files.ts'
import type { FileOps } from './audit-ops.ts'
import { lineNumberAt, type Tail } from './audit-tail.ts'

/** The end of a file of the trail. */
export interface FileEnd extends Tail {
  readonly file: TrailFile
}

/** What must be there: by this process's own memory, or by an anchor. */
export interface Expected {
  readonly seq: number
  readonly hash: string
  readonly by: 'this process' | 'the last anchor'
}

/** Something at the end of the trail that no crash explains. */
export interface Evidence {
  readonly file: string
  /** From 1; 0 means the file as a whole. */
  readonly line: number
  readonly what: string
  readonly found: Json
  readonly expected: Json
}

/** What a person is to do about evidence. */
export const NEXT_STEP = 'Next: rampart audit verify, then rampart audit repair --dry-run'

/**
 * What speaks against the end of a trail as it is found: lines that are no events, events that do not
 * fit, and less than is known to have been written. The files are those that were looked into, newest
 * first; the last one holds the last event, if any does.
 */
export async function evidenceAt(
  ends: readonly FileEnd[],
  expected: Expected | undefined,
  dir: string,
  ops: FileOps,
): Promise<readonly Evidence[]> {
  const found = ends.at(-1)?.head
  const about = { found: shown(found), expected: shown(expected) }
  const evidence: Evidence[] = []
  for (const { file: { name }, foreign, behind, faults } of ends) {
    if (foreign > 0) {
      const line = await numberOf(name, behind, dir, ops)
      const what = `${foreign} lines at the end are no events`
      evidence.push({ file: name, line, what, ...about })
    }
    for (const { at, what } of faults) {
      evidence.push({ file: name, line: await numberOf(name, at, dir, ops), what, ...about })
    }
  }
  const loss = expected === undefined ? undefined : lossOf(expected, found ?? GENESIS)
  if (loss !== undefined) {
    evidence.push({ file: ends.at(-1)?.file.name ?? '', line: 0, what: loss, ...about })
  }
  return evidence
}

/** What differs between the chain as it is known and as it is found. */
function lossOf({ seq, hash, by }: Expected, end: Pick<Head, 'seq' | 'hash'>): string | undefined {
  if (end.seq < seq) return `Events ${end.seq + 1} to ${seq} were written and are gone, says ${by}`
  if (end.seq > seq || end.hash === hash) return undefined
  return `Event ${seq} is not the one that was written, says ${by}`
}

/** Where the chain goes on: behind all that was ever known to be in it, linked to what is there. */
export function headBehind(found: Head | undefined, expected: Expected | undefined): Head {
  const end = found ?? GENESIS
  return { ...end, seq: Math.max(end.seq, expected?.seq ?? 0) }
}

function shown(head: { readonly seq: number; readonly hash: string } | undefined): Json {
  return head === undefined ? null : { seq: head.seq, hash: head.hash }
}

async function numberOf(name: string, at: number, dir: string, ops: FileOps): Promise<number> {
  const file = await ops.open(join(dir, name), 'read')
  try {
    return await lineNumberAt(file, at)
  } finally {
    await file.close()
  }
}
