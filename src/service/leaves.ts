import { HIDDEN } from '../engine/output.ts'
import type { Json } from '../engine/types.ts'

/** The texts of an output in their order, and all that an agent would see of it as one text. */
export interface Leaves {
  readonly texts: readonly string[]
  /** Keys and numbers: judged with the texts, but nothing can stand in their place. */
  readonly fixed: readonly string[]
  /** With these texts in the place of its own. */
  readonly whole: (texts: readonly string[]) => string
  /** The output in its shape, with these texts in the place of its own. */
  readonly rebuilt: (texts: readonly string[]) => Json
}

/**
 * Take an output apart. What stands as base64 in a `data` or `blob` is judged as the text that it holds, and
 * not at all where it is media that nobody reads as text. `usual` are keys that no rule means.
 */
export function leavesOf(output: Json, usual: ReadonlySet<string> = NONE): Leaves {
  const texts: string[] = []
  const fixed: string[] = []
  walk(
    output,
    (leaf) => texts.push(...leaf.texts),
    (text) => usual.has(text) || fixed.push(text),
  )
  return {
    texts,
    fixed,
    whole: (given) => [...given, ...fixed].join('\n'),
    rebuilt: (given) => {
      let at = 0
      return mapLeaves(output, ({ texts: own, put }) => {
        const mine = own.map(() => given[at++] ?? HIDDEN)
        return put(mine)
      })
    },
  }
}

const NONE: ReadonlySet<string> = new Set()

/** The output with nothing of its texts. */
export function blanked(output: Json): Json {
  return mapLeaves(output, ({ value }) => value === '' ? '' : HIDDEN)
}

/** A string of an output: the texts that a model may read in it, and what it is with others in their place. */
interface Leaf {
  readonly value: string
  readonly texts: readonly string[]
  readonly put: (texts: readonly string[]) => string
}

/** What stands beside a string, by which its own meaning is known. */
type Around = Readonly<Record<string, Json>> | undefined

function walk(value: Json, text: (leaf: Leaf) => void, fixed: (text: string) => void): void {
  const go = (one: Json, key?: string, around?: Around): void => {
    if (typeof one === 'string') text(leafOf(one, key, around))
    else if (typeof one === 'number') fixed(String(one))
    else if (Array.isArray(one)) { for (const entry of one as Json[]) go(entry, key, around) }
    else if (typeof one === 'object' && one !== null) {
      for (const [name, entry] of Object.entries(one)) {
        fixed(name)
        go(entry, name, one as Around)
      }
    }
  }
  go(value)
}

function mapLeaves(value: Json, put: (leaf: Leaf) => string): Json {
  const map = (one: Json, key?: string, around?: Around): Json => {
    if (typeof one === 'string') return put(leafOf(one, key, around))
    if (Array.isArray(one)) return one.map((entry: Json) => map(entry, key, around))
    if (typeof one !== 'object' || one === null) return one
    return Object.fromEntries(
      Object.entries(one).map(([name, entry]) => [name, map(entry, name, one as Around)]),
    )
  }
  return map(value)
}

/** Media that no model reads as text. */
const OPAQUE =
  /^(?:image|audio|video|font)\/|^application\/(?:octet-stream|pdf|zip|gzip|x-tar|wasm)\b/i
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/

function leafOf(value: string, key: string | undefined, around: Around): Leaf {
  const isCoded = (key === 'data' || key === 'blob') && BASE64.test(value)
  if (!isCoded) return { value, texts: [value], put: ([one]) => one! }
  const type = around?.['mimeType'] ?? around?.['media_type']
  const isOpaque = typeof type === 'string' && OPAQUE.test(type)
  const text = textIn(value)
  if (text === undefined) {
    return isOpaque
      ? { value, texts: [], put: () => value }
      : { value, texts: [value], put: ([one]) => one! }
  }
  // As it stands, and what it says.
  const texts = isOpaque ? [text] : [text, value]
  return {
    value,
    texts,
    put: ([said = HIDDEN, raw = value]) => {
      if (raw !== value) return raw
      return said === text ? value : base64Of(said)
    },
  }
}

/** What base64 holds, where that is text. */
function textIn(base64: string): string | undefined {
  try {
    const plain = atob(base64.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Bytes that one call of a function takes as arguments everywhere. */
const PIECE = 8192

function base64Of(text: string): string {
  const bytes = new TextEncoder().encode(text)
  let plain = ''
  for (let at = 0; at < bytes.length; at += PIECE) {
    plain += String.fromCharCode(...bytes.subarray(at, at + PIECE))
  }
  return btoa(plain)
}
