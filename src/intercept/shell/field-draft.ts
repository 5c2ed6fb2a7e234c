import { type Field, textOfValue } from './field.ts'
import type { Piece, Script } from './syntax.ts'

/** A field while it is put together. */
export interface Draft {
  text: string
  shown: string
  bare: string
  known: boolean
  tilde: boolean
  glob: boolean
  /** Something stands here, be it empty: a quote was seen or a character. */
  some: boolean
  process: Script | undefined
  output: Script | undefined
  hollow: string | undefined
}

export const blank = (): Draft => ({
  text: '',
  shown: '',
  bare: '',
  known: true,
  tilde: false,
  glob: false,
  some: false,
  process: undefined,
  output: undefined,
  hollow: undefined,
})

/** The field that a draft has become. */
export function fieldOf(draft: Draft): Field {
  const { text, shown, bare, known, tilde, glob, process, output, hollow } = draft
  return { text, shown, bare, known, tilde, glob, process, output, hollow }
}

/** Put text of the line in. */
export function addText(
  draft: Draft,
  piece: Piece & { kind: 'text' },
  first: boolean,
  cwd: string | undefined,
): void {
  draft.some = true
  let text = piece.text
  if (first && !piece.quoted && text.startsWith('~')) {
    if (/^~\+(?:\/|$)/.test(text) && cwd !== undefined) {
      text = cwd + text.slice(2)
    } else draft.tilde = true
  }
  if (!piece.quoted && isGlob(text)) draft.glob = true
  if (draft.hollow !== undefined) draft.hollow += text
  draft.text += text
  draft.shown += text
  draft.bare += text
}

/** Whether names of files may take the text's place. */
function isGlob(text: string): boolean {
  if (text.includes('*') || text.includes('?')) return true
  const open = text.indexOf('[')
  return open >= 0 && text.indexOf(']', open + 2) > 0
}

/** Put in what only running can tell: `raw` as it stands, `guess` as it may turn out. */
export function addUnknown(draft: Draft, raw: string, known = false, guess = raw): void {
  draft.some = true
  if (guess !== raw) {
    const held = textOfValue(guess)
    if (held.tilde && draft.text === '') draft.tilde = true
    guess = held.text
  }
  draft.text += guess
  if (draft.hollow !== undefined) draft.hollow += guess
  if (guess !== raw) draft.bare += guess
  draft.shown += raw
  draft.known &&= known
}

/** Put a value in as it is. */
export function addPlain(draft: Draft, value: string, quoted: boolean): void {
  if (value === '' && !quoted) return
  const { text, tilde } = textOfValue(value)
  if (tilde && draft.text === '') draft.tilde = true
  draft.some = true
  if (draft.hollow !== undefined) draft.hollow += text
  draft.text += text
  draft.shown += text
  draft.bare += text
  if (!quoted && isGlob(text)) draft.glob = true
}

/** Put a value in; it falls apart at the field separators. */
export function addSplit(
  current: () => Draft,
  value: string,
  ifs: string | undefined,
  next: () => void,
): void {
  let run = ''
  const flush = () => {
    addPlain(current(), run, false)
    run = ''
  }
  for (const char of value) {
    if (!(ifs ?? ' \t\n').includes(char)) run += char
    else {
      flush()
      next()
    }
  }
  flush()
  // With separators that nobody knows the words cannot be known.
  if (ifs === undefined) current().known = false
}
