import { join } from 'node:path'
import type { Head } from '../audit/chain.ts'
import { Frontier, HASH_BYTES, type HashInto } from '../audit/merkle.ts'
import type { PrunedFile, StubBody } from '../audit/stub.ts'
import { SegmentCheck } from '../audit/verify-segment.ts'
import type { Segment } from '../audit/verify-types.ts'
import { TrailCheck } from '../audit/verify.ts'
import { rootText } from '../audit/anchor.ts'
import { digestOf } from './audit-gzip-pack.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { HASH_TOOLS } from './audit-verify-job.ts'
import { readLines } from './audit-verify-read.ts'
import { messageOf } from './database-wal.ts'
import { codeOf } from './safe-read.ts'

/** What files hold that are about to be removed. */
export interface Scanned {
  readonly first: StubBody['first'] | undefined
  readonly last: Head
  readonly files: readonly PrunedFile[]
  readonly tree: StubBody['tree']
  /** What is wrong with them, in words, with its place. */
  readonly findings: readonly string[]
}

interface ScanOptions {
  readonly ops: FileOps
  readonly into: HashInto
  readonly pause?: (() => Promise<void>) | undefined
}

/**
 * Read files to their end: the tree over their events, added to those before them, their digests, and
 * whether they are what was written, from the event before them on.
 */
export async function scanFiles(
  dir: string,
  names: readonly string[],
  from: { readonly head: Head; readonly tree: Frontier },
  options: ScanOptions,
): Promise<Scanned> {
  const { tree, head } = from
  const start = { head, size: tree.size, nodes: tree.nodes() }
  // Its tree is grown here, a little at a time.
  const check = new TrailCheck({ tools: HASH_TOOLS, start, isPart: true })
  const files: PrunedFile[] = []
  let first: Scanned['first']
  for (const name of names) {
    check.file(name)
    const scanned = await scanFile(join(dir, name), options)
    if ('broken' in scanned) check.finding('file', scanned.broken)
    else {
      const { segment } = scanned
      check.segment(segment)
      for (let at = 0; at < segment.events; at++) {
        if (at % LEAVES === LEAVES - 1) await options.pause?.()
        tree.append(segment.leaves, at * HASH_BYTES)
      }
      if (segment.first !== undefined) {
        const { seq, prev_hash, time } = segment.first
        first ??= { seq, prev_hash, time }
      }
    }
    const events = 'broken' in scanned ? 0 : scanned.segment.events
    files.push({ name, size: scanned.size, sha256: scanned.sha256, events })
  }
  const findings = check.end().findings.map(({ file, line, message }) =>
    `${file}:${line}: ${message}`
  )
  return { first, last: check.head, files, tree: treeAt(tree), findings }
}

type ScannedFile =
  & Pick<PrunedFile, 'size' | 'sha256'>
  & ({ readonly segment: Segment } | { readonly broken: string })

async function scanFile(path: string, { ops, pause }: ScanOptions): Promise<ScannedFile> {
  try {
    const digest = await digestOf(await ops.open(path, 'read'), pause)
    const file = await ops.open(path, 'read')
    try {
      const check = new SegmentCheck(HASH_TOOLS)
      await readLines(slowly(file, pause), { from: 0, to: Infinity }, check)
      const { size } = await file.stat()
      return { size, sha256: `sha256:${digest}`, segment: check.result() }
    } finally {
      await file.close()
    }
  } catch (error) {
    // What cannot be unpacked any more must not be in the way for ever.
    if (codeOf(error) !== 'EBADARCHIVE') throw error
    return { size: 0, sha256: `sha256:${'0'.repeat(64)}`, broken: messageOf(error) }
  }
}

/** So much is looked at, and so many leaves are added, before somebody else gets his turn. */
const PIECE = 1 << 17
const LEAVES = 1000

function slowly(file: OpenFile, pause: ScanOptions['pause']): Pick<OpenFile, 'read'> {
  return {
    async read(into, position) {
      await pause?.()
      return await file.read(pause === undefined ? into : into.subarray(0, PIECE), position)
    },
  }
}

function treeAt(tree: Frontier): StubBody['tree'] {
  return { size: tree.size, nodes: tree.nodes().map(rootText), root: rootText(tree.root()) }
}
