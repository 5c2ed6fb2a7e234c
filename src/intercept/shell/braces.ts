import { BRACE_LIMIT, type Budget } from './limits.ts'
import type { Piece } from './syntax.ts'

type Pieces = readonly Piece[]

/** A word cut at its unquoted braces and commas; everything else stands as it is. */
type Token = Piece | '{' | ',' | '}'

/** Braces and commas of one word that are looked at. */
const TOKEN_LIMIT = 4096

/**
 * `{a,b}` and `{1..3}`: the words that one word stands for. Past the limit it stays as written and the
 * line is marked.
 */
export function expandBraces(pieces: Pieces, budget: Budget): readonly Pieces[] {
  if (!pieces.some((piece) => isText(piece) && piece.text.includes('{'))) return [pieces]
  const tokens = tokensOf(pieces)
  const words = tokens === undefined ? undefined : expand(tokens, 0, tokens.length, 0)
  if (words !== undefined) return words
  budget.bound = true
  return [pieces]
}

function isText(piece: Piece): piece is Piece & { kind: 'text' } {
  return piece.kind === 'text' && !piece.quoted
}

/** Undefined where there are more than anybody would look at. */
function tokensOf(pieces: Pieces): Token[] | undefined {
  const tokens: Token[] = []
  for (const piece of pieces) {
    if (!isText(piece)) tokens.push(piece)
    else {
      const { text } = piece
      for (let from = 0; from < text.length && tokens.length <= TOKEN_LIMIT;) {
        const mark = text[from]!
        if (isMark(mark)) tokens.push(mark)
        const stop = isMark(mark) ? from + 1 : markBehind(text, from)
        if (!isMark(mark)) tokens.push({ ...piece, text: text.slice(from, stop) })
        from = stop
      }
    }
    if (tokens.length > TOKEN_LIMIT) return undefined
  }
  return tokens
}

function isMark(char: string): char is '{' | ',' | '}' {
  return char === '{' || char === ',' || char === '}'
}

function markBehind(text: string, from: number): number {
  let at = from
  while (at < text.length && !isMark(text[at]!)) at++
  return at
}

function expand(
  tokens: readonly Token[],
  from: number,
  to: number,
  depth: number,
): readonly Pieces[] | undefined {
  let words: Pieces[] = [[]]
  for (let i = from; i < to; i++) {
    const token = tokens[i]!
    let options: readonly Pieces[] | undefined
    const group = token === '{' ? groupAt(tokens, i, to) : undefined
    if (group === undefined) options = [[pieceOf(token)]]
    else {
      if (depth > 8) return undefined
      options = optionsOf(tokens, i, group, depth)
      i = group.end
    }
    if (options === undefined || words.length * options.length > BRACE_LIMIT) return undefined
    words = options.length === 1
      ? words.map((word) => push(word as Piece[], options[0]!))
      : words.flatMap((word) => options.map((option) => [...word, ...option]))
  }
  return words
}

function push(word: Piece[], option: Pieces): Pieces {
  word.push(...option)
  return word
}

function pieceOf(token: Token): Piece {
  return typeof token === 'string' ? { kind: 'text', text: token, quoted: false } : token
}

interface Group {
  readonly end: number
  readonly commas: readonly number[]
}

/** The group that opens at `open`; undefined where it never closes or holds neither comma nor range. */
function groupAt(tokens: readonly Token[], open: number, to: number): Group | undefined {
  let depth = 0
  const commas: number[] = []
  for (let i = open; i < to; i++) {
    const token = tokens[i]
    if (token === '{') depth++
    else if (token === ',' && depth === 1) commas.push(i)
    else if (token === '}' && --depth === 0) {
      const range = commas.length === 0 ? rangeOf(tokens.slice(open + 1, i)) : undefined
      return commas.length > 0 || range !== undefined ? { end: i, commas } : undefined
    }
  }
  return undefined
}

function optionsOf(
  tokens: readonly Token[],
  open: number,
  group: Group,
  depth: number,
): readonly Pieces[] | undefined {
  if (group.commas.length === 0) return rangeOf(tokens.slice(open + 1, group.end))
  const options: Pieces[] = []
  let start = open + 1
  for (const stop of [...group.commas, group.end]) {
    const found = expand(tokens, start, stop, depth + 1)
    if (found === undefined || options.length + found.length > BRACE_LIMIT) return undefined
    options.push(...found)
    start = stop + 1
  }
  return options
}

/** `1..9` and `a..e`; undefined for anything else, an empty list never. */
function rangeOf(tokens: readonly Token[]): readonly Pieces[] | undefined {
  const [only] = tokens
  if (tokens.length !== 1 || typeof only !== 'object' || !isText(only)) return undefined
  const numbers = /^(-?\d{1,6})\.\.(-?\d{1,6})$/.exec(only.text)
  const letters = /^([A-Za-z])\.\.([A-Za-z])$/.exec(only.text)
  const bounds = numbers?.slice(1).map(Number) ?? letters?.slice(1).map((c) => c.charCodeAt(0))
  if (bounds === undefined) return undefined
  const [from, to] = [bounds[0]!, bounds[1]!]
  const count = Math.abs(to - from) + 1
  // So many numbers are nobody's hiding place: the word is not known, but the line was read.
  if (count > BRACE_LIMIT) {
    return [[{ kind: 'opaque', raw: `{${only.text}}`, quoted: false, inside: [] }]]
  }
  return Array.from({ length: count }, (_, i) => {
    const at = from <= to ? from + i : from - i
    const text = letters === null ? String(at) : String.fromCharCode(at)
    return [{ kind: 'text', text, quoted: false }]
  })
}
