import type { Json } from '../engine/types.ts'
import type { Fields } from './message.ts'

/** Media that no model reads as text. */
const OPAQUE =
  /^(?:image|audio|video|font)\/|^application\/(?:octet-stream|pdf|zip|gzip|x-tar|wasm)\b/i
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/

/**
 * All that an answer says, for response rules: every text of it, in whichever content, structured content or
 * key it stands, and what is text within its base64. Bytes of pictures and sounds are left out.
 */
export function outputText(answer: Json): string {
  const texts: string[] = []
  const left: { readonly value: Json; readonly around?: Fields; readonly key?: string }[] = [{
    value: answer,
  }]
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    const { value } = one
    if (typeof value === 'string') texts.push(...textsOf(value, one.key, one.around))
    else if (typeof value === 'number') texts.push(String(value))
    else if (Array.isArray(value)) {
      for (const entry of value.toReversed()) left.push({ ...one, value: entry })
    } else if (value !== null && typeof value === 'object') {
      for (const [key, entry] of Object.entries(value).reverse()) {
        left.push({ value: entry, around: value as Fields, key })
      }
      texts.push(...Object.keys(value).filter((key) => !USUAL.has(key)))
    }
  }
  return texts.join('\n')
}

/** Keys of the protocol: no rule means them. */
const USUAL = new Set(
  'content type text data mimeType isError structuredContent resource uri blob name title description contents messages role _meta annotations code message'
    .split(' '),
)

function textsOf(value: string, key: string | undefined, around: Fields | undefined): string[] {
  if (key !== 'data' && key !== 'blob' || !BASE64.test(value)) return [value]
  const text = textIn(value)
  const type = around?.['mimeType']
  const isOpaque = typeof type === 'string' && OPAQUE.test(type)
  return [...(isOpaque ? [] : [value]), ...(text === undefined ? [] : [text])]
}

/** What base64 holds, where that is text. */
function textIn(base64: string): string | undefined {
  try {
    const plain = atob(base64.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
