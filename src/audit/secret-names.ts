import { BACKSLASH } from '../engine/secret/text.ts'

/**
 * Last words of names whose values are secrets. `whole` may not be the end of a longer word (`compass`),
 * `behind` needs another word in front (`GITHUB_PAT`), `free` may follow letters at once (`dbpassword`),
 * `query` stands in the query of a URL alone (`&sig=`).
 */
type Tie = 'free' | 'whole' | 'behind' | 'query'

const WORDS: readonly (readonly [word: string, tie: Tie])[] = [
  ['password', 'free'],
  ['passwd', 'free'],
  ['passphrase', 'free'],
  ['passcode', 'free'],
  ['secret', 'free'],
  ['token', 'free'],
  ['apikey', 'free'],
  ['authorization', 'free'],
  ['cookie', 'free'],
  ['pass', 'whole'],
  ['pwd', 'whole'],
  ['credential', 'whole'],
  ['credentials', 'whole'],
  ['bearer', 'whole'],
  ['jwt', 'whole'],
  ['signature', 'whole'],
  ['pat', 'behind'],
  ['sig', 'query'],
]

/** Words before a last word `key` that make it a secret one. */
const KEYS: readonly string[] =
  ('api access secret private auth account encryption signing master shared storage subscription ' +
    'service deploy webhook session cipher jwt hmac').split(' ')

/** Longest name that is looked at. */
export const LONGEST_NAME = 100

/** The words by their last two letters: the number of their list, 0 where there is none. */
const BY_END = new Uint8Array(1 << 14)
const LISTS: (readonly [word: string, tie: Tie])[][] = [[]]
for (const row of WORDS) {
  const end = pairBefore(row[0], row[0].length)
  if (BY_END[end] === 0) BY_END[end] = LISTS.push([]) - 1
  LISTS[BY_END[end]!]!.push(row)
}
const KEY_END = pairBefore('key', 3)

/** The two letters in front of a place, small. */
function pairBefore(text: string, end: number): number {
  const first = text.charCodeAt(end - 2) | 32
  const last = text.charCodeAt(end - 1) | 32
  return first > 127 || last > 127 ? 0 : (first << 7) | last
}

/** Whether two characters may be the last of a name, or stand between it and its sign. */
export const NAME_TAILS: Uint8Array = tailsOf()

function tailsOf(): Uint8Array {
  const tails = new Uint8Array(1 << 14)
  const ends = [...'0123456789_-.'].map((end) => end.charCodeAt(0))
  for (const [word] of [...WORDS, ['key']]) {
    const pair = pairBefore(word!, word!.length)
    const [first, last] = [pair >> 7, pair & 127]
    for (const a of [first, first ^ 32]) for (const b of [last, last ^ 32]) tails[(a << 7) | b] = 1
    ends.push(last, last ^ 32)
  }
  const closing = [...'"\']'].map((close) => close.charCodeAt(0))
  const blanks = [0x20, 0x09]
  for (const end of ends) for (const sign of [...closing, ...blanks]) tails[(end << 7) | sign] = 1
  for (const sign of [...closing, ...blanks, BACKSLASH]) {
    for (const next of [...closing, ...blanks]) tails[(sign << 7) | next] = 1
  }
  for (const end of ends) {
    for (const digit of '0123456789_-.') tails[(end << 7) | digit.charCodeAt(0)] = 1
  }
  return tails
}

/** Whether a name says that its value is a secret. */
export function isSecretName(name: string): boolean {
  return secretWord(name, name.length) !== undefined
}

/** The word that makes the name ending there a secret one. Looks at a bounded number of characters. */
export function secretWord(text: string, nameEnd: number): string | undefined {
  let end = nameEnd
  // `PASSWORD_2`, `token1`
  while (end > 0 && nameEnd - end < 4 && isNameTail(text.charCodeAt(end - 1))) end--
  if (end < 3) return undefined
  const pair = pairBefore(text, end)
  if (pair === KEY_END && endsWith(text, end, 'key')) return keyWord(text, end)
  const list = BY_END[pair]!
  if (list === 0) return undefined
  for (const [word, tie] of LISTS[list]!) {
    if (endsWith(text, end, word) && isTied(text, end - word.length, tie, end)) return word
  }
  return undefined
}

function keyWord(text: string, end: number): string | undefined {
  let at = end - 3
  if (at > 0 && isJoint(text.charCodeAt(at - 1))) at--
  for (const word of KEYS) if (endsWith(text, at, word)) return 'key'
  return undefined
}

function isTied(text: string, start: number, tie: Tie, end: number): boolean {
  const before = start === 0 ? 0 : text.charCodeAt(start - 1)
  // `PWD` is where we are.
  if (end - start === 3 && text.slice(start, end) === 'PWD') return isJoint(before)
  if (tie === 'free') return true
  if (tie === 'query') return before === 0x26 || before === 0x3f
  if (isJoint(before)) {
    return start > 1 && isLetterOrDigit(text.charCodeAt(start - 2)) || tie === 'whole'
  }
  // `clientPass`
  const camel = isUpper(text.charCodeAt(start)) && isLetterOrDigit(before) && !isUpper(before)
  return camel || (tie === 'whole' && !isLetterOrDigit(before))
}

function endsWith(text: string, end: number, word: string): boolean {
  let at = end - word.length
  if (at < 0) return false
  for (let i = 0; i < word.length; i++, at++) {
    if ((text.charCodeAt(at) | 32) !== word.charCodeAt(i)) return false
  }
  return true
}

function isUpper(code: number): boolean {
  return code >= 65 && code <= 90
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || isUpper(code & ~32) && code >= 65
}

/** `_`, `-` and `.` */
function isJoint(code: number): boolean {
  return code === 95 || code === 45 || code === 46
}

function isNameTail(code: number): boolean {
  return isJoint(code) || (code >= 48 && code <= 57)
}

/** Whether a name may hold the character. */
export function isNameCode(code: number): boolean {
  return isLetterOrDigit(code) || isJoint(code)
}
