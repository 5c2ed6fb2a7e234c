import type { Defined, Word } from './syntax.ts'

/** A compound command that is open. */
export interface Frame {
  /** The word that opened it; a `case` is `pattern` while a pattern is due. */
  kind: string
  /** The function whose body it is. */
  readonly body: Defined | undefined
  /** Where a pipe leads into it, so that it may run in a shell of its own: the commands in front. */
  readonly fedBy: readonly number[] | undefined
  /** Its body was begun: a `do` or `then` was met. */
  begun?: boolean
  /** Where its commands begin, as a position among commands. */
  readonly from: number
  /** Where the list of commands it stands in began, as a position among commands. */
  readonly list: number
}

const OPENING = ['if', 'while', 'until', 'for', 'select', 'case', '{']
const SKIPPED = ['then', 'elif', 'else', 'do', '!', 'coproc']
const CLOSING: Readonly<Record<string, readonly string[]>> = {
  fi: ['if'],
  done: ['while', 'until', 'for', 'select'],
  esac: ['case', 'pattern'],
  '}': ['{'],
}

/** Words that begin a body, and what they belong to. */
const BEGINNING: Readonly<Record<string, readonly string[]>> = {
  do: ['while', 'until', 'for', 'select'],
  then: ['if'],
}

/** Note a `do` or `then`; false where it belongs to nothing. */
export function begins(frames: readonly Frame[], word: string): boolean {
  const kinds = BEGINNING[word]
  if (kinds === undefined) return true
  const frame = frames.findLast(({ kind }) => kinds.includes(kind))
  if (frame !== undefined) frame.begun = true
  return frame !== undefined
}

type Meaning = 'open' | 'close' | 'skip' | 'function' | 'test'

const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ...OPENING.map((word) => [word, 'open'] as const),
  ...Object.keys(CLOSING).map((word) => [word, 'close'] as const),
  ...SKIPPED.map((word) => [word, 'skip'] as const),
  ['function', 'function'],
  ['[[', 'test'],
])

/** What a plain word means where a command may begin; undefined for an ordinary one. */
export function reserved(word: string): Meaning | undefined {
  return MEANINGS.get(word)
}

/** Whether a compound may end here: `done` needs a `do`, `fi` a `then`. */
export function isWhole({ begun }: Frame, word: string): boolean {
  return begun === true || word === '}' || word === 'esac'
}

export function closes(frame: Frame, word: string): boolean {
  return CLOSING[word]!.includes(frame.kind)
}

/** Only a word without any quoting can be reserved. */
export function isPlain({ raw, sole }: Word): boolean {
  return sole !== undefined && !sole.quoted && sole.text === raw
}
