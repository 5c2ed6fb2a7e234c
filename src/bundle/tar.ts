/**
 * The part of tar (POSIX.1-2001) that backups and bundles are made of: regular files, with a pax header
 * where a path needs one. Whatever else tar knows (links, devices, directories, GNU extensions) is refused by name.
 */
export const BLOCK = 512

/** One file of an archive. */
export interface Header {
  readonly path: string
  readonly size: number
  readonly mode: number
  /** Seconds since the epoch. */
  readonly time: number
}

/** A block that heads a file, a pax header, or the end of the archive. */
export type Block =
  | { readonly kind: 'file' | 'pax'; readonly header: Header }
  | { readonly kind: 'end' }

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Longest path that needs no pax header. */
const SHORT = 100
/** Largest size that the field of a header holds. */
const LARGEST = 0o77777777777

/** What stands before the bytes of a file. */
export function encodeHeader(header: Header): Uint8Array {
  const path = encoder.encode(header.path)
  const isPlain = path.length <= SHORT && path.every((byte) => byte >= 0x20 && byte < 0x7f)
  if (isPlain) return block(header, path, '0')
  const record = paxRecord('path', header.path)
  const pax = { ...header, size: record.length }
  const shown = encoder.encode('pax')
  return join([block(pax, shown, 'x'), record, padding(record.length), block(header, shown, '0')])
}

/** Blanks up to the next block. */
export function padding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - size % BLOCK) % BLOCK)
}

/** What stands at the end of an archive. */
export const END: Uint8Array = new Uint8Array(2 * BLOCK)

function block({ size, mode, time }: Header, path: Uint8Array, type: string): Uint8Array {
  if (size > LARGEST) throw new RangeError('A file is too large for an archive')
  const bytes = new Uint8Array(BLOCK)
  const put = (at: number, text: string) => bytes.set(encoder.encode(text), at)
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`
  bytes.set(path)
  put(100, octal(mode, 7))
  put(108, octal(0, 7))
  put(116, octal(0, 7))
  put(124, octal(size, 11))
  put(136, octal(Math.max(0, time), 11))
  put(156, type)
  put(257, 'ustar\x0000')
  put(148, `${octal(checksum(bytes), 6)} `)
  return bytes
}

/** Of all bytes of a block, those of the checksum itself taken for blanks. */
function checksum(bytes: Uint8Array): number {
  let sum = 8 * 0x20
  bytes.forEach((byte, at) => sum += at >= 148 && at < 156 ? 0 : byte)
  return sum
}

/** `length key=value\n`, the length counting itself. */
function paxRecord(key: string, value: string): Uint8Array {
  const rest = encoder.encode(` ${key}=${value}\n`)
  let length = rest.length
  while (length !== rest.length + String(length).length) {
    length = rest.length + String(length).length
  }
  return join([encoder.encode(String(length)), rest])
}

/** Read one block. Throws with what is wrong with it. */
export function decodeBlock(bytes: Uint8Array): Block {
  if (bytes.length !== BLOCK) throw new Error('it is cut off')
  if (bytes.every((byte) => byte === 0)) return { kind: 'end' }
  if (text(bytes, 257, 263) !== 'ustar' || text(bytes, 263, 265) !== '00') {
    throw new Error('it is not an archive that rampart wrote')
  }
  if (number(bytes, 148, 156) !== checksum(bytes)) throw new Error('a header has a wrong checksum')
  const type = String.fromCharCode(bytes[156]!)
  if (type !== '0' && type !== 'x') {
    throw new Error(`it holds ${TYPES[type] ?? 'something that is no regular file'}`)
  }
  if (text(bytes, 157, 257) !== '' || text(bytes, 345, 500) !== '') {
    throw new Error('a header has fields that rampart does not write')
  }
  const header = {
    path: text(bytes, 0, 100),
    size: number(bytes, 124, 136),
    mode: number(bytes, 100, 108),
    time: number(bytes, 136, 148),
  }
  return { kind: type === 'x' ? 'pax' : 'file', header }
}

const TYPES: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a device',
  '4': 'a device',
  '5': 'a directory',
  '6': 'a pipe',
  g: 'a global pax header',
  K: 'a GNU extension',
  L: 'a GNU extension',
  S: 'a sparse file',
}

/** The path that a pax header gives the file behind it; it says nothing else. */
export function decodePax(bytes: Uint8Array): string {
  const match = /^(\d{1,6}) path=([^\n]*)\n$/.exec(decoder.decode(bytes))
  if (match === null || Number(match[1]) !== bytes.length) {
    throw new Error('a pax header says something else than one path')
  }
  return match[2]!
}

/** A field up to its first NUL; what follows must be NUL too. */
function text(bytes: Uint8Array, from: number, to: number): string {
  const field = bytes.subarray(from, to)
  const end = field.indexOf(0)
  const used = end < 0 ? field : field.subarray(0, end)
  if (end >= 0 && !field.subarray(end).every((byte) => byte === 0)) {
    throw new Error('a field of a header goes on behind its end')
  }
  return decoder.decode(used)
}

function number(bytes: Uint8Array, from: number, to: number): number {
  const field = String.fromCharCode(...bytes.subarray(from, to))
  const match = /^([0-7]{1,11})[\0 ]{1,2}$/.exec(field)
  if (match === null) throw new Error('a number of a header cannot be read')
  return Number.parseInt(match[1]!, 8)
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
