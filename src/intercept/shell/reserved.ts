import type { Word } from './syntax.ts'

/** A compound command that is open. */
export interface Frame {
  /** The word that opened it; a `case` is `pattern` while a pattern is due. */
  kind: string
  readonly isFunction: boolean
}

const OPENING = ['if', 'while', 'until', 'for', 'select', 'case', '{']
const SKIPPED = ['then', 'elif', 'else', 'do', '!', 'coproc']
const CLOSING: Readonly<Record<string, readonly string[]>> = {
  fi: ['if'],
  done: ['while', 'until', 'for', 'select'],
  esac: ['case', 'pattern'],
  '}': ['{'],
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

export function closes(frame: Frame, word: string): boolean {
  return CLOSING[word]!.includes(frame.kind)
}

/** Only a word without any quoting can be reserved. */
export function isPlain({ raw, pieces }: Word): boolean {
  const [only, ...others] = pieces
  return others.length === 0 && only?.kind === 'text' && !only.quoted && only.text === raw
}
