import type { Json } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import { parseJson } from '../engine/json.ts'
import { invalid } from './pointer.ts'

export const BODY_LIMIT = 1 << 20
/** A tool's output comes along. */
export const RESPONSE_LIMIT = 8 << 20

export interface BodyLimits {
  readonly most: number
  /** The limit where the body has no output of a tool. */
  readonly plain: number
  /** How long it may take to arrive whole, in milliseconds. */
  readonly arrivalMs?: number
}

const ARRIVAL_MS = 30_000

/** The JSON object of a request, at most `limits` bytes of it ever held. */
export async function readBody(
  request: Request,
  limits: BodyLimits,
): Promise<Readonly<Record<string, Json>>> {
  checkMediaType(request.headers)
  const bytes = await readBytes(request, limits)
  if (bytes.length <= limits.plain) return objectOf(bytes)
  try {
    const object = objectOf(bytes)
    if (OUTPUTS.some((name) => Object.hasOwn(object, name))) return object
  } catch {
    // What cannot be read has no response that would make it welcome.
  }
  throw tooLarge(limits.plain)
}

const OUTPUTS = ['response', 'response_texts']

/**
 * The JSON object that the bytes of a body are.
 *
 * @throws RampartError `request_invalid`
 */
export function objectOf(bytes: Uint8Array): Readonly<Record<string, Json>> {
  const value = parseJson(decode(bytes))
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw invalid('The body is not a JSON object', [{ pointer: '', detail: 'Expected an object' }])
  }
  return value as Readonly<Record<string, Json>>
}

const JSON_TYPE = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i

function checkMediaType(headers: Headers): void {
  if (!JSON_TYPE.test(headers.get('content-type')?.trim() ?? '')) {
    throw new RampartError('media_type_unsupported', 'The content type is not application/json')
  }
  const coding = headers.get('content-encoding')
  if (coding !== null && coding.toLowerCase() !== 'identity') {
    throw new RampartError('media_type_unsupported', 'A content encoding is not supported')
  }
}

/** A body that says it is no longer is taken in one piece, for a stream costs more than all of it. */
const SHORT = 1 << 16

async function readShort(request: Request, arrivalMs: number): Promise<Uint8Array> {
  const late = deadline(arrivalMs)
  const whole = request.arrayBuffer().catch(() => {
    throw invalid('The body broke off')
  })
  try {
    return new Uint8Array(await Promise.race([whole, late.passed]))
  } finally {
    whole.catch(() => {})
    late.clear()
  }
}

/** The bytes of a body, at most `most` of them, in time. */
export async function readBytes(
  request: Request,
  { most, arrivalMs = ARRIVAL_MS }: BodyLimits,
): Promise<Uint8Array> {
  const said = Number(request.headers.get('content-length') ?? NaN)
  if (said > most) throw tooLarge(most)
  if (said <= SHORT && request.headers.get('transfer-encoding') === null) {
    const bytes = await readShort(request, arrivalMs)
    if (bytes.length > most) throw tooLarge(most)
    return bytes
  }
  const chunks: Uint8Array[] = []
  let total = 0
  const reader = request.body?.getReader()
  const late = deadline(arrivalMs)
  try {
    while (reader !== undefined) {
      const { done, value } = await Promise.race([readChunk(reader), late.passed])
      if (done) break
      total += value.length
      if (total > most) throw tooLarge(most)
      chunks.push(value)
    }
  } catch (error) {
    reader?.cancel().catch(() => {})
    throw error
  } finally {
    late.clear()
  }
  return joined(chunks, total)
}

/** Not every runtime ends a body that drips in, so nobody may hold us by one. */
function deadline(ms: number): { readonly passed: Promise<never>; clear(): void } {
  let timer: ReturnType<typeof setTimeout>
  const passed = new Promise<never>((_resolve, reject) => {
    const detail = `The body did not arrive within ${ms} ms`
    timer = setTimeout(() => reject(new RampartError('timed_out', detail)), ms)
  })
  return { passed, clear: () => clearTimeout(timer) }
}

/** Whether no byte of a body comes. One that comes is lost: the request is refused then. */
export async function isEmpty(request: Request): Promise<boolean> {
  const reader = request.body?.getReader()
  if (reader === undefined) return true
  const { done, value } = await readChunk(reader)
  if (done) return true
  reader.cancel().catch(() => {})
  return value.length === 0
}

/** A body that breaks off is the caller's fault or the network's, never a defect of ours. */
async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read()
  } catch {
    throw invalid('The body broke off')
  }
}

function joined(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const all = new Uint8Array(total)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

function decode(bytes: Uint8Array): string {
  if (bytes.length === 0) throw invalid('The body is empty')
  try {
    // A byte order mark is kept, and then is no JSON.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw invalid('The body is not UTF-8')
  }
}

function tooLarge(limit: number): RampartError {
  return new RampartError('too_large', `The body is larger than ${limit} bytes`)
}
