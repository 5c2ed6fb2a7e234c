import { type Bytes, toBytes } from './bytes.ts'
import { unescaped } from './escapes.ts'

/** Longer output is nobody's literal. */
const PRINTED_LIMIT = 65_536

const DIRECTIVE = /%(?:([sbcdiuxXoq%])|(?=[^]))/g

/** What `printf FORMAT ARGUMENT…` prints: the format is used again until no argument is left. */
export function formatted(args: readonly string[]): Bytes | undefined {
  const [format, ...rest] = args[0] === '--' ? args.slice(1) : args
  if (format === undefined || format.startsWith('-')) return undefined
  const text = unescaped(toBytes(format), 'format')
  if (text === undefined) return undefined
  let at = 0
  let result = ''
  const directives = text.match(DIRECTIVE)?.length ?? 0
  if (directives > 0 && text.length * rest.length / directives > PRINTED_LIMIT) return undefined
  do {
    const before = at
    let certain = true
    result += text.replace(DIRECTIVE, (_, directive: string | undefined) => {
      if (directive === '%') return '%'
      const value = directive === undefined ? undefined : converted(directive, rest[at++])
      if (value === undefined) certain = false
      return value ?? ''
    })
    if (!certain) return undefined
    if (at === before) break
  } while (at < rest.length && result.length < PRINTED_LIMIT)
  return at < rest.length && directives > 0 ? undefined : result
}

function converted(directive: string, value: string | undefined): Bytes | undefined {
  const text = toBytes(value ?? '')
  switch (directive) {
    case 's':
      return text
    case 'c':
      return text.slice(0, 1)
    case 'b':
      return unescaped(text, 'echo')
    case 'q':
      return /^[\w./@%+=:,-]+$/.test(text) ? text : undefined
  }
  const number = /^(?:\d{1,15}|0x[0-9a-f]{1,12})$/i.test(text) && !/^0\d/.test(text)
    ? Number(text)
    : undefined
  if (number === undefined) return text === '' ? '0' : undefined
  const base = directive === 'o' ? 8 : /x/i.test(directive) ? 16 : 10
  const digits = number.toString(base)
  return directive === 'X' ? digits.toUpperCase() : digits
}
