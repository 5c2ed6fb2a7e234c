import { readSmall } from '../../adapters/safe-read.ts'
import type { KeptElsewhere } from '../../adapters/audit-verify-anchors.ts'
import { RampartError } from '../../errors.ts'

const LIMIT = 64 << 20
const TIMEOUT_MS = 30_000

/** The text of a file that a person names. */
export async function readFileOf(path: string): Promise<string> {
  const read = await readSmall(path, { limit: LIMIT, followLinks: true })
  if (read.text !== undefined) return read.text
  throw new RampartError('state_unusable', `Cannot read ${path}: ${read.detail}`)
}

/** Checkpoints that were kept in a file or behind an address. */
export async function keptAt(place: string): Promise<KeptElsewhere> {
  if (!/^https?:\/\//.test(place)) return { name: place, text: await readFileOf(place) }
  try {
    const response = await fetch(place, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    const text = await response.text()
    if (!response.ok) throw new Error(`the answer is ${response.status}`)
    if (text.length > LIMIT) throw new Error('the answer is too long')
    return { name: place, text }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new RampartError('state_unusable', `Cannot read ${place}: ${why}`, { cause: error })
  }
}
