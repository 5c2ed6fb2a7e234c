import { BACKSLASH, isBlank, isLetter, type Reading, startsMark } from '../engine/secret/text.ts'
import { isCredential, isPlainValue, LEAST_CREDENTIAL } from './secret-value.ts'

const COLON = 0x3a
const AT = 0x40

/** `https://name:secret@host`, seen at the first slash; the authority ends at the next one. */
export function findUrl(reading: Reading, at: number): number {
  const { text } = reading
  if (text[at + 1] !== '/') return at
  let colon = -1
  let last = -1
  let end = at + 2
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === COLON && colon < 0) colon = end
    if (code === AT) last = end
    if (isAuthorityEnd(code)) break
  }
  // Nothing that ends a literal or that a shell acts on stands in an authority.
  if (colon >= 0 && colon < last) {
    const value = text.slice(colon + 1, last)
    if (!startsMark(value)) reading.add('url', 'data', [colon + 1, last])
  }
  return at + 1
}

const AUTHORITY_ENDS = new Uint8Array(128)
for (const character of ' \t\n\r\'";|&<>)]},/?#$`({\\') AUTHORITY_ENDS[character.charCodeAt(0)] = 1

function isAuthorityEnd(code: number): boolean {
  return code < 128 && AUTHORITY_ENDS[code] === 1
}

/** `Bearer …`, `Basic …` without a header in front, seen at the second letter. */
export function findScheme(reading: Reading, at: number): number {
  const { text } = reading
  const rest = reading.code(at) === 0x65 ? 'arer' : 'sic'
  if (!text.startsWith(rest, at + 1)) return at
  const wordEnd = at + 1 + rest.length
  const before = reading.code(at - 2)
  if (!isBlank(reading.code(wordEnd)) || isLetter(before) && reading.code(at - 3) !== BACKSLASH) {
    return at
  }
  const start = reading.afterBlanks(wordEnd)
  const end = reading.literalEnd(start)
  if (start < reading.named || end - start < LEAST_CREDENTIAL || !reading.isEnd(end)) return wordEnd
  if (reading.hasMark(start, end)) return wordEnd
  const value = text.slice(start, end)
  if (isCredential(value) && !isPlainValue(value, '')) {
    reading.named = end
    reading.add('scheme', 'data', [start, end])
  }
  return wordEnd
}
