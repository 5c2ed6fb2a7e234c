import { isNameCode, secretWord } from './secret-names.ts'
import {
  BACKSLASH,
  endsMark,
  isBlank,
  isBreak,
  isQuote,
  type Place,
  type Reading,
} from '../engine/secret/text.ts'
import { isPlainValue, isProse } from './secret-value.ts'

const EQUALS = 0x3d
const COLON = 0x3a
const SLASH = 0x2f
const GREATER = 0x3e
const BRACKET = 0x5d

/** Look for a name in front of `=` or `:`, and hide what is behind. */
export function findNamed(reading: Reading, at: number): number {
  // Within a value that was found nothing is looked for again.
  if (at < reading.named) return at
  const { text } = reading
  const nameEnd = backToName(reading, at)
  const word = secretWord(text, nameEnd)
  if (word === undefined) return at
  const sign = reading.code(at)
  const isSpaced = isBlank(reading.code(at - 1))
  const start = valueStart(reading, at, isSpaced)
  if (start === undefined || start < reading.named) return at
  const nameStart = backOverName(text, nameEnd)
  if (isExpansion(text, nameStart)) return at
  const name = text.slice(nameStart, nameEnd)
  const cookie = sign === COLON && word === 'cookie' ? COOKIE.exec(name) : null
  if (cookie !== null) return findCookies(reading, start, cookie[1] !== undefined)
  const isOption = name.startsWith('-')
  // Only an assignment can be run by its name.
  const isVariable = sign === EQUALS && nameEnd === at && !isOption && word !== 'sig'
  findValue(reading, start, {
    rule: word === 'sig' ? 'azure-sas' : 'name',
    place: isVariable ? 'variable' : 'data',
    name,
    isHeader: word === 'authorization',
    isText: sign === COLON,
    isLast: sign === EQUALS && isSpaced,
  })
  return at
}

const COOKIE = /^(set-?)?cookie$/i

/** Where the name ends that a sign may belong to: in front of blanks, a bracket and a quote. */
function backToName(reading: Reading, at: number): number {
  let end = at
  while (isBlank(reading.code(end - 1))) end--
  if (reading.code(end - 1) === BRACKET) end--
  if (isQuote(reading.code(end - 1))) {
    end--
    while (reading.code(end - 1) === BACKSLASH && at - end < 8) end--
  }
  return end
}

function backOverName(text: string, nameEnd: number): number {
  let start = nameEnd
  while (start > 0 && isNameCode(text.charCodeAt(start - 1))) start--
  return start
}

/** `${TOKEN:-rm}`: what is behind is run with it. Of a name that a mark stands in, nothing is known. */
function isExpansion(text: string, nameStart: number): boolean {
  const before = text[nameStart - 1]
  if (before === '$') return true
  if (before === ']') return endsMark(text, nameStart)
  return /\$\{[!#]?$/.test(text.slice(Math.max(0, nameStart - 3), nameStart))
}

function valueStart(reading: Reading, at: number, isSpaced: boolean): number | undefined {
  const next = reading.code(at + 1)
  if (reading.code(at) === COLON) {
    if (next === COLON || next === EQUALS) return undefined
    if (next === SLASH && reading.code(at + 2) === SLASH) return undefined
    return reading.afterBlanks(at + 1)
  }
  if (next === EQUALS) return undefined
  if (next === GREATER) return reading.afterBlanks(at + 2)
  return isSpaced ? reading.afterBlanks(at + 1) : at + 1
}

export interface Named {
  readonly rule: string
  readonly place: Place
  readonly name: string
  /** The value may begin with a scheme. */
  readonly isHeader?: boolean
  /** Where it stands there may be prose. */
  readonly isText?: boolean
  /** Where it is not quoted, nothing follows in its line. */
  readonly isLast?: boolean
}

/** Look for one literal value, quoted or not. */
export function findValue(reading: Reading, from: number, named: Named): void {
  let start = afterQuote(reading, from)
  const quote = start > from ? reading.code(start - 1) : undefined
  let end = reading.literalEnd(start)
  let { rule } = named
  if (named.isHeader && isScheme(reading, start, end)) {
    start = reading.afterBlanks(end)
    end = reading.literalEnd(start)
    rule = 'header'
  }
  if (start < reading.named || !reading.isEnd(end)) return
  const isWhole = quote === undefined
    ? isOpenValue(reading, start, end, named)
    : isClosed(reading, end, quote)
  const isMarked = reading.hasMark(start, end)
  if (!isWhole || (!isMarked && isPlainValue(reading.text.slice(start, end), named.name))) return
  reading.named = end
  // What stands around a mark was looked at when it was made.
  if (isMarked) return
  reading.add(rule, named.place, [start, end], named.place === 'variable' ? named.name : undefined)
}

/** Behind a quote, which may be escaped; where there is none, the same place. */
function afterQuote(reading: Reading, from: number): number {
  let at = from
  while (reading.code(at) === BACKSLASH && at - from < 4) at++
  return isQuote(reading.code(at)) ? at + 1 : from
}

function isOpenValue(reading: Reading, start: number, end: number, named: Named): boolean {
  if (named.isText && isProse(reading, start, end)) return false
  if (!named.isLast) return true
  const next = reading.afterBlanks(end)
  return next >= reading.text.length || isBreak(reading.code(next))
}

function isClosed(reading: Reading, end: number, quote: number): boolean {
  let at = end
  while (reading.code(at) === BACKSLASH && at - end < 4) at++
  return reading.code(at) === quote
}

/** `Bearer`, `Basic`, `token`: no secret. */
export function isScheme({ text }: Reading, start: number, end: number): boolean {
  if (end - start > 20 || !isBlank(text.charCodeAt(end))) return false
  return /^[A-Za-z]+$/.test(text.slice(start, end))
}

/** `a=1; b=2`: names stay. Of a cookie that is set the first is its value, the rest says how it is kept. */
function findCookies(reading: Reading, from: number, isSet: boolean): number {
  const first = afterQuote(reading, from)
  let start = first
  for (;;) {
    const end = reading.literalEnd(start)
    if (!reading.isEnd(end)) break
    const sign = reading.text.slice(start, end).indexOf('=')
    if (sign < 0 && start !== first) break
    const name = sign < 0 ? undefined : reading.text.slice(start, start + sign)
    const value = start + sign + 1
    if (value < end) {
      if (!reading.hasMark(value, end)) reading.add('cookie', 'variable', [value, end], name)
      reading.named = end
    }
    if (isSet || reading.text[end] !== ';') break
    start = reading.afterBlanks(end + 1)
  }
  return from - 1
}
