import { readEvent } from '../audit/read.ts'
import { type Line, linesForward, textOf } from './audit-lines.ts'
import type { OpenFile } from './audit-ops.ts'

/** Lines of a file, one after the other, that are in the way of reading it. */
export interface Damage {
  /** Of the first one, from 1. */
  readonly line: number
  readonly lines: number
  readonly bytes: number
  readonly what: 'no event' | 'torn' | 'no line feed'
}

/** What became of a line: kept as it is, kept and ended, or moved out of the file. */
type Verdict = 'keep' | Damage['what']

/**
 * An event is kept whatever is wrong with it: a hash that does not fit is evidence, and stays in its
 * place for `verify` to tell of.
 */
export function verdictOn(line: Line): Verdict {
  const text = textOf(line)
  const isEvent = text !== undefined && readEvent(text) !== undefined
  if (isEvent) return line.terminated ? 'keep' : 'no line feed'
  return line.terminated ? 'no event' : 'torn'
}

/** Most places of one file that are named. */
const PLACES = 1000

/** What a file holds that does not belong in it, in order; memory stays flat. */
export async function damageOf(file: OpenFile): Promise<readonly Damage[]> {
  const found: Damage[] = []
  let number = 0
  for await (const lines of linesForward(file)) {
    for (const line of lines) {
      number += 1
      const what = verdictOn(line)
      if (what !== 'keep') {
        note(found, { line: number, lines: 1, bytes: line.end - line.start, what })
      }
    }
  }
  return found
}

/** Beside the one before it, or behind so many that only their number is told. */
function note(found: Damage[], next: Damage): void {
  const last = found.at(-1)
  const isNext = last?.what === next.what && last.line + last.lines === next.line
  if (last !== undefined && (isNext || found.length >= PLACES)) {
    const { line, what } = last
    found[found.length - 1] = {
      line,
      what,
      lines: last.lines + 1,
      bytes: last.bytes + next.bytes,
    }
  } else found.push(next)
}
