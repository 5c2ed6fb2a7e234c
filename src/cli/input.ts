import { RampartError } from '../errors.ts'
import { standardInput } from '../runtime/brief.ts'

/** All of standard input as text, up to a limit. */
export async function readInput(limit: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of standardInput()) {
    total += chunk.length
    if (total > limit) throw new RampartError('too_large', `Input is longer than ${limit} bytes`)
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new RampartError('request_invalid', 'Input is not valid UTF-8')
  }
}
