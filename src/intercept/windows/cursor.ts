import type { Budget } from '../shell/limits.ts'

/** A place in a text that is read once from left to right. */
export interface Cursor {
  readonly text: string
  readonly budget: Budget
  at: number
  end: number
  depth: number
  /** A bracket or a quote has no partner. */
  broken: boolean
}

export function cursorOf(text: string, budget: Budget, depth: number): Cursor {
  return { text, budget, at: 0, end: text.length, depth, broken: false }
}

/** What a sticky pattern finds here; the place moves behind it. */
export function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)
  if (found === null || pattern.lastIndex > cursor.end) return undefined
  cursor.at = pattern.lastIndex
  return found
}

/** The character here, '' at the end. */
export function peek(cursor: Cursor, ahead = 0): string {
  const at = cursor.at + ahead
  return at < cursor.end ? cursor.text[at]! : ''
}

export function since(cursor: Cursor, start: number): string {
  return cursor.text.slice(start, cursor.at).trim()
}
