import type { Json } from '../engine/types.ts'
import { fieldsNamed, invalid, type Params, wrong } from './params.ts'

/** Fields of which bytes that are no UTF-8 come as base64, under the name with `_b64` behind it. */
const TWINS = ['command', 'argv', 'program'] as const

/**
 * The params with what came as base64 under its own name. A byte that is no part of UTF-8 stands as the
 * lone surrogate U+DC00 + byte, so that different bytes stay different texts; nothing that holds one is
 * known to a permissive rule (`isReadable`).
 *
 * @throws RampartError `request_invalid` for a field beside its twin, for bad base64 and for a NUL.
 */
export function withBytes(params: Params): Params {
  if (!Object.keys(params).some((key) => /_b64$/i.test(key))) return params
  const read: Record<string, Json> = { ...params }
  for (const name of TWINS) {
    const [found, again] = fieldsNamed(params, [`${name}_b64`])
    if (found === undefined) continue
    const beside = again ?? fieldsNamed(params, [name])[0]
    if (beside !== undefined) {
      throw invalid(
        'A field stands beside its twin',
        [found, beside].map(({ pointer }) => ({
          pointer,
          detail: 'Send the text or its bytes, not both',
        })),
      )
    }
    for (const key of Object.keys(read)) if (key.toLowerCase() === `${name}_b64`) delete read[key]
    read[name] = decoded(found.value, found.pointer, name === 'argv')
  }
  return read
}

function decoded(value: Json, pointer: string, list: boolean): Json {
  if (!list) return textOf(value, pointer)
  if (!Array.isArray(value)) throw wrong(pointer, 'must be a list of strings')
  return value.map((word: Json, i) => textOf(word, `${pointer}/${i}`))
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function textOf(value: Json, pointer: string): string {
  if (typeof value !== 'string' || !BASE64.test(value)) throw wrong(pointer, 'must be base64')
  const binary = atob(value)
  if (binary.includes('\0')) throw wrong(pointer, 'must not hold a NUL character')
  return fromUtf8(Uint8Array.from(binary, (char) => char.charCodeAt(0)))
}

/** Bytes as text; each that is no UTF-8 as a surrogate that no text of UTF-8 has. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    let text = ''
    for (let at = 0; at < bytes.length;) {
      const length = sequenceAt(bytes, at)
      text += length === 0
        ? String.fromCharCode(0xdc00 + bytes[at]!)
        : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(at, at + length))
      at += Math.max(1, length)
    }
    return text
  }
}

/** Length of the UTF-8 sequence that begins there; 0 where none does (RFC 3629). */
function sequenceAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!
  if (first < 0x80) return 1
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (bytes[at + 1]! < low || bytes[at + 1]! > high) return 0
  for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0
  return length
}

/** Whether all of a text was UTF-8. */
export function isReadable(text: string): boolean {
  return text.isWellFormed()
}
