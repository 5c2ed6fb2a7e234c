import { afford, BEGIN_COST, type Budget, DEPTH_LIMIT } from './limits.ts'
import type { Redirect, Script } from './syntax.ts'

/** Where reading stands in one text. Nested scripts share the text, so each character is read once. */
export interface Cursor {
  readonly text: string
  at: number
  /** Where reading ends: what here-documents hold of data moves it on, up to `last`. */
  end: number
  readonly last: number
  depth: number
  readonly budget: Budget
  /** Here-documents whose bodies begin after the next newline. */
  readonly pending: Redirect[]
  /** Stretches of the text that are no command: comments, bodies of here-documents. */
  readonly cuts: (readonly [start: number, end: number])[]
  /** Reads a script up to `closer` and past it; given by the splitter, so that words can hold scripts. */
  readonly script: (cursor: Cursor, closer: ')' | '') => Script
  /** Functions that are being read. */
  functions: number
  broken: boolean
}

/** A cursor over a stretch of the same text. */
export function within(cursor: Cursor, at: number, end: number): Cursor {
  return { ...cursor, at, end, last: end }
}

/** A cursor over another text, one level deeper. */
export function over(cursor: Cursor, text: string): Cursor {
  return { ...cursor, text, at: 0, end: text.length, last: text.length, pending: [], cuts: [] }
}

/** Read one level deeper; past the limit nothing more is read at all, and the line is marked. */
export function nested<T>(cursor: Cursor, read: () => T, refused: T): T {
  if (cursor.depth >= DEPTH_LIMIT || !afford(cursor.budget, BEGIN_COST)) {
    cursor.budget.bound = true
    cursor.at = cursor.end
    return refused
  }
  cursor.depth++
  try {
    return read()
  } finally {
    cursor.depth--
  }
}

/** Read no further: what is left belongs, unread, to the command under way, and the line is marked. */
export function abandon(cursor: Cursor): void {
  cursor.budget.bound = true
  cursor.at = cursor.end
}

/** Skip blanks and joined lines. */
export function skipBlanks(cursor: Cursor): void {
  const { text, end } = cursor
  while (cursor.at < end) {
    const char = text[cursor.at]
    if (char === ' ' || char === '\t') cursor.at++
    else if (char === '\\' && text[cursor.at + 1] === '\n') cursor.at += 2
    else return
  }
}

/** The text from `start` to `end` without comments and bodies of here-documents. */
export function written(cursor: Cursor, start: number, end: number): string {
  if (cursor.cuts.length === 0) return cursor.text.slice(start, Math.max(start, end)).trim()
  let out = ''
  let at = start
  for (let i = firstCut(cursor, start); i < cursor.cuts.length; i++) {
    const [from, to] = cursor.cuts[i]!
    if (from >= end) break
    if (from > at) out += cursor.text.slice(at, from)
    at = Math.max(at, to)
  }
  return (out + cursor.text.slice(at, Math.max(at, end))).trim()
}

/** Cuts are in order; the first that ends behind `start`, by halves. */
function firstCut({ cuts }: Cursor, start: number): number {
  let low = 0
  let high = cuts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (cuts[middle]![1] <= start) low = middle + 1
    else high = middle
  }
  return low
}
