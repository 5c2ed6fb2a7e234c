import { canonicalWithout } from '../audit/canonical.ts'
import type { Head } from '../audit/chain.ts'
import type { AuditEvent } from '../audit/event.ts'
import { readEvent } from '../audit/read.ts'
import { type Line, linesBackward, textOf } from './audit-lines.ts'
import type { OpenFile } from './audit-ops.ts'
import { sha256 } from './hash.ts'

/** What the end of a file holds. */
export interface Tail {
  /** The last event, undefined when the file holds none. */
  readonly head: Head | undefined
  /** Where an unfinished last line starts; the size of the file when there is none. */
  readonly whole: number
  /** Complete lines behind the last event that are no events. */
  readonly foreign: number
  /** What is wrong with the last events themselves, and where the line stands that shows it. */
  readonly faults: readonly { readonly at: number; readonly what: string }[]
  /** Where the first of the foreign lines stands. */
  readonly behind: number
}

/**
 * Read a file from its end until its last events, so many bytes that it costs the same whatever lies
 * before. What cannot be read as an event is passed over and counted.
 */
export async function readTail(file: OpenFile, size: number): Promise<Tail> {
  let whole = size
  let foreign = 0
  for await (const lines of linesBackward(file, size)) {
    for (const [index, line] of lines.entries()) {
      if (!line.terminated) {
        whole = line.start
        continue
      }
      const event = eventOf(line)
      if (event !== undefined) {
        const { seq, hash, time } = event
        const faults = faultsOf(event, line, lines.slice(index + 1))
        return { head: { seq, hash, time }, whole, foreign, faults, behind: line.end }
      }
      foreign += 1
    }
  }
  return { head: undefined, whole, foreign, faults: [], behind: 0 }
}

function eventOf(line: Line): AuditEvent | undefined {
  const text = textOf(line)
  return text === undefined ? undefined : readEvent(text)
}

/** The last event, and how those in the same block follow each other: the latest lie there. */
function faultsOf(last: AuditEvent, line: Line, before: readonly Line[]): Tail['faults'] {
  if (!isOwnHash(last)) {
    return [{ at: line.start, what: `The hash of event ${last.seq} does not fit its line` }]
  }
  let next = { event: last, at: line.start }
  for (const earlier of before) {
    const event = eventOf(earlier)
    if (event === undefined) {
      return [{ at: earlier.start, what: `A line before event ${next.event.seq} is no event` }]
    }
    if (event.seq !== next.event.seq - 1 || event.hash !== next.event.prev_hash) {
      const what =
        `Event ${next.event.seq} does not follow event ${event.seq}, which stands before it`
      return [{ at: next.at, what }]
    }
    next = { event, at: earlier.start }
  }
  return []
}

function isOwnHash(event: AuditEvent): boolean {
  try {
    return sha256(canonicalWithout(event, 'hash')) === event.hash
  } catch {
    return false
  }
}

const BLOCK = 1 << 18
const LINE_FEED = 10

/** The number, from 1, of the line that starts at a place: what a person can go to. */
export async function lineNumberAt(file: OpenFile, place: number): Promise<number> {
  const block = new Uint8Array(BLOCK)
  let number = 1
  for (let from = 0; from < place;) {
    const read = await file.read(block.subarray(0, Math.min(BLOCK, place - from)), from)
    if (read === 0) break
    for (let at = block.indexOf(LINE_FEED); at >= 0 && at < read;) {
      number += 1
      at = block.indexOf(LINE_FEED, at + 1)
    }
    from += read
  }
  return number
}
