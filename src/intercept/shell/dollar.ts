import { type Cursor, nested, over, skipBlanks, within } from './cursor.ts'
import { afford, BEGIN_COST } from './limits.ts'
import { readQuoted, readUntil, readWord } from './lex.ts'
import type { Piece, Script, Word } from './syntax.ts'

const UNREAD: Script = { raw: '', commands: [], pipelines: [], functions: [], broken: true }
const NAME = /(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]|[@*#?$!-])/y
const LONG_NAME = /(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])(?:\[[@*0-9]+\])?/y

/** What a `$` begins; undefined, with nothing read, where it stands for itself. */
export function readDollar(cursor: Cursor, quoted: boolean): Piece | undefined {
  const { text, end } = cursor
  const start = cursor.at
  const next = start + 1 < end ? text[start + 1]! : ''
  if (next === '(') {
    return text[start + 2] === '(' ? readArithmetic(cursor, quoted) : readScript(cursor, quoted)
  }
  if (next === '{') return readBraced(cursor, quoted)
  if (next === '[') {
    // The old arithmetic: its value is not known, what it holds is read on.
    cursor.at += 2
    return { kind: 'opaque', raw: '$[', quoted, inside: [] }
  }
  const name = matchAt(NAME, text, start + 1)
  if (name === '' || start + 1 + name.length > end) return undefined
  cursor.at = start + 1 + name.length
  return { kind: 'variable', name, raw: `$${name}`, quoted, operator: '', operand: [] }
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

/** `$( … )`, from the `$`. */
function readScript(cursor: Cursor, quoted: boolean): Piece {
  const start = cursor.at
  cursor.at += 2
  const script = nested(cursor, () => cursor.script(cursor, ')'), UNREAD)
  return { kind: 'script', raw: cursor.text.slice(start, cursor.at), quoted, script }
}

/** `<( … )` and `>( … )`. */
export function readProcess(cursor: Cursor): Piece {
  const start = cursor.at
  cursor.at += 2
  const script = nested(cursor, () => cursor.script(cursor, ')'), UNREAD)
  return { kind: 'process', raw: cursor.text.slice(start, cursor.at), quoted: false, script }
}

/**
 * `$(( … ))`, from the `$`. What only looks like it (`$((cmd); cmd)`) is a script: the brackets are
 * counted first, at most once a level.
 */
function readArithmetic(cursor: Cursor, quoted: boolean): Piece {
  const start = cursor.at
  const stop = arithmeticEnd(cursor, start + 3)
  if (stop < 0) return readScript(cursor, quoted)
  const inside = readInside(cursor, start + 3, stop)
  cursor.at = stop + 2
  return { kind: 'opaque', raw: cursor.text.slice(start, cursor.at), quoted, inside }
}

/** What may run inside of arithmetic. */
export function readInside(cursor: Cursor, from: number, to: number): readonly Piece[] {
  const inner = within(cursor, from, to)
  return nested(inner, () => readUntil(inner, ''), []).filter((piece) => piece.kind !== 'text')
}

/** The first of the two brackets that close arithmetic begun before `from`, or -1. */
export function arithmeticEnd(cursor: Cursor, from: number): number {
  let open = 0
  for (let i = from; i < cursor.end; i++) {
    const char = cursor.text[i]
    if (char === '\\') i++
    else if (char === '(') open++
    else if (char === ')') {
      if (open === 0) return cursor.text[i + 1] === ')' && i + 1 < cursor.end ? i : -1
      open--
    }
  }
  return -1
}

/** `` ` … ` ``: its text is unescaped first, then read as a script of its own. */
export function readBackticks(cursor: Cursor, quoted: boolean): Piece {
  const start = cursor.at
  let body = ''
  cursor.at++
  while (cursor.at < cursor.end && cursor.text[cursor.at] !== '`') {
    const char = cursor.text[cursor.at]!
    const next = cursor.text[cursor.at + 1] ?? ''
    if (char === '\\' && next !== '' && (quoted ? '`\\$"' : '`\\$').includes(next)) {
      body += next
      cursor.at += 2
    } else {
      body += char
      cursor.at++
    }
  }
  if (cursor.at >= cursor.end) cursor.broken = true
  cursor.at = Math.min(cursor.end, cursor.at + 1)
  const { budget } = cursor
  if (budget.commands <= 0 || !afford(budget, body.length + BEGIN_COST)) {
    // Nothing of the text behind it is read either: the command it stands in is not.
    budget.bound = true
    cursor.at = cursor.end
    return { kind: 'script', raw: cursor.text.slice(start, cursor.at), quoted, script: UNREAD }
  }
  const inner = over(cursor, body)
  const script = nested(inner, () => inner.script(inner, ''), UNREAD)
  return { kind: 'script', raw: cursor.text.slice(start, cursor.at), quoted, script }
}

/** `( … )` behind `name=`. */
export function readList(cursor: Cursor): Piece {
  const start = cursor.at
  cursor.at++
  const words = nested(cursor, () => readWords(cursor), [])
  return { kind: 'list', raw: cursor.text.slice(start, cursor.at), quoted: false, words }
}

function readWords(cursor: Cursor): Word[] {
  const words: Word[] = []
  while (cursor.at < cursor.end) {
    skipBlanks(cursor)
    const char = cursor.text[cursor.at]
    if (char === ')') {
      cursor.at++
      return words
    }
    const word = readWord(cursor)
    if (word.raw === '') cursor.at++
    else words.push(word)
  }
  cursor.broken = true
  return words
}

/** `${ … }`, from the `$`. */
function readBraced(cursor: Cursor, quoted: boolean): Piece {
  const start = cursor.at
  cursor.at += 2
  const name = matchAt(LONG_NAME, cursor.text, cursor.at)
  cursor.at = Math.min(cursor.end, cursor.at + name.length)
  const operator = /^:?[-=+?]|^[^}]/.exec(cursor.text.slice(cursor.at, cursor.at + 2))?.[0] ?? ''
  // `$`, quotes and backticks behind the name are the operand's own.
  const known = '`$\'"'.includes(operator) ? '' : operator
  if (cursor.at + known.length <= cursor.end) cursor.at += known.length
  const operand = nested(cursor, () => readOperand(cursor, quoted && !/^[#%/^,]/.test(known)), [])
  const raw = cursor.text.slice(start, cursor.at)
  // `${#x}` and `${!x}` are something else than `x`.
  const plain = name !== '' && !(/^[#!]/.test(name) && operator !== '')
  if (!plain) return { kind: 'opaque', raw, quoted, inside: operand }
  return { kind: 'variable', name, raw, quoted, operator: operator === '' ? '' : operator, operand }
}

/** Pieces up to the `}` and past it. */
function readOperand(cursor: Cursor, quoted: boolean): Piece[] {
  const pieces: Piece[] = []
  let run = ''
  const flush = () => {
    if (run !== '') pieces.push({ kind: 'text', text: run, quoted })
    run = ''
  }
  while (cursor.at < cursor.end && cursor.text[cursor.at] !== '}') {
    const char = cursor.text[cursor.at]!
    if (char === '\\' && cursor.at + 1 < cursor.end) {
      flush()
      pieces.push({ kind: 'text', text: cursor.text[cursor.at + 1]!, quoted: true })
      cursor.at += 2
      continue
    }
    const special = char === '$' || char === '`' || char === '"' || (char === "'" && !quoted)
    const found = special ? readQuoted(cursor, char) : undefined
    if (found === undefined) {
      run += char
      cursor.at++
    } else {
      flush()
      for (const piece of found) pieces.push(piece)
    }
  }
  flush()
  if (cursor.at < cursor.end) cursor.at++
  else cursor.broken = true
  return pieces
}
