import { afford, type Budget } from './limits.ts'
import type { Piece } from './syntax.ts'

/** Values and patterns beyond these are left unknown: what they cost grows with both. */
const VALUE_LIMIT = 2048
const PATTERN_LIMIT = 64

type Token = { readonly char: string } | 'one' | 'many'

/**
 * What `${name<operator><operand>}` makes of a value: `#` `##` `%` `%%` cut, `/` `//` `/#` `/%` replace,
 * `:` takes a part, `^` `,` change the case. Undefined where nobody can tell, or it would cost too much.
 */
export function operated(
  value: string,
  { operator, operand }: Piece & { kind: 'variable' },
  budget: Budget,
): string | undefined {
  if (value.length > VALUE_LIMIT || operand.some(({ kind }) => kind !== 'text')) return undefined
  const texts = operand as readonly (Piece & { kind: 'text' })[]
  const raw = texts.map(({ text }) => text).join('')
  switch (operator) {
    case '#':
    case '%':
      return cut(value, operator, texts, budget)
    case '/':
      return replaced(value, texts, raw)
    case ':':
      return part(value, raw)
    case '^':
    case ',':
      return cased(value, operator, raw)
    default:
      return undefined
  }
}

/** Unquoted text as a pattern; undefined where it holds more than `*` and `?`. */
function tokensOf(texts: readonly (Piece & { kind: 'text' })[], skip = 0): Token[] | undefined {
  const tokens: Token[] = []
  for (const { text, quoted } of texts) {
    for (const char of skip > 0 ? text.slice(skip) : text) {
      if (!quoted && /[[\]()|\\]/.test(char)) return undefined
      tokens.push(quoted ? { char } : char === '*' ? 'many' : char === '?' ? 'one' : { char })
    }
    skip = Math.max(0, skip - text.length)
  }
  return tokens.length > PATTERN_LIMIT ? undefined : tokens
}

/**
 * Lengths of the beginnings of `text` that a pattern is met by, as marks; `longest` and the shortest are
 * read off them. One row a token, so it costs pattern × text, which the line pays for.
 */
function meetings(text: string, tokens: readonly Token[]): Uint8Array {
  let at = new Uint8Array(text.length + 1)
  at[0] = 1
  for (const token of tokens) {
    const next = new Uint8Array(text.length + 1)
    let open = 0
    for (let from = 0; from <= text.length; from++) {
      if (token === 'many') next[from] = open |= at[from]!
      else if (at[from] === 1 && from < text.length) {
        if (token === 'one' || token.char === text[from]) next[from + 1] = 1
      }
    }
    at = next
  }
  return at
}

function cut(
  value: string,
  operator: '#' | '%',
  texts: readonly (Piece & { kind: 'text' })[],
  budget: Budget,
): string | undefined {
  const first = texts[0]
  const longest = first !== undefined && !first.quoted && first.text.startsWith(operator)
  const tokens = tokensOf(texts, longest ? 1 : 0)
  if (tokens === undefined) return undefined
  if (!afford(budget, value.length * tokens.length >> 2)) return undefined
  const front = operator === '#'
  const found = front
    ? meetings(value, tokens)
    : meetings([...value].reverse().join(''), [...tokens].reverse())
  const length = Math.max(0, longest ? found.lastIndexOf(1) : found.indexOf(1))
  return front ? value.slice(length) : value.slice(0, value.length - length)
}

/** Literal patterns only: where a pattern stands costs as much as the value is long, squared. */
function replaced(
  value: string,
  texts: readonly (Piece & { kind: 'text' })[],
  raw: string,
): string | undefined {
  if (texts.some(({ text, quoted }) => !quoted && /[*?[\]()\\]/.test(text))) return undefined
  const mode = /^[/#%]/.exec(raw)?.[0] ?? ''
  const slash = raw.indexOf('/', mode.length + (mode === '' ? 0 : 1))
  const from = raw.slice(mode.length, slash < 0 ? undefined : slash)
  const to = slash < 0 ? '' : raw.slice(slash + 1)
  if (from === '' || to.includes('&')) return undefined
  if (mode === '/') return value.replaceAll(from, () => to)
  if (mode === '#') return value.startsWith(from) ? to + value.slice(from.length) : value
  if (mode === '%') {
    return value.endsWith(from) ? value.slice(0, value.length - from.length) + to : value
  }
  return value.replace(from, () => to)
}

function part(value: string, raw: string): string | undefined {
  const match = /^\s*(\d{1,6}|\s-\d{1,6})\s*(?::\s*(-?\d{1,6})\s*)?$/.exec(raw)
  if (match === null) return undefined
  const offset = Number(match[1])
  const start = offset < 0 ? value.length + offset : offset
  if (start < 0) return ''
  const length = match[2] === undefined ? undefined : Number(match[2])
  if (length === undefined) return value.slice(start)
  return length < 0 ? value.slice(start, length) : value.slice(start, start + length)
}

function cased(value: string, operator: '^' | ',', raw: string): string | undefined {
  if (raw !== '' && raw !== operator) return undefined
  const turn = (text: string) => operator === '^' ? text.toUpperCase() : text.toLowerCase()
  return raw === '' ? turn(value.slice(0, 1)) + value.slice(1) : turn(value)
}

/** `${HOME%/*}` is the directory in which the home lies. */
export function isParent([only, ...others]: readonly Piece[]): boolean {
  return others.length === 0 && only?.kind === 'text' && !only.quoted && only.text === '/*'
}
