import { type Cursor, skipBlanks, within } from './cursor.ts'
import { HERE_COST } from './limits.ts'
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
  const { text, last } = cursor
  const { pieces } = redirect.target
  const delimiter = pieces.map((piece) => piece.kind === 'text' ? piece.text : piece.raw).join('')
  const literal = pieces.some((piece) => piece.quoted) || /["']/.test(redirect.target.raw)
  const start = cursor.at
  const stop = hereEnd(text, start, last, delimiter, redirect.operator === '<<-')
  cursor.at = Math.min(last, stop < last ? stop + lineLength(text, stop, last) : stop)
  cursor.cuts.push([start, cursor.at])
  const raw = text.slice(start, stop)
  const body = literal
    ? textWord(raw, true)
    : wordOf(raw, readUntil({ ...within(cursor, start, stop), cuts: [] }, ''))
  redirect.body = body
  // Data is no reason to refuse a line, but what is expanded in it costs as much as anywhere.
  const data = Math.max(0, cursor.at - start - (body.pieces.length - 1) * HERE_COST)
  cursor.end = Math.min(last, cursor.end + data)
}

/** Where the line that closes a here-document begins, or the end. */
function hereEnd(text: string, from: number, end: number, delimiter: string, tabs: boolean) {
  for (let at = from; at < end;) {
    let begin = at
    while (tabs && text[begin] === '\t') begin++
    const stop = begin + delimiter.length
    if (stop <= end && text.startsWith(delimiter, begin) && (stop === end || text[stop] === '\n')) {
      return at
    }
    const newline = text.indexOf('\n', at)
    if (newline < 0) break
    at = newline + 1
  }
  return end
}

function lineLength(text: string, at: number, end: number): number {
  const newline = text.indexOf('\n', at)
  return (newline < 0 ? end : newline) - at
}
