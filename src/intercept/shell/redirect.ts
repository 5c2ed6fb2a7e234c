import { type Cursor, skipBlanks, within } from './cursor.ts'
import { readUntil, readWord } from './lex.ts'
import { type Redirect, textWord, type Word, wordOf } from './syntax.ts'

const AHEAD =
  /(?:[0-9]{1,10}|\{[A-Za-z_][A-Za-z0-9_]{0,63}\})?(?:<<<|<<-|<<|<>|<&|<|>>&\|?|>>\||>>|>&\||>&|>\||>|&>>\||&>\||&>>|&>)/y

/** Whether a redirection begins here, a process substitution aside. */
export function redirectAhead(cursor: Cursor): boolean {
  const char = cursor.text[cursor.at]!
  if (!'<>&{0123456789'.includes(char)) return false
  const operator = operatorAt(cursor)
  if (operator === undefined) return false
  const next = cursor.text[cursor.at + operator.length]
  return !(next === '(' && /^[<>]$/.test(operator))
}

function operatorAt(cursor: Cursor): string | undefined {
  AHEAD.lastIndex = cursor.at
  const found = AHEAD.exec(cursor.text)?.[0]
  return found === undefined || cursor.at + found.length > cursor.end ? undefined : found
}

/** One redirection; a here-document's body is read after the line. */
export function readRedirect(cursor: Cursor): Redirect {
  const start = cursor.at
  const spelled = operatorAt(cursor)!
  cursor.at += spelled.length
  const target = closing(cursor, spelled) ?? wordBehind(cursor)
  // zsh ends any of them in `|`, and it means no more than without.
  const operator = spelled.replace(/^(?:[0-9]+|\{[^}]*\})/, '').replace(/^(.*[>&])\|$/, '$1')
  const redirect: Redirect = {
    raw: cursor.text.slice(start, cursor.at),
    operator,
    target,
    body: undefined,
  }
  if (operator === '<<' || operator === '<<-') cursor.pending.push(redirect)
  return redirect
}

/** `>&-` is whole: in `>&-rm x` the command begins behind it. */
function closing(cursor: Cursor, spelled: string): Word | undefined {
  if (!/[<>]&$/.test(spelled) || cursor.text[cursor.at] !== '-' || cursor.at >= cursor.end) {
    return undefined
  }
  cursor.at++
  return textWord('-', false)
}

function wordBehind(cursor: Cursor): Word {
  skipBlanks(cursor)
  return readWord(cursor)
}

/** The bodies of the here-documents that were announced on the line just ended. */
export function readHereBodies(cursor: Cursor): void {
  for (const redirect of cursor.pending.splice(0)) readHereBody(cursor, redirect)
}

function readHereBody(cursor: Cursor, redirect: Redirect): void {
  const { text, end } = cursor
  const { pieces } = redirect.target
  const delimiter = pieces.map((piece) => piece.kind === 'text' ? piece.text : piece.raw).join('')
  const literal = pieces.some((piece) => piece.quoted) || /["']/.test(redirect.target.raw)
  const start = cursor.at
  let stop = end
  for (let at = start; at < end;) {
    const newline = text.indexOf('\n', at)
    const lineEnd = newline < 0 || newline > end ? end : newline
    const line = text.slice(at, lineEnd)
    if ((redirect.operator === '<<-' ? line.replace(/^\t+/, '') : line) === delimiter) {
      stop = at
      cursor.at = lineEnd
      break
    }
    at = lineEnd + 1
    cursor.at = Math.min(at, end)
  }
  cursor.cuts.push([start, cursor.at])
  const raw = text.slice(start, stop)
  redirect.body = literal
    ? textWord(raw, true)
    : wordOf(raw, readUntil({ ...within(cursor, start, stop), cuts: [] }, ''))
}
