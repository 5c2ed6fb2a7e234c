import { LONGEST_NAME } from './secret-names.ts'
import { isBlank, isDigit, isLetter, type Reading, startsMark } from '../engine/secret/text.ts'

/** What stands where a secret would and is none; showing it costs nothing. */
const WORDS = new Set(
  ('true false null none nil undefined yes no on off string str number boolean bool integer int any ' +
    'unknown required optional object bytes text varchar default changeme example redacted hidden ' +
    'masked secret password token void never').split(' '),
)
const LONGEST_WORD = 9
/** A value that is judged by its letters is no longer than this. */
const JUDGED = 256

/** Whether a value is none that anybody would hide: a word of a type, a path, a version, a mark of ours. */
export function isPlainValue(value: string, name: string): boolean {
  if (startsMark(value)) return true
  // `git -c alias.token=!reboot token` runs it.
  if (name.startsWith('alias.')) return true
  if (value.length > JUDGED) return false
  const first = value.charCodeAt(0)
  if (!isLetter(first)) return isFill(value) || isPath(value) || isVersion(value)
  if (value.length <= LONGEST_WORD && WORDS.has(value.toLowerCase())) return true
  return isFill(value) || isDrive(value) || isRelative(value) || isItsName(value, name)
}

/** `***`, `xxxx`, `...`, `%s` */
function isFill(value: string): boolean {
  if (value.charCodeAt(0) !== value.charCodeAt(1) && value.length > 2) return false
  return /^(?:\*+|x{3,}|X{3,}|\.+|…+|-+|_+|%[sdv]|\?+)$/.test(value)
}

/** A path, unless it is as random as a key in base64 that begins with a slash. */
export function isPath(value: string): boolean {
  if (!/^(?:\.{0,2}|~)\//.test(value)) return isDrive(value)
  return !(value.length >= 32 && /^[A-Za-z0-9+/=]+$/.test(value) && isRandom(value))
}

function isDrive(value: string): boolean {
  return value.charCodeAt(1) === 0x3a && /^[A-Za-z]:[\\/]/.test(value)
}

/** `path/to/key.pem`: names without a digit. */
function isRelative(value: string): boolean {
  return value.includes('/') && /^[a-z_.-]+(?:\/[A-Za-z_.-]*)+$/.test(value)
}

/** A version or a range of them, as packages named `js-cookie` have. */
function isVersion(value: string): boolean {
  return value.length <= 32 && /^[~^=*]{0,2}\d+\.\d+(?:\.\d+)?(?:-[a-z]+\.?\d*)?$/.test(value)
}

/** `password=password`, `token: self.token` */
function isItsName(value: string, name: string): boolean {
  if (value.length > LONGEST_NAME || name === '') return false
  const last = value.slice(value.lastIndexOf('.') + 1).toLowerCase()
  return last !== '' && name.toLowerCase().endsWith(last) && /^[A-Za-z_][\w.]*$/.test(value)
}

/** Digits, capitals and small letters, as only chance puts together. */
export function isRandom(value: string): boolean {
  return /\d/.test(value) && /[a-z]/.test(value) && /[A-Z]/.test(value)
}

/** `password: must be long`: a sentence that goes on behind a word of letters. */
export function isProse({ text }: Reading, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isLetter(text.charCodeAt(at))) return false
  let at = end
  if (text[at] === ',' || text[at] === ';' || text[at] === ')') at++
  // A mark of ours may be the next word.
  return isBlank(text.charCodeAt(at)) && (isLetter(text.charCodeAt(at + 1)) || text[at + 1] === '[')
}

/** Shorter ones are words, or no secret. */
export const LEAST_CREDENTIAL = 12

/** What is behind `Bearer` or `Basic` without a header: long, and with a digit or a padding. */
export function isCredential(value: string): boolean {
  if (value.length < LEAST_CREDENTIAL) return false
  for (let at = 0; at < value.length && at < JUDGED; at++) {
    const code = value.charCodeAt(at)
    if (isDigit(code) || code === 0x3d) return true
  }
  return false
}
