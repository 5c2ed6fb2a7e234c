/** A value of a settings file with its place, so that an edit touches nothing beside it. */
export interface Node {
  readonly kind: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'
  readonly start: number
  readonly end: number
  /** Of an object or array, in the order of the file. Equal keys stand there more than once. */
  readonly parts: readonly Part[]
  /** What the text says, as JSON. */
  readonly value: unknown
}

/** A member of an object or an item of an array. */
export interface Part {
  /** Absent for items. */
  readonly key?: string
  readonly start: number
  readonly end: number
  /** Where the comma behind it stands; -1 without one. */
  readonly comma: number
  readonly node: Node
}

/** What keeps a text from being read, with its place. */
export class JsoncError extends Error {
  readonly at: number
  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** No settings file nests like this; the reader calls itself once a level. */
const DEEPEST = 100

const WORDS: readonly (readonly [string, Node['kind'], unknown])[] = [
  ['true', 'boolean', true],
  ['false', 'boolean', false],
  ['null', 'null', null],
]
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// deno-lint-ignore no-control-regex -- JSON forbids them unescaped.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const BLANK = /[ \t\r\n]*/y

/**
 * Read JSON that may hold comments and trailing commas, as the editors of settings files allow. Undefined
 * for a text without any value; everything else that is not one whole value throws.
 *
 * @throws JsoncError
 */
export function readJsonc(text: string): Node | undefined {
  const start = text.startsWith('\uFEFF') ? 1 : 0
  const reader = new Reader(text, start)
  reader.skip()
  if (reader.at === text.length) return undefined
  const node = reader.value(0)
  reader.skip()
  if (reader.at < text.length) throw new JsoncError(reader.at, 'nothing more was expected')
  return node
}

/** Line and column of an offset, from 1 as editors count. */
export function placeOf(text: string, at: number): { readonly line: number; readonly col: number } {
  const before = text.slice(0, at).split(/\r\n|\n|\r/)
  return { line: before.length, col: before.at(-1)!.replace('\uFEFF', '').length + 1 }
}

class Reader {
  readonly text: string
  at: number

  constructor(text: string, at: number) {
    this.text = text
    this.at = at
  }

  /** Blanks and comments. */
  skip(): void {
    for (;;) {
      this.take(BLANK)
      if (this.text.startsWith('//', this.at)) {
        const end = this.text.slice(this.at).search(/[\r\n]/)
        this.at = end < 0 ? this.text.length : this.at + end
      } else if (this.text.startsWith('/*', this.at)) {
        const end = this.text.indexOf('*/', this.at + 2)
        if (end < 0) throw new JsoncError(this.at, 'this comment has no end')
        this.at = end + 2
      } else return
    }
  }

  value(depth: number): Node {
    if (depth > DEEPEST) throw new JsoncError(this.at, `nested deeper than ${DEEPEST} levels`)
    const { text, at: start } = this
    const first = text[start]
    if (first === '{' || first === '[') return this.container(first, depth)
    if (first === '"') {
      const value = this.string()
      return { kind: 'string', start, end: this.at, parts: [], value }
    }
    for (const [word, kind, value] of WORDS) {
      if (!text.startsWith(word, start)) continue
      this.at += word.length
      return { kind, start, end: this.at, parts: [], value }
    }
    const number = this.take(NUMBER)
    if (number === '') throw new JsoncError(start, 'a value was expected')
    return { kind: 'number', start, end: this.at, parts: [], value: Number(number) }
  }

  private container(open: '{' | '[', depth: number): Node {
    const start = this.at++
    const close = open === '{' ? '}' : ']'
    const parts: Part[] = []
    for (;;) {
      this.skip()
      if (this.text[this.at] === close) break
      if (parts.length > 0 && parts.at(-1)!.comma < 0) {
        throw new JsoncError(this.at, `"," or "${close}" was expected`)
      }
      parts.push(this.part(open, depth))
    }
    this.at++
    const kind = open === '{' ? 'object' : 'array'
    return { kind, start, end: this.at, parts, value: valueOf(kind, parts) }
  }

  private part(open: '{' | '[', depth: number): Part {
    const start = this.at
    let key: string | undefined
    if (open === '{') {
      if (this.text[start] !== '"') throw new JsoncError(start, 'a name in quotes was expected')
      key = this.string()
      this.skip()
      if (this.text[this.at] !== ':') throw new JsoncError(this.at, '":" was expected')
      this.at++
      this.skip()
    }
    const node = this.value(depth + 1)
    const { at: end } = this
    this.skip()
    const comma = this.text[this.at] === ',' ? this.at++ : -1
    return { ...(key === undefined ? {} : { key }), start, end, comma, node }
  }

  private string(): string {
    const { at } = this
    const raw = this.take(STRING)
    if (raw === '') throw new JsoncError(at, 'this text has no end, or a character that needs \\')
    return JSON.parse(raw)
  }

  private take(what: RegExp): string {
    what.lastIndex = this.at
    const found = what.exec(this.text)?.[0] ?? ''
    this.at += found.length
    return found
  }
}

/** Of equal keys the last counts, as for `JSON.parse`. */
function valueOf(kind: 'object' | 'array', parts: readonly Part[]): unknown {
  if (kind === 'array') return parts.map(({ node }) => node.value)
  // A key may be `__proto__`.
  return Object.fromEntries(parts.map(({ key, node }) => [key!, node.value]))
}
