import { constants, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** Why a file was not read; `detail` is fit for a fault of that file. */
export interface Unreadable {
  readonly text?: undefined
  readonly bytes?: undefined
  readonly detail: string
  readonly code: string
}

export interface Readable {
  readonly text: string
  readonly stats: Stats
}

export interface ReadableBytes {
  readonly bytes: Uint8Array
  readonly stats: Stats
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'The file is gone',
  EACCES: 'The file cannot be read: permission denied',
  EISDIR: 'A directory stands where a file is expected',
  ELOOP: 'A symbolic link is not followed here',
  EMLINK: 'A symbolic link is not followed here',
  ENXIO: 'Not a regular file',
}

interface ReadOptions {
  /** Most bytes. */
  readonly limit: number
  readonly followLinks: boolean
}

/**
 * Read a small text file that somebody else may have replaced by anything: a device, a pipe, a
 * directory or something endless. Never blocks on opening and never reads more than `limit` bytes.
 */
export async function readSmall(
  path: string,
  options: ReadOptions,
): Promise<Readable | Unreadable> {
  const read = await readSmallBytes(path, options)
  if (read.bytes === undefined) return read
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(read.bytes), stats: read.stats }
  } catch (error) {
    return unreadable(codeOf(error))
  }
}

/** The same for a file that is no text. */
export async function readSmallBytes(
  path: string,
  options: ReadOptions,
): Promise<ReadableBytes | Unreadable> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, flags(options.followLinks))
    const stats = await handle.stat()
    if (stats.isDirectory()) return unreadable('EISDIR')
    if (!stats.isFile()) return { detail: 'Not a regular file', code: 'ENOTREG' }
    if (stats.size > options.limit) return tooLarge(options.limit)
    const bytes = await readUpTo(handle, options.limit + 1)
    if (bytes.length > options.limit) return tooLarge(options.limit)
    return { bytes, stats }
  } catch (error) {
    return unreadable(codeOf(error))
  } finally {
    await handle?.close().catch(() => {})
  }
}

/** The errno of a failed file operation, or a word of our own. */
export function codeOf(error: unknown): string {
  if (error instanceof TypeError && !('code' in error && typeof error.code === 'string')) {
    return 'EUTF8'
  }
  const code = (error as { code?: unknown } | null)?.code
  return code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
    ? 'EUTF8'
    : typeof code === 'string'
    ? code
    : 'EUNKNOWN'
}

function flags(followLinks: boolean): number {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants
  return O_RDONLY | (O_NONBLOCK ?? 0) | (followLinks ? 0 : O_NOFOLLOW ?? 0)
}

async function readUpTo(handle: FileHandle, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let total = 0
  while (total < most) {
    const chunk = new Uint8Array(Math.min(65_536, most - total))
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, null)
    if (bytesRead === 0) break
    chunks.push(chunk.subarray(0, bytesRead))
    total += bytesRead
  }
  return Buffer.concat(chunks, total)
}

function tooLarge(limit: number): Unreadable {
  return { detail: `The file is larger than ${limit} bytes`, code: 'EFBIG' }
}

function unreadable(code: string): Unreadable {
  if (code === 'EUTF8') return { detail: 'The file is not valid UTF-8', code }
  return { detail: WORDS[code] ?? `The file cannot be read: ${code}`, code }
}
