import { type Cursor, peek, since, take } from './cursor.ts'
import { parseScript } from './ps-parse.ts'
import type { Piece, Word } from './syntax.ts'

/** PowerShell takes typographic quotes and dashes for plain ones. */
const SINGLE = /['\u2018\u2019\u201a\u201b]/
const DOUBLE = /["\u201c\u201d\u201e]/

const BLANKS = /(?:[ \t\f\v\u00a0\u0085]|`\r?\n)+/y
const LINE_COMMENT = /#[^\r\n]*/y
const VARIABLE =
  /\$(?:\{([^}\n]{1,256})\}|((?:env|global|local|script|private|using|variable):)?(\w{1,128})|[?^$])/iy
const TYPE = /\[[^\]'"(){}\n;|]{1,200}\](?:\])?/y
const MEMBER = /(?:\.|::)(\w{1,128})/y
const MEMBER_ODD = /(?:\.|::)(?=['"$(\u2018-\u201e])/y

/** Skip blanks, comments, continued lines; with `lines` ends of lines, too. */
export function skip(cursor: Cursor, lines: boolean): void {
  for (;;) {
    const from = cursor.at
    take(cursor, BLANKS)
    if (peek(cursor) === '#') take(cursor, LINE_COMMENT)
    else if (peek(cursor) === '<' && peek(cursor, 1) === '#') skipComment(cursor)
    else if (lines && /[\r\n;]/.test(peek(cursor))) cursor.at++
    if (cursor.at === from) return
  }
}

function skipComment(cursor: Cursor): void {
  const close = cursor.text.indexOf('#>', cursor.at + 2)
  if (close < 0 || close + 2 > cursor.end) {
    cursor.broken = true
    cursor.at = cursor.end
  } else cursor.at = close + 2
}

const ENDS = /[\s;|&(){},<>]/
const ENDS_IN_EXPRESSION = /[\s;|&(){},<>+*/%=!]/

/** One argument, or one value of an expression: its pieces stand without a blank between them. */
export function readWord(cursor: Cursor, listed: boolean, expression: boolean): Word {
  const start = cursor.at
  const pieces: Piece[] = []
  const ends = expression ? ENDS_IN_EXPRESSION : ENDS
  let text = ''
  const flush = () => {
    if (text !== '') pieces.push({ kind: 'text', text, quoted: false })
    text = ''
  }
  while (cursor.at < cursor.end) {
    const char = peek(cursor)
    const first = cursor.at === start
    if (first || char === '$' || SINGLE.test(char) || DOUBLE.test(char)) {
      const before = cursor.at
      flush()
      if (readPrimary(cursor, pieces, first, expression)) {
        if (cursor.at === before) break
        readMembers(cursor, pieces)
        continue
      }
    }
    if (char === '`') {
      text += peek(cursor, 1)
      cursor.at += 2
      continue
    }
    if (ends.test(char) && !(first && char !== '' && !/[\s;|&)}]/.test(char))) break
    if (expression && pieces.length > 0 && /[-.[\]]/.test(char)) break
    text += char
    cursor.at++
  }
  cursor.at = Math.min(cursor.at, cursor.end)
  flush()
  return { raw: since(cursor, start), pieces, listed, operator: false }
}

/** Casts of casts. */
const CAST_LIMIT = 8

/** A string, a variable, brackets or a type; false where none begins here. */
function readPrimary(
  cursor: Cursor,
  pieces: Piece[],
  first: boolean,
  expression: boolean,
): boolean {
  const char = peek(cursor)
  const next = peek(cursor, 1)
  if (first && char === '@' && (SINGLE.test(next) || DOUBLE.test(next))) {
    if (/[ \t]*\r?\n/y.test(cursor.text.slice(cursor.at + 2, cursor.at + 64))) {
      readHere(cursor, pieces, DOUBLE.test(next))
      return true
    }
  }
  if (SINGLE.test(char)) {
    cursor.at++
    pieces.push({ kind: 'text', text: readSingle(cursor), quoted: true })
    return true
  }
  if (DOUBLE.test(char)) {
    cursor.at++
    readDouble(cursor, pieces, true)
    return true
  }
  if (
    (char === '$' || (first && char === '@')) && (next === '(' || (next === '{' && char === '@'))
  ) {
    readBrackets(cursor, pieces, 2, char === '@' && next === '{')
    return true
  }
  if (char === '$') return readVariable(cursor, pieces)
  if (first && (char === '(' || char === '{')) {
    readBrackets(cursor, pieces, 1, false)
    return true
  }
  if (first && expression && char === '[') {
    const type = take(cursor, TYPE)?.[0]
    if (type === undefined) return false
    pieces.push({
      kind: 'type',
      raw: type,
      name: type.slice(1, -1).replace(/\s/g, '').toLowerCase(),
    })
    // A cast stands in front of what it casts.
    take(cursor, BLANKS)
    if (pieces.length < CAST_LIMIT && !/[.:]/.test(peek(cursor))) {
      readPrimary(cursor, pieces, true, /[[]/.test(peek(cursor)))
    }
    return true
  }
  return false
}

function readVariable(cursor: Cursor, pieces: Piece[]): boolean {
  const found = take(cursor, VARIABLE)
  if (found === undefined) return false
  const [raw, braced, prefix = '', plain] = found
  const spelled = braced ?? ((/^env:$/i.test(prefix) ? prefix : '') + (plain ?? raw.slice(1)))
  const name = spelled.toLowerCase().replace(/^(?:global|local|script|private|using|variable):/, '')
  pieces.push({ kind: 'variable', name, raw })
  return true
}

function readBrackets(cursor: Cursor, pieces: Piece[], length: number, hash: boolean): void {
  const start = cursor.at
  cursor.at += length
  const brace = cursor.text[cursor.at - 1] === '{'
  const script = parseScript(cursor, brace ? '}' : ')', hash)
  pieces.push({ kind: 'script', raw: since(cursor, start), script, block: brace && !hash })
}

/** `.Name`, `::Name(…)` behind a value. */
function readMembers(cursor: Cursor, pieces: Piece[]): void {
  if (pieces.at(-1)?.kind === 'text' && pieces.length > 1 && peek(cursor) !== '.') return
  for (;;) {
    const start = cursor.at
    let name = take(cursor, MEMBER)?.[1]?.toLowerCase()
    if (name === undefined) {
      if (take(cursor, MEMBER_ODD) === undefined) return
      const computed: Piece[] = []
      readPrimary(cursor, computed, true, false)
      name = computed.map((piece) => piece.kind === 'text' ? piece.text : '').join('').toLowerCase()
      // What stands in a computed name runs, too.
      pieces.push(...computed.filter(({ kind }) => kind === 'script'))
    }
    let args
    if (peek(cursor) === '(') {
      cursor.at++
      args = parseScript(cursor, ')', false)
    }
    pieces.push({ kind: 'member', name, raw: since(cursor, start), args })
  }
}

function readSingle(cursor: Cursor): string {
  let text = ''
  let from = cursor.at
  for (; cursor.at < cursor.end; cursor.at++) {
    if (!SINGLE.test(peek(cursor))) continue
    text += cursor.text.slice(from, cursor.at)
    if (!SINGLE.test(peek(cursor, 1))) {
      cursor.at++
      return text
    }
    from = ++cursor.at
  }
  cursor.broken = true
  return text + cursor.text.slice(from, cursor.end)
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  0: '',
  a: '',
  b: '',
  f: '\f',
  v: '\v',
}

/** A text in which variables and `$( … )` stand; to its quote, or to the end. */
function readDouble(cursor: Cursor, pieces: Piece[], quoted: boolean): void {
  let text = ''
  let some = false
  const flush = () => {
    if (text !== '') pieces.push({ kind: 'text', text, quoted: true })
    some ||= text !== ''
    text = ''
  }
  while (cursor.at < cursor.end) {
    const char = peek(cursor)
    if (quoted && DOUBLE.test(char)) {
      cursor.at++
      if (!DOUBLE.test(peek(cursor))) {
        flush()
        if (!some) pieces.push({ kind: 'text', text: '', quoted: true })
        return
      }
      text += char
      cursor.at++
    } else if (char === '`') {
      const next = peek(cursor, 1)
      text += ESCAPES[next] ?? next
      cursor.at += 2
    } else if (char === '$' && /[\w({?^$]/.test(peek(cursor, 1))) {
      flush()
      some = true
      if (!readPrimary(cursor, pieces, false, false)) {
        text += char
        cursor.at++
      }
    } else {
      text += char
      cursor.at++
    }
  }
  cursor.at = Math.min(cursor.at, cursor.end)
  flush()
  if (quoted) cursor.broken = true
}

/** `@'` to a line that begins with `'@`. */
function readHere(cursor: Cursor, pieces: Piece[], double: boolean): void {
  const from = cursor.text.indexOf('\n', cursor.at) + 1
  const { end } = cursor
  const close = cursor.text.indexOf(double ? '\n"@' : "\n'@", from - 1)
  if (close < 0 || close > end) cursor.broken = true
  const stop = close < 0 || close > end ? end : Math.max(from, close)
  cursor.at = from
  if (double) {
    cursor.end = stop
    readDouble(cursor, pieces, false)
    cursor.end = end
  } else pieces.push({ kind: 'text', text: cursor.text.slice(from, stop), quoted: true })
  cursor.at = close < 0 || close > end ? end : close + 3
}
