import { createHash } from 'node:crypto'
import { RampartError } from '../errors.ts'
import { readAt } from './audit-lines.ts'
import type { OpenFile } from './audit-ops.ts'
import { isStatePath, MANIFEST, samePath } from './state-archive-paths.ts'
import { BLOCK, decodeBlock, decodePax, type Header } from '../bundle/tar.ts'

/** What a manifest says of one file. */
export interface Listed {
  readonly path: string
  readonly size: number
  readonly sha256: string
}

export interface Manifest {
  readonly schema: typeof BACKUP_SCHEMA
  readonly created: string
  readonly version: string
  /** Whether keys and token are in it. */
  readonly secrets: boolean
  readonly files: readonly Listed[]
}

export const BACKUP_SCHEMA = 'rampart.backup.v1'

/** Takes the bytes of a file of an archive, in order. */
export type Receive = (path: string) => Promise<{
  bytes(bytes: Uint8Array): Promise<void>
  end(): Promise<void>
}>

const MOST_FILES = 100_000
const LARGEST_MANIFEST = 32 << 20
const CHUNK = 1 << 20

/**
 * Read an archive from its beginning to its end, and hand on its files. Rejects with `request_invalid`
 * and the reason unless every byte of it is as `backup` writes it: paths of ours alone, each once, regular
 * files alone, and each with the size and SHA-256 that the manifest at the end says.
 *
 * What it handed on before it rejects is not to be used.
 */
export async function readArchive(file: OpenFile, receive: Receive): Promise<Manifest> {
  const { size } = await file.stat()
  const found = new Map<string, Listed>()
  let at = 0
  try {
    for (;;) {
      const { header, start } = await nextHeader(file, at)
      at = start + header.size + (BLOCK - header.size % BLOCK) % BLOCK
      if (at > size) throw new Error('it is cut off')
      if (header.path === MANIFEST) {
        const manifest = await readManifest(file, header, start)
        await expectEnd(file, at, size)
        compare(manifest, found)
        return manifest
      }
      check(header, found)
      const listed = await copy(file, header, start, receive)
      found.set(samePath(header.path), listed)
    }
  } catch (error) {
    if (error instanceof RampartError || codeIn(error)) throw error
    throw broken((error as Error).message)
  }
}

function codeIn(error: unknown): boolean {
  return typeof (error as { code?: unknown }).code === 'string' && !(error instanceof TypeError)
}

function broken(why: string): RampartError {
  return new RampartError('request_invalid', `The archive cannot be restored: ${why}`)
}

/** The header of the next file, its path from the pax header before it where there is one. */
async function nextHeader(
  file: OpenFile,
  at: number,
): Promise<{ readonly header: Header; readonly start: number }> {
  const block = decodeBlock(await readAt(file, at, BLOCK))
  if (block.kind === 'end') throw new Error(`it ends without ${MANIFEST}`)
  const start = at + BLOCK
  if (block.kind === 'file') return { header: block.header, start }
  const { size } = block.header
  if (size > BLOCK * 8) throw new Error('a pax header is too long')
  const path = decodePax(await readAt(file, start, size))
  const behind = start + size + (BLOCK - size % BLOCK) % BLOCK
  const next = decodeBlock(await readAt(file, behind, BLOCK))
  if (next.kind !== 'file') throw new Error('a pax header has no file')
  return { header: { ...next.header, path }, start: behind + BLOCK }
}

function check({ path }: Header, found: ReadonlyMap<string, Listed>): void {
  if (!isStatePath(path)) throw new Error(`"${path}" is not a path of a state directory`)
  if (found.has(samePath(path))) throw new Error(`"${path}" is in it twice`)
  if (found.size >= MOST_FILES) throw new Error(`it holds more than ${MOST_FILES} files`)
}

async function copy(
  file: OpenFile,
  { path, size }: Header,
  start: number,
  receive: Receive,
): Promise<Listed> {
  const hash = createHash('sha256')
  const to = await receive(path)
  try {
    for (let at = 0; at < size;) {
      const bytes = await readAt(file, start + at, Math.min(CHUNK, size - at))
      if (bytes.length === 0) throw new Error('it is cut off')
      hash.update(bytes)
      await to.bytes(bytes)
      at += bytes.length
    }
  } finally {
    await to.end()
  }
  return { path, size, sha256: hash.digest('hex') }
}

async function readManifest(file: OpenFile, { size }: Header, start: number): Promise<Manifest> {
  if (size > LARGEST_MANIFEST) throw new Error('its manifest is too long')
  const bytes = await readAt(file, start, size)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Error('its manifest cannot be read')
  }
  if (!isManifest(value)) throw new Error('its manifest is not one that this version knows')
  return value
}

function isManifest(value: unknown): value is Manifest {
  const manifest = (value ?? {}) as Partial<Record<keyof Manifest, unknown>>
  return manifest.schema === BACKUP_SCHEMA && typeof manifest.created === 'string' &&
    typeof manifest.version === 'string' && typeof manifest.secrets === 'boolean' &&
    Array.isArray(manifest.files) && manifest.files.every(isListed)
}

function isListed(value: unknown): value is Listed {
  const { path, size, sha256 } = (value ?? {}) as Partial<Record<keyof Listed, unknown>>
  return typeof path === 'string' && Number.isSafeInteger(size) &&
    typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)
}

async function expectEnd(file: OpenFile, at: number, size: number): Promise<void> {
  const end = await readAt(file, at, 2 * BLOCK)
  if (end.length < 2 * BLOCK || !end.every((byte) => byte === 0)) throw new Error('it is cut off')
  if (at + 2 * BLOCK !== size) throw new Error('something stands behind its end')
}

function compare({ files }: Manifest, found: ReadonlyMap<string, Listed>): void {
  if (files.length !== found.size) throw new Error('its manifest lists other files')
  for (const { path, size, sha256 } of files) {
    const there = found.get(samePath(path))
    if (there?.path !== path) throw new Error(`"${path}" is in its manifest alone`)
    if (there.size !== size || there.sha256 !== sha256) {
      throw new Error(`"${path}" is not what its manifest says`)
    }
  }
}
