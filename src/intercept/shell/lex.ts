import { codeAt } from '../../engine/match/code-at.ts'
import { ansiC } from './ansi-c.ts'
import { abandon, type Cursor } from './cursor.ts'
import { readBackticks, readDollar, readList, readProcess } from './dollar.ts'
import { WORD_LIMIT } from './limits.ts'
import { type Piece, textWord, type Word, wordOf } from './syntax.ts'

/** What a character does to a word outside of quotes. */
const PLAIN = 0
const ENDS = 1
const OPENS = 2

/** By character code; what is not ASCII is plain. */
const ROLES = new Uint8Array(128)
for (const char of ' \t\n;&|<>()') ROLES[char.charCodeAt(0)] = ENDS
for (const char of '\\\'"$`') ROLES[char.charCodeAt(0)] = OPENS

/** Where the run of plain characters ends that begins here. */
function plainEnd(text: string, from: number, end: number): number {
  let at = from
  for (; at < end; at++) {
    const code = codeAt(text, at)
    if (code < 128 && ROLES[code] !== PLAIN) break
  }
  return at
}

/** One word, up to a character that ends it. Reads at least one character unless it stands at one. */
export function readWord(cursor: Cursor): Word {
  const { text, end } = cursor
  const start = cursor.at
  const stop = plainEnd(text, start, end)
  // Most words are plain to their end.
  if (stop > start && (stop === end || ' \t\n;|'.includes(text[stop]!))) {
    cursor.at = stop
    const raw = text.slice(start, stop)
    return textWord(raw, false)
  }
  const pieces = readPieces(cursor)
  return wordOf(text.slice(start, cursor.at), pieces)
}

function readPieces(cursor: Cursor): readonly Piece[] {
  const { text } = cursor
  const pieces: Piece[] = []
  let run = ''
  const flush = () => {
    if (run !== '') pieces.push({ kind: 'text', text: run, quoted: false })
    run = ''
  }
  while (cursor.at < cursor.end) {
    const stop = plainEnd(text, cursor.at, cursor.end)
    if (stop > cursor.at) {
      run += text.slice(cursor.at, stop)
      cursor.at = stop
      continue
    }
    const char = text[cursor.at]!
    if (ROLES[codeAt(text, cursor.at)] === ENDS) {
      const process = (char === '<' || char === '>') && text[cursor.at + 1] === '('
      const list = char === '(' && run.endsWith('=') && pieces.length === 0
      if (!process && !list) break
      flush()
      pieces.push(process ? readProcess(cursor) : readList(cursor))
    } else if (char === '\\') {
      flush()
      // The last character of a text has nothing to quote.
      const next = cursor.at + 1 < cursor.end ? text[cursor.at + 1]! : '\\'
      if (next !== '\n') pieces.push({ kind: 'text', text: next, quoted: true })
      cursor.at = Math.min(cursor.end, cursor.at + 2)
    } else {
      const at = cursor.at
      const found = readQuoted(cursor, char)
      if (found === undefined) {
        run += text[at]
        cursor.at = at + 1
      } else {
        flush()
        for (const piece of found) pieces.push(piece)
        if (pieces.length > WORD_LIMIT) abandon(cursor)
      }
    }
  }
  flush()
  return pieces
}

/** A quote or expansion outside of double quotes; undefined where the `$` stands for itself. */
export function readQuoted(cursor: Cursor, char: string): readonly Piece[] | undefined {
  if (char === "'") return [readSingle(cursor)]
  if (char === '"') return readDouble(cursor)
  if (char === '`') return [readBackticks(cursor, false)]
  const next = cursor.text[cursor.at + 1]
  if (next === "'" && cursor.at + 1 < cursor.end) {
    cursor.at++
    const start = cursor.at + 1
    const stop = closingAnsi(cursor, start)
    cursor.at = Math.min(cursor.end, stop + 1)
    return [{ kind: 'text', text: ansiC(cursor.text.slice(start, stop)), quoted: true }]
  }
  if (next === '"' && cursor.at + 1 < cursor.end) {
    cursor.at++
    return readDouble(cursor)
  }
  const piece = readDollar(cursor, false)
  return piece === undefined ? undefined : [piece]
}

function closingAnsi(cursor: Cursor, start: number): number {
  for (let i = start; i < cursor.end; i++) {
    if (cursor.text[i] === '\\') i++
    else if (cursor.text[i] === "'") return i
  }
  cursor.broken = true
  return cursor.end
}

function readSingle(cursor: Cursor): Piece {
  const start = cursor.at + 1
  let stop = cursor.text.indexOf("'", start)
  if (stop < 0 || stop >= cursor.end) {
    cursor.broken = true
    stop = cursor.end
  }
  cursor.at = Math.min(cursor.end, stop + 1)
  return { kind: 'text', text: cursor.text.slice(start, stop), quoted: true }
}

/** From a double quote to the one that closes it. */
function readDouble(cursor: Cursor): readonly Piece[] {
  cursor.at++
  const pieces = readUntil(cursor, '"')
  if (cursor.at < cursor.end) cursor.at++
  else cursor.broken = true
  return pieces.length > 0 ? pieces : [{ kind: 'text', text: '', quoted: true }]
}

/** Text in which only `$`, backticks and some escapes mean something, up to `closer` or the end. */
export function readUntil(cursor: Cursor, closer: '"' | ''): Piece[] {
  const { text } = cursor
  const pieces: Piece[] = []
  const escapes = closer === '"' ? '$`"\\' : '$`\\'
  let run = ''
  const flush = () => {
    if (run !== '') pieces.push({ kind: 'text', text: run, quoted: true })
    run = ''
  }
  while (cursor.at < cursor.end && text[cursor.at] !== closer) {
    const stop = literalEnd(text, cursor.at, cursor.end, closer)
    if (stop > cursor.at) {
      run += text.slice(cursor.at, stop)
      cursor.at = stop
      continue
    }
    const char = text[cursor.at]!
    if (char === '\\' && cursor.at + 1 < cursor.end) {
      const next = text[cursor.at + 1]!
      if (next !== '\n') run += escapes.includes(next) ? next : `\\${next}`
      cursor.at += 2
      continue
    }
    const piece = char === '$'
      ? readDollar(cursor, true)
      : char === '`'
      ? readBackticks(cursor, true)
      : undefined
    if (piece === undefined) {
      run += char
      cursor.at++
    } else {
      flush()
      if (pieces.push(piece) > WORD_LIMIT) abandon(cursor)
    }
  }
  flush()
  return pieces
}

/** Where the run of characters ends that stand for themselves between double quotes. */
function literalEnd(text: string, from: number, end: number, closer: string): number {
  let at = from
  for (; at < end; at++) {
    const char = text[at]!
    if (char === '$' || char === '`' || char === '\\' || char === closer) break
  }
  return at
}
