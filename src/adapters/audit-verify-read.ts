import { setTimeout } from 'node:timers/promises'
import type { SegmentCheck } from '../audit/verify-segment.ts'
import { LONGEST_LINE } from './audit-lines.ts'
import type { OpenFile } from './audit-ops.ts'

/** Lines that begin from `from` on and before `to`. */
export interface Range {
  readonly from: number
  readonly to: number
}

const LINE_FEED = 10
const BLOCK = 1 << 19

/** A line that is being written now is whole a moment later. */
const RETRIES = 5
const RETRY_MS = 20

/** Room to read into, kept for the next reader: what is thrown away so fast is collected late. */
let spare: Uint8Array<ArrayBuffer> | undefined

/**
 * Give a check the lines of a range, block by block: never more than a block and a line are held. The line
 * that the range begins within belongs to who reads what is before it.
 */
export async function readLines(
  file: Pick<OpenFile, 'read'>,
  range: Range,
  check: Pick<SegmentCheck, 'line' | 'tooLong'>,
): Promise<void> {
  // One byte in front is free: a check borrows the one before a line.
  const buffer = spare ?? new Uint8Array(1 + LONGEST_LINE + 2 * BLOCK)
  spare = undefined
  try {
    await readInto(buffer, file, range, check)
  } finally {
    spare = buffer
  }
}

async function readInto(
  buffer: Uint8Array,
  file: Pick<OpenFile, 'read'>,
  range: Range,
  check: Pick<SegmentCheck, 'line' | 'tooLong'>,
): Promise<void> {
  let position = Math.max(0, range.from - 1)
  let skipping = range.from > 0
  let dropped = false
  let start = 1
  let end = 1
  let attempt = 0
  for (;;) {
    if (buffer.length - end < BLOCK) {
      buffer.copyWithin(1, start, end)
      end = 1 + end - start
      start = 1
      if (end - start > LONGEST_LINE) {
        dropped = true
        end = 1
      }
    }
    const read = await file.read(buffer.subarray(end, end + BLOCK), position)
    if (read === 0) {
      const isRest = (end > start || dropped) && !skipping
      if (!isRest) return
      if (attempt++ < RETRIES) {
        await setTimeout(RETRY_MS)
        continue
      }
      if (dropped) check.tooLong()
      else check.line(buffer, start, end, false)
      return
    }
    let from = end
    end += read
    position += read
    for (;;) {
      const at = buffer.indexOf(LINE_FEED, from)
      if (at < 0 || at >= end) break
      if (skipping) skipping = false
      else if (dropped || at - start > LONGEST_LINE) check.tooLong()
      else check.line(buffer, start, at, true)
      dropped = false
      start = at + 1
      from = start
      if (position - (end - start) >= range.to) return
    }
  }
}
