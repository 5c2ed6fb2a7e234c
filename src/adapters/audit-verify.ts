import { availableParallelism } from 'node:os'
import type { Head } from '../audit/chain.ts'
import { ANCHORS } from '../audit/anchor.ts'
import type { Finding } from '../audit/verify-finding.ts'
import type { Segment, Since } from '../audit/verify-types.ts'
import { TrailCheck, type Verified } from '../audit/verify.ts'
import { EarlyClaims } from '../audit/verify-early.ts'
import { RampartError } from '../errors.ts'
import { beginning } from './audit-anchors-state.ts'
import { type FileOps, nodeFileOps } from './audit-ops.ts'
import { AnchorReader, keptClaims, type KeptElsewhere } from './audit-verify-anchors.ts'
import { checkLines, HASH_TOOLS } from './audit-verify-job.ts'
import { INLINE, openPool, type Pool } from './audit-verify-pool.ts'
import type { Range } from './audit-verify-read.ts'
import { type ListTrail, listTrail, type TrailPart } from './audit-verify-source.ts'
import { messageOf } from './database-wal.ts'

export interface VerifyOptions {
  readonly ops?: FileOps | undefined
  /** What there is to read. */
  readonly list?: ListTrail | undefined
  /** The public keys that are trusted; without them anchors are not looked at. */
  readonly keys?: readonly Uint8Array[] | undefined
  /** Look only at what comes from there on: its links, and no tree. */
  readonly since?: Since | undefined
  /** Checkpoints that left this machine. */
  readonly kept?: readonly KeptElsewhere[] | undefined
  /** Threads to work with; by default as many as there are processors, for a large trail. */
  readonly threads?: number | undefined
  /** What runs as a thread when the program is a single file. */
  readonly entry?: string | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** So much of a file is one job. */
const PIECE = 4 << 20
/** A trail that is smaller is read before threads have started. */
const SMALL = 16 << 20
/** More threads than this wait for each other. */
const MOST_THREADS = 8

/**
 * Verify the trail of a directory: lines, chain, Merkle tree, anchors. Memory does not grow with it. A
 * server may be writing meanwhile. Rejects with `state_unusable` when something cannot be read.
 */
export async function verifyDirectory(
  dir: string,
  options: VerifyOptions = {},
): Promise<Verified> {
  const from = performance.now()
  try {
    const found = await verify(dir, options)
    return { ...found, duration_ms: Math.round(performance.now() - from) }
  } catch (error) {
    if (error instanceof RampartError) throw error
    throw new RampartError('state_unusable', `Cannot read ${dir}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

async function verify(
  dir: string,
  options: VerifyOptions,
): Promise<Omit<Verified, 'duration_ms'>> {
  const { ops = nodeFileOps, list = listTrail, keys, since, kept = [], onProgress } = options
  // Before the trail is listed: what an anchor covers then, the trail has.
  const bytes = keys === undefined ? 0 : ops.stat(AnchorReader.path(dir))?.size ?? 0
  const listing = await list(dir, ops, keys)
  const parts = since === undefined ? listing.parts : await partsSince(listing.parts, since)
  const isPart = since !== undefined && parts.length < listing.parts.length
  const check = new TrailCheck({
    tools: HASH_TOOLS,
    isPart: since !== undefined,
    start: isPart ? undefined : listing.start,
  })
  const total = parts.reduce((sum, { size }) => sum + size, 0)
  const pool = ops === nodeFileOps ? poolFor(total, options) : INLINE
  const { seq: from, root } = beginning(listing.start)
  const early = new EarlyClaims(from, root)
  const isGrowing = () => hasGrown(listing.parts.at(-1), ops)
  const anchors = keys && new AnchorReader({ dir, ops, pool, keys, bytes, from, early, isGrowing })
  try {
    if (anchors !== undefined) check.claims(anchors.claims)
    const foreign = keptClaims(kept, keys ?? [], check, early)
    for (const name of listing.strangers) {
      check.file(name)
      check.finding('file', 'Not a regular file')
    }
    let done = 0
    await readSegments(parts, { pool, since }, async (segment, { part, opens, bytes }) => {
      if (opens) check.file(part.name)
      await anchors?.readTo(segment.last?.seq ?? 0)
      check.segment(segment)
      done += bytes
      onProgress?.(done, total)
      return true
    })
    const anchored = await anchors?.end(check.head, since !== undefined)
    const found = check.end()
    return {
      ...found,
      findings: [
        ...listing.findings ?? [],
        ...found.findings,
        ...anchored?.findings ?? [],
        ...foreign,
        ...early.end(),
        ...found.head.seq === 0 && kept.length === 0 ? nothingLeft(keys, anchored) : [],
      ],
      anchors: anchored?.summary ?? { count: 0, last_seq: 0, key_ids: [] },
    }
  } finally {
    await pool.close()
  }
}

function hasGrown(newest: TrailPart | undefined, ops: FileOps): boolean {
  return newest?.path !== undefined && (ops.stat(newest.path)?.size ?? 0) > newest.size
}

/** A key is made when the first events are anchored, so there were some. */
function nothingLeft(
  keys: VerifyOptions['keys'] = [],
  anchored: { readonly summary: { readonly count: number } } | undefined,
): readonly Finding[] {
  if (keys.length === 0 || (anchored?.summary.count ?? 0) > 0) return []
  const message = 'No event and no anchor is left, though there is a key that has signed some'
  return [{ kind: 'cut', file: ANCHORS, line: 0, message }]
}

function poolFor(total: number, { threads, entry }: VerifyOptions): Pool {
  const wanted = threads ?? (total < SMALL ? 0 : Math.min(availableParallelism(), MOST_THREADS))
  return openPool(wanted, entry)
}

interface Reading {
  readonly pool: Pool
  readonly since?: Since | undefined
}

interface Piece {
  readonly part: TrailPart
  /** The first of its file. */
  readonly opens: boolean
  readonly bytes: number
  readonly read: () => Promise<Segment>
}

/** Have the pieces of a trail read beside each other and told in order, until `tell` says it is enough. */
export async function readSegments(
  parts: readonly TrailPart[],
  reading: Reading,
  tell: (segment: Segment, piece: Piece) => Promise<boolean> | boolean,
): Promise<void> {
  const { pool } = reading
  const pieces = piecesOf(parts, reading)
  const ahead: { readonly piece: Piece; readonly segment: Promise<Segment> }[] = []
  for (;;) {
    while (ahead.length < (pool === INLINE ? 1 : pool.width + 2)) {
      const { value: piece, done: isEnd } = pieces.next()
      if (isEnd) break
      const segment = piece.read()
      // It is awaited in its turn; one that fails earlier must not end the process.
      segment.catch(() => {})
      ahead.push({ piece, segment })
    }
    const next = ahead.shift()
    if (next === undefined || !await tell(await next.segment, next.piece)) return
  }
}

function* piecesOf(
  parts: readonly TrailPart[],
  { pool, since }: Reading,
): Generator<Piece, undefined> {
  for (const part of parts) {
    const { path, size } = part
    if (path === undefined) {
      const read = () => readHere(part, { from: 0, to: Infinity }, since)
      yield { part, opens: true, bytes: size, read }
      continue
    }
    for (let from = 0; from === 0 || from < size; from += PIECE) {
      const to = Math.min(from + PIECE, Math.max(size, 1))
      const read = () =>
        pool === INLINE
          ? readHere(part, { from, to }, since)
          : pool.run({ kind: 'lines', path, from, to, since })
      yield { part, opens: from === 0, bytes: Math.min(PIECE, size - from), read }
    }
  }
  return undefined
}

async function readHere(
  part: TrailPart,
  range: Range,
  since: Since | undefined,
): Promise<Segment> {
  return await checkLines(() => part.open(), range, since)
}

/** Without the parts that end before the place: the one behind them begins no later than it. */
async function partsSince(
  parts: readonly TrailPart[],
  since: Since,
): Promise<readonly TrailPart[]> {
  for (let at = parts.length - 1; at > 0; at--) {
    const first = await firstOf(parts[at]!)
    if (first === undefined) continue
    const isBefore = first.seq <= (since.seq ?? Infinity) &&
      (since.time === undefined || first.time < since.time)
    if (isBefore) return parts.slice(at)
  }
  return parts
}

async function firstOf(part: TrailPart): Promise<Head | undefined> {
  return (await readHere(part, { from: 0, to: 1 }, undefined)).first
}
