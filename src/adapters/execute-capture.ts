import type { Captured } from '../ports.ts'
import { sha256Hasher } from './hash.ts'

/** Keeps the beginning of an output, and counts and digests all of it. */
export class Capture {
  readonly #hasher = sha256Hasher()
  readonly #chunks: Uint8Array[] = []
  readonly #name: Captured['name']
  readonly #most: number
  #kept = 0
  #bytes = 0

  constructor(name: Captured['name'], most: number) {
    this.#name = name
    this.#most = most
  }

  get bytes(): number {
    return this.#bytes
  }

  add(chunk: Uint8Array): void {
    this.#hasher.update(chunk)
    this.#bytes += chunk.length
    const room = this.#most - this.#kept
    if (room <= 0) return
    // Runtimes use their buffers again.
    const part = chunk.slice(0, room)
    this.#chunks.push(part)
    this.#kept += part.length
  }

  /** What came so far. A character that the limit cuts is left out, so that no other text stands there. */
  result(more = false): Captured {
    const bytes = new Uint8Array(this.#kept)
    let at = 0
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    const truncated = more || this.#bytes > this.#kept
    const whole = truncated ? bytes.subarray(0, wholeLength(bytes)) : bytes
    const { text, lossy } = decode(whole)
    return {
      name: this.#name,
      text,
      bytes: this.#bytes,
      sha256: this.#hasher.digest('hex'),
      truncated,
      lossy,
    }
  }
}

function decode(bytes: Uint8Array): { readonly text: string; readonly lossy: boolean } {
  try {
    return {
      text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
      lossy: false,
    }
  } catch {
    return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), lossy: true }
  }
}

/** Up to where the bytes end with a whole character, if they are UTF-8. */
function wholeLength(bytes: Uint8Array): number {
  const from = Math.max(0, bytes.length - 3)
  for (let at = bytes.length - 1; at >= from; at--) {
    const byte = bytes[at]!
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return at + length > bytes.length ? at : bytes.length
  }
  return bytes.length
}
