import { RampartError } from '../errors.ts'
import { invalid } from './pointer.ts'

/**
 * What a gzip body holds (RFC 1952), at most `most` bytes of it ever held: what unpacks to more is refused
 * before it is unpacked.
 *
 * @throws RampartError `too_large`, `request_invalid` for what is no gzip
 */
export async function inflated(packed: Uint8Array, most: number): Promise<Uint8Array> {
  const source = new Blob([packed.slice()]).stream()
  const reader = source.pipeThrough(new DecompressionStream('gzip')).getReader()
  const chunks: Uint8Array[] = []
  let total = 0
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw invalid('The body is no gzip')
    })
    if (done) break
    total += value.length
    if (total > most) {
      reader.cancel().catch(() => {})
      throw new RampartError('too_large', `The body unpacks to more than ${most} bytes`)
    }
    chunks.push(value)
  }
  const whole = new Uint8Array(total)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
