import { join } from 'node:path'
import type { AuditEvent } from '../audit/event.ts'
import { matchesFilter } from './audit-filter.ts'
import { readEvent } from '../audit/read.ts'
import type { AuditFilter } from '../ports.ts'
import { type TrailFile, trailFiles } from './audit-files.ts'
import { trailFileOps } from './audit-gzip.ts'
import { type Line, linesBackward, linesForward, textOf } from './audit-lines.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { codeOf } from './safe-read.ts'

/**
 * Read the trail from the end that the filter asks for, by blocks, until `limit` events are found. A
 * line that is no event, or not yet whole, is passed over: telling of it is `verify`'s.
 */
export async function queryTrail(
  dir: string,
  filter: AuditFilter,
  ops: FileOps = trailFileOps,
): Promise<readonly AuditEvent[]> {
  const found: AuditEvent[] = []
  if (filter.limit <= 0) return found
  const ascending = filter.order === 'asc'
  const files = trailFiles(ops.list(dir))
  const ordered = ascending ? await skipped(dir, files, filter, ops) : files.reverse()
  for (const { name } of ordered) {
    await reading(join(dir, name), ops, async (file) => {
      const { size } = await file.stat()
      const blocks = ascending ? linesForward(file) : linesBackward(file, size)
      for await (const lines of blocks) {
        if (collect(lines, filter, found)) return
      }
    })
    if (found.length >= filter.limit) break
  }
  return found
}

/** True when enough were found. */
function collect(lines: readonly Line[], filter: AuditFilter, found: AuditEvent[]): boolean {
  for (const line of lines) {
    const text = line.terminated ? textOf(line) : undefined
    if (text === undefined || !mayMatch(text, filter)) continue
    const event = readEvent(text)
    if (event === undefined || !matchesFilter(event, filter)) continue
    found.push(event)
    if (found.length >= filter.limit) return true
  }
  return false
}

/** A look at the text spares parsing it: an id that does not occur in it is not in the event. */
function mayMatch(text: string, { id, toolCallId, session, agent }: AuditFilter): boolean {
  return [id, toolCallId, session, agent].every((value) =>
    value === undefined || text.includes(JSON.stringify(value.toWellFormed()))
  )
}

/** Without the files that end before `after`: the one behind them starts no later. */
async function skipped(
  dir: string,
  files: readonly TrailFile[],
  { after }: AuditFilter,
  ops: FileOps,
): Promise<readonly TrailFile[]> {
  if (after === undefined) return files
  let low = 0
  let high = files.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const first = await firstSeq(join(dir, files[middle]!.name), ops)
    if (first !== undefined && first <= after + 1) low = middle
    else high = middle - 1
  }
  return files.slice(low)
}

async function firstSeq(path: string, ops: FileOps): Promise<number | undefined> {
  let seq: number | undefined
  await reading(path, ops, async (file) => {
    for await (const lines of linesForward(file)) {
      const text = lines[0] === undefined ? undefined : textOf(lines[0])
      seq = text === undefined ? undefined : readEvent(text)?.seq
      return
    }
  })
  return seq
}

/** A file that went away between listing and opening holds nothing, nor does a broken archive. */
async function reading(
  path: string,
  ops: FileOps,
  work: (file: OpenFile) => Promise<void>,
): Promise<void> {
  let file: OpenFile | undefined
  try {
    file = await ops.open(path, 'read')
    await work(file)
  } catch (error) {
    const hidden = codeOf(error) === 'EBADARCHIVE' ||
      file === undefined && codeOf(error) === 'ENOENT'
    if (!hidden) throw error
  } finally {
    await file?.close()
  }
}
