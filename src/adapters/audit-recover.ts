import { join } from 'node:path'
import { GENESIS, type Head } from '../audit/chain.ts'
import type { Json } from '../engine/types.ts'
import { readEvent } from '../audit/read.ts'
import { type Line, linesBackward, textOf } from './audit-lines.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { codeOf } from './safe-read.ts'

/** What the end of a file holds. */
export interface Tail {
  /** The last event, undefined when the file holds none. */
  readonly head: Head | undefined
  /** Where an unfinished last line starts; the size of the file when there is none. */
  readonly whole: number
  /** Complete lines behind the last event that are no events. */
  readonly foreign: number
}

/** Read a file from its end until its last event. What cannot be read as one is passed over. */
export async function readTail(file: OpenFile, size: number): Promise<Tail> {
  let whole = size
  let foreign = 0
  for await (const lines of linesBackward(file, size)) {
    for (const line of lines) {
      if (!line.terminated) {
        whole = line.start
        continue
      }
      const head = headOf(line)
      if (head !== undefined) return { head, whole, foreign }
      foreign += 1
    }
  }
  return { head: undefined, whole, foreign }
}

function headOf(line: Line): Head | undefined {
  const text = textOf(line)
  const event = text === undefined ? undefined : readEvent(text)
  return event === undefined ? undefined : { seq: event.seq, hash: event.hash, time: event.time }
}

const COPY = 1 << 16

/**
 * Move a half-written line out of the way, into a file beside it: a crash is no reason to lose bytes,
 * and no reason to stop. Resolves with what the recovery event says. When the bytes cannot be moved
 * they stay, and `mended` is false: the next event starts on a line of its own.
 */
export async function quarantine(
  file: OpenFile,
  range: { readonly from: number; readonly to: number },
  to: { readonly dir: string; readonly name: string },
  ops: FileOps,
): Promise<{ readonly mended: boolean; readonly detail: Readonly<Record<string, Json>> }> {
  const bytes = range.to - range.from
  try {
    await copyOut(file, range, join(to.dir, to.name), ops)
    await ops.syncDirectory(to.dir)
    // Made durable with the next append.
    await file.truncate(range.from)
    return { mended: true, detail: { torn_bytes: bytes, kept_as: to.name } }
  } catch (error) {
    // A disk that stays full must not fill with halves of copies.
    await ops.remove(join(to.dir, to.name)).catch(() => {})
    return { mended: false, detail: { torn_bytes: bytes, left_in_place: codeOf(error) } }
  }
}

async function copyOut(
  file: OpenFile,
  { from, to }: { readonly from: number; readonly to: number },
  path: string,
  ops: FileOps,
): Promise<void> {
  const copy = await ops.open(path, 'create')
  try {
    const buffer = new Uint8Array(COPY)
    for (let at = from; at < to;) {
      const read = await file.read(buffer.subarray(0, Math.min(COPY, to - at)), at)
      if (read === 0) break
      await writeAll(copy, buffer.subarray(0, read))
      at += read
    }
    await copy.datasync()
  } finally {
    await copy.close()
  }
}

/** Write all bytes or reject: a full disk may take some of them. */
export async function writeAll(file: OpenFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const written = await file.write(bytes.subarray(at))
    if (written <= 0) throw Object.assign(new Error('Nothing was written'), { code: 'EIO' })
    at += written
  }
}

/** What differs between the chain as this process wrote it and as it is found. */
export function lossBetween(known: Head, found: Head | undefined): string | undefined {
  if (known.seq === 0) return undefined
  const end = found ?? GENESIS
  if (end.seq < known.seq) {
    return `Events ${end.seq + 1} to ${known.seq} were written and are gone`
  }
  if (end.seq === known.seq && end.hash !== known.hash) {
    return `Event ${known.seq} is not the one that was written`
  }
  return undefined
}
