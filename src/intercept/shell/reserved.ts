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

/** What a plain word means where a command may begin; undefined for an ordinary one. */
export function reserved(
  word: string,
): 'open' | 'close' | 'skip' | 'function' | 'test' | undefined {
  if (OPENING.includes(word)) return 'open'
  if (Object.hasOwn(CLOSING, word)) return 'close'
  if (SKIPPED.includes(word)) return 'skip'
  if (word === 'function') return 'function'
  return word === '[[' ? 'test' : undefined
}

export function closes(frame: Frame, word: string): boolean {
  return CLOSING[word]!.includes(frame.kind)
}

/** Only a word without any quoting can be reserved. */
export function isPlain({ raw, pieces }: Word): boolean {
  const [only, ...others] = pieces
  return others.length === 0 && only?.kind === 'text' && !only.quoted && only.text === raw
}
