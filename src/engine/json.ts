import type { Json } from './types.ts'
import { RampartError } from '../errors.ts'
import { pointerTo } from './pointer.ts'

/** Deepest nesting of arrays and objects that is read. */
export const DEPTH_LIMIT = 64

const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
// deno-lint-ignore no-control-regex
const PLAIN = /[^"\\\u0000-\u001f]*/y
const HEX = /[0-9a-fA-F]{4}/y
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const WORDS: readonly (readonly [string, Json])[] = [['true', true], ['false', false], [
  'null',
  null,
]]

interface Reader {
  readonly text: string
  at: number
  readonly path: (string | number)[]
}

/**
 * Read a JSON text as every other strict reader would, or not at all: a key that comes twice, half a
 * surrogate pair, a number that no double holds and nesting beyond the limit are refused, because two
 * programs that read them differently judge and run different calls. Linear in the text.
 *
 * @throws RampartError `request_invalid` with the place as a pointer
 */
export function parseJson(text: string): Json {
  const reader: Reader = { text, at: 0, path: [] }
  skip(reader, SPACE)
  const value = readValue(reader)
  if (reader.at < text.length) throw fault(reader, 'More text follows the value')
  return value
}

function readValue(reader: Reader): Json {
  const first = reader.text[reader.at]
  let value: Json
  if (first === '{') value = readObject(reader)
  else if (first === '[') value = readArray(reader)
  else if (first === '"') value = readString(reader)
  else value = readScalar(reader)
  skip(reader, SPACE)
  return value
}

function readObject(reader: Reader): Json {
  const object: Record<string, Json> = {}
  enter(reader, '')
  while (!takes(reader, '}')) {
    if (reader.text[reader.at] !== '"') throw fault(reader, 'A key in quotes is expected')
    const key = readString(reader)
    reader.path[reader.path.length - 1] = key
    if (Object.hasOwn(object, key)) throw fault(reader, 'The key comes twice')
    // No tool has such a parameter, and what assigns it would change an object's prototype.
    if (key === '__proto__') throw fault(reader, 'The key is not allowed')
    skip(reader, SPACE)
    if (!takes(reader, ':')) throw fault(reader, 'A colon is expected')
    object[key] = readValue(reader)
    separate(reader, '}')
  }
  reader.path.pop()
  return object
}

function readArray(reader: Reader): Json {
  const array: Json[] = []
  enter(reader, 0)
  while (!takes(reader, ']')) {
    reader.path[reader.path.length - 1] = array.length
    array.push(readValue(reader))
    separate(reader, ']')
  }
  reader.path.pop()
  return array
}

function enter(reader: Reader, key: string | number): void {
  if (reader.path.length >= DEPTH_LIMIT) {
    throw fault(reader, `More than ${DEPTH_LIMIT} levels of nesting`)
  }
  reader.path.push(key)
  reader.at++
  skip(reader, SPACE)
}

/** Between two members: a comma with another one after it, or the end, which is left in place. */
function separate(reader: Reader, end: string): void {
  const { text } = reader
  if (takes(reader, ',')) {
    if (text[reader.at] === end) throw fault(reader, 'A value is expected after the comma')
  } else if (text[reader.at] !== end) throw fault(reader, `A comma or ${end} is expected`)
}

function readString(reader: Reader): string {
  const { text } = reader
  reader.at++
  let value = skip(reader, PLAIN)
  while (text[reader.at] !== '"') {
    if (text[reader.at] !== '\\') {
      throw fault(
        reader,
        reader.at < text.length ? 'A control character is in a string' : 'A string does not end',
      )
    }
    reader.at++
    value += readEscape(reader)
    value += skip(reader, PLAIN)
  }
  reader.at++
  if (!value.isWellFormed()) throw fault(reader, 'A string holds half a surrogate pair')
  return value
}

function readEscape(reader: Reader): string {
  const letter = reader.text[reader.at] ?? ''
  reader.at++
  if (letter === 'u') {
    const digits = skip(reader, HEX)
    if (digits !== '') return String.fromCharCode(parseInt(digits, 16))
  } else if (Object.hasOwn(ESCAPES, letter)) return ESCAPES[letter]!
  throw fault(reader, 'An escape in a string is wrong')
}

function readScalar(reader: Reader): Json {
  for (const [word, value] of WORDS) {
    if (!reader.text.startsWith(word, reader.at)) continue
    reader.at += word.length
    return value
  }
  const digits = skip(reader, NUMBER)
  if (digits === '') throw fault(reader, 'A value is expected')
  const value = Number(digits)
  if (!Number.isFinite(value)) throw fault(reader, 'The number is too large')
  return value
}

/** Go over what the sticky pattern matches here; the text of it, '' where it does not match. */
function skip(reader: Reader, pattern: RegExp): string {
  pattern.lastIndex = reader.at
  const found = pattern.exec(reader.text)?.[0] ?? ''
  reader.at += found.length
  return found
}

function takes(reader: Reader, sign: string): boolean {
  if (reader.text[reader.at] !== sign) return false
  reader.at++
  skip(reader, SPACE)
  return true
}

function fault({ at, path }: Reader, detail: string): RampartError {
  return new RampartError(
    'request_invalid',
    `The body is not JSON that can be trusted: ${detail}`,
    {
      errors: [{ pointer: pointerTo(path), detail: `${detail} (character ${at + 1})` }],
    },
  )
}
