import type { OpenFile } from './audit-ops.ts'

/** One line of a file; `end` is behind its line feed. */
export interface Line {
  readonly start: number
  readonly end: number
  /** Without the line feed; undefined for one that is too long to be an event. */
  readonly bytes: Uint8Array | undefined
  readonly terminated: boolean
}

const LINE_FEED = 10
const BLOCK = 65_536
/** Longest line that is looked at: an event is far shorter. */
export const LONGEST_LINE = 1 << 20

/** The lines of a file's first `size` bytes, the last one first, by blocks: memory stays flat. */
export async function* linesBackward(file: OpenFile, size: number): AsyncGenerator<Line[]> {
  if (size === 0) return
  const terminated = (await readAt(file, size - 1, 1))[0] === LINE_FEED
  let held: Uint8Array[] = []
  let lineEnd = size
  let position = size
  function line(start: number): Line {
    return make(start, lineEnd, held, lineEnd < size || terminated)
  }
  while (position > 0) {
    const from = Math.max(0, position - BLOCK)
    const block = await readAt(file, from, position - from)
    if (block.length < position - from) return
    const lines: Line[] = []
    let upTo = block.length
    for (;;) {
      const before = Math.min(upTo, lineEnd - 1 - from)
      const at = before > 0 ? block.lastIndexOf(LINE_FEED, before - 1) : -1
      if (at < 0) break
      held.unshift(block.subarray(at + 1, upTo))
      lines.push(line(from + at + 1))
      held = []
      upTo = at + 1
      lineEnd = from + at + 1
    }
    if (lineEnd - from <= LONGEST_LINE + BLOCK) held.unshift(block.subarray(0, upTo))
    else held = []
    position = from
    if (lines.length > 0) yield lines
  }
  yield [line(0)]
}

/** The lines of a file in order, by blocks, to its end at that time. */
export async function* linesForward(file: OpenFile, start = 0): AsyncGenerator<Line[]> {
  let held: Uint8Array[] = []
  let lineStart = start
  let position = start
  for (;;) {
    const block = await readAt(file, position, BLOCK)
    if (block.length === 0) break
    const lines: Line[] = []
    let from = 0
    for (let at = block.indexOf(LINE_FEED); at >= 0; at = block.indexOf(LINE_FEED, from)) {
      held.push(block.subarray(from, at + 1))
      const end = position + at + 1
      lines.push(make(lineStart, end, held, true))
      held = []
      lineStart = end
      from = at + 1
    }
    position += block.length
    if (position - lineStart <= LONGEST_LINE + BLOCK) held.push(block.subarray(from))
    else held = []
    if (lines.length > 0) yield lines
  }
  if (position > lineStart) yield [make(lineStart, position, held, false)]
}

function make(
  start: number,
  end: number,
  parts: readonly Uint8Array[],
  terminated: boolean,
): Line {
  const length = end - start
  if (length > LONGEST_LINE) return { start, end, bytes: undefined, terminated }
  const whole = parts.length === 1 ? parts[0]! : Buffer.concat(parts, length)
  return { start, end, bytes: terminated ? whole.subarray(0, length - 1) : whole, terminated }
}

/** The bytes from a place on; fewer than asked for at the end. */
export async function readAt(
  file: OpenFile,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let got = 0
  while (got < length) {
    const read = await file.read(bytes.subarray(got), position + got)
    if (read === 0) break
    got += read
  }
  return bytes.subarray(0, got)
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of a line, or undefined when its bytes are not UTF-8. */
export function textOf(line: Line): string | undefined {
  if (line.bytes === undefined) return undefined
  try {
    return decoder.decode(line.bytes)
  } catch {
    return undefined
  }
}
