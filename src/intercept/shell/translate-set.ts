import type { Bytes } from './bytes.ts'
import { unescaped } from './escapes.ts'

const range = (from: string, to: string): string => {
  let all = ''
  for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++) {
    all += String.fromCharCode(code)
  }
  return all
}

const CLASSES: Readonly<Record<string, string>> = {
  upper: range('A', 'Z'),
  lower: range('a', 'z'),
  digit: range('0', '9'),
  alpha: range('A', 'Z') + range('a', 'z'),
  space: '\t\n\v\f\r ',
  blank: '\t ',
}

/** Longer sets are nobody's: taking one apart costs more than it is long. */
const SET_LIMIT = 512

/** The characters of a set as `tr` is given it: ranges, classes, escapes. */
function setOf(text: string): string | undefined {
  if (text.length > SET_LIMIT) return undefined
  const plain = unescaped(text, 'format')
  if (plain === undefined) return undefined
  let known = true
  const named = plain.replace(/\[:(\w+):\]/g, (_, name: string) => {
    if (!Object.hasOwn(CLASSES, name)) known = false
    return CLASSES[name] ?? ''
  })
  // `[=x=]` and `[x*n]` are left to whoever writes them.
  if (!known || /\[[^\]]*[=*]/.test(named)) return undefined
  const set = named.replace(
    /([^-])-([^-])/g,
    (whole, from: string, to: string) => from <= to ? range(from, to) : (known = false, whole),
  )
  return known && set.length <= SET_LIMIT ? set : undefined
}

/** `tr SET SET` and `tr -d SET`. */
export function translated(args: readonly string[], input: Bytes): Bytes | undefined {
  const [first, second, ...others] = args
  if (first === undefined || second === undefined || others.length > 0) return undefined
  const deletes = first === '-d' || first === '--delete'
  if (!deletes && first.startsWith('-') && first !== '-') return undefined
  const from = setOf(deletes ? second : first)
  const to = deletes ? '' : setOf(second)
  if (from === undefined || to === undefined) return undefined
  const turned = new Map<string, string>()
  for (let i = 0; i < from.length; i++) {
    turned.set(from[i]!, deletes ? '' : to[Math.min(i, to.length - 1)] ?? '')
  }
  let result = ''
  for (const char of input) result += turned.get(char) ?? char
  return result
}
