import { isSeq } from './chain.ts'

/** The end of a line of the trail: what stands there tells whether it is still the same trail. */
export interface Mark {
  readonly file: string
  /** Where the line begins, and where the next one does. */
  readonly start: number
  readonly offset: number
  readonly seq: number
  readonly hash: string
}

/** How far a follower of the trail has come. */
export interface Cursor {
  /** Where it stands, and, newest first, some places where it stood before. Empty at the beginning. */
  readonly marks: readonly Mark[]
  /** When the last event was delivered, RFC 3339. */
  readonly at: string | null
  readonly delivered: number
  /** Events that were gone, or no longer readable, before they could be delivered. */
  readonly lost: number
  /** Events that the receiver will not have. */
  readonly rejected: number
}

export const START: Cursor = { marks: [], at: null, delivered: 0, lost: 0, rejected: 0 }

/** Places that are remembered: a power cut may take back the last of them. */
const MARKS = 8
const SCHEMA = 'rampart.cursor.v1'

/** One more place, kept where the ones before it are further back than a line. */
export function moved(cursor: Cursor, mark: Mark): Cursor {
  return { ...cursor, marks: [mark, ...cursor.marks].slice(0, MARKS) }
}

/** `seq` stands outside, where whoever prunes looks for what is still to be read. */
export function cursorText(cursor: Cursor): string {
  return `${JSON.stringify({ schema: SCHEMA, seq: cursor.marks[0]?.seq ?? 0, ...cursor })}\n`
}

/** Undefined for what is no cursor. */
export function readCursor(text: string): Cursor | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { schema, marks, at, delivered, lost, rejected } = value as Record<string, unknown>
  const isGood = schema === SCHEMA && Array.isArray(marks) && marks.length <= MARKS &&
    marks.every(isMark) && (at === null || typeof at === 'string') &&
    [delivered, lost, rejected].every(isCount)
  return isGood ? { marks, at, delivered, lost, rejected } as Cursor : undefined
}

function isMark(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { file, start, offset, seq, hash } = value as Record<string, unknown>
  return typeof file === 'string' && isCount(start) && isCount(offset) && isSeq(seq) &&
    typeof hash === 'string'
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && value as number >= 0
}
