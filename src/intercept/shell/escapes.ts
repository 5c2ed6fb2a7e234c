import { type Bytes, toBytes } from './bytes.ts'

const NAMED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}

/**
 * - `format`: the first operand of `printf`: `\NNN` is octal.
 * - `echo`: `echo -e` and `%b`: `\0NNN` is octal, `\c` ends all output.
 */
export type EscapeStyle = 'format' | 'echo'

const ESCAPE = {
  format:
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|([\s\S]?))/g,
  echo:
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|(0[0-7]{0,3}|[1-7])|([\s\S]?))/g,
} as const

/** Text with its escapes resolved; undefined where shells differ on one, or output would end. */
export function unescaped(text: Bytes, style: EscapeStyle): Bytes | undefined {
  let certain = true
  const result = text.replace(ESCAPE[style], (whole, hex, short, long, octal, char) => {
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16))
    const point = short ?? long
    if (point !== undefined) {
      const code = parseInt(point, 16)
      if (code > 0x10ffff) certain = false
      return certain ? toBytes(String.fromCodePoint(code)) : ''
    }
    if (octal !== undefined) {
      // Without the zero some shells read an octal number and some do not.
      if (style === 'echo' && !octal.startsWith('0')) certain = false
      return String.fromCharCode(parseInt(octal, 8) & 0xff)
    }
    const named = NAMED[char]
    if (named !== undefined) return named
    if (style === 'format' && /^["'?]$/.test(char)) return char
    if (char === 'c') certain = false
    return whole
  })
  return certain ? result : undefined
}
