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
  const steps = stepsOf(text)
  const directives = steps.filter(({ directive }) => directive !== '' && directive !== '%').length
  if (directives > 0 && text.length * rest.length / directives > PRINTED_LIMIT) return undefined
  let at = 0
  let result = ''
  do {
    const before = at
    for (const { literal, directive } of steps) {
      result += literal
      if (directive === '') continue
      const value = directive === '%' ? '%' : converted(directive, rest[at++])
      if (value === undefined) return undefined
      result += value
    }
    if (at === before) break
  } while (at < rest.length && result.length < PRINTED_LIMIT)
  return at < rest.length && directives > 0 ? undefined : result
}

interface Step {
  readonly literal: string
  /** What is converted behind it; '' at the end, `?` where nobody knows the directive. */
  readonly directive: string
}

function stepsOf(text: Bytes): readonly Step[] {
  const steps: Step[] = []
  let from = 0
  for (const match of text.matchAll(DIRECTIVE)) {
    steps.push({ literal: text.slice(from, match.index), directive: match[1] ?? '?' })
    from = match.index + match[0].length
  }
  steps.push({ literal: text.slice(from), directive: '' })
  return steps
}

/** As a shell would read it back as one word; undefined where only `$'…'` can say it. */
function quoted(text: Bytes): Bytes | undefined {
  if (text === '') return "''"
  return /^[\x20-\x7e]+$/.test(text) ? text.replace(/[^\w./@%+=:,-]/g, '\\$&') : undefined
}

function converted(directive: string, value: string | undefined): Bytes | undefined {
  if (directive === '?') return undefined
  const text = toBytes(value ?? '')
  switch (directive) {
    case 's':
      return text
    case 'c':
      return text.slice(0, 1)
    case 'b':
      return unescaped(text, 'echo')
    case 'q':
      return quoted(text)
  }
  const number = /^(?:\d{1,15}|0x[0-9a-f]{1,12})$/i.test(text) && !/^0\d/.test(text)
    ? Number(text)
    : undefined
  if (number === undefined) return text === '' ? '0' : undefined
  const base = directive === 'o' ? 8 : /x/i.test(directive) ? 16 : 10
  const digits = number.toString(base)
  return directive === 'X' ? digits.toUpperCase() : digits
}
