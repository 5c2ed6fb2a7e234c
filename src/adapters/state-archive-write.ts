import { createHash, type Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type Line, linesBackward, readAt } from './audit-lines.ts'
import { type OpenFile, openFile } from './audit-ops.ts'
import { writeAll } from './audit-recover.ts'
import { BACKUP_SCHEMA, type Listed, type Manifest } from './state-archive-read.ts'
import { MANIFEST } from './state-archive-paths.ts'
import { encodeHeader, END, padding } from '../bundle/tar.ts'

/** A file that goes into an archive. */
export interface Source {
  /** Where it goes in the archive. */
  readonly path: string
  /** Where it is. */
  readonly from: string
  /** Whether links are followed to it: a person may keep his policies elsewhere. */
  readonly followLinks: boolean
  /** It may be appended to meanwhile: its whole lines are taken. */
  readonly isAppended: boolean
}

const CHUNK = 1 << 20
const { O_RDONLY } = constants
const NOFOLLOW = constants.O_NOFOLLOW ?? 0
const NONBLOCK = constants.O_NONBLOCK ?? 0

/** Write files one after the other, and a manifest of what was written behind them. */
export async function writeArchive(
  to: OpenFile,
  sources: readonly Source[],
  about: Omit<Manifest, 'schema' | 'files'>,
): Promise<Manifest> {
  const files: Listed[] = []
  const time = Math.trunc(Date.parse(about.created) / 1000)
  for (const source of sources) files.push(await writeFile(to, source, time))
  const manifest: Manifest = { schema: BACKUP_SCHEMA, ...about, files }
  const text = new TextEncoder().encode(`${JSON.stringify(manifest)}\n`)
  await writeAll(to, encodeHeader({ path: MANIFEST, size: text.length, mode: 0o600, time }))
  for (const part of [text, padding(text.length), END]) await writeAll(to, part)
  return manifest
}

async function writeFile(to: OpenFile, source: Source, time: number): Promise<Listed> {
  const { path, isAppended } = source
  const file = openFile(await openSource(source))
  try {
    const now = (await file.stat()).size
    const size = isAppended ? await wholeLines(file, now) : now
    await writeAll(to, encodeHeader({ path, size, mode: 0o600, time }))
    const hash = createHash('sha256')
    await copy(file, size, to, hash, source.from)
    await writeAll(to, padding(size))
    return { path, size, sha256: hash.digest('hex') }
  } finally {
    await file.close()
  }
}

async function openSource({ from, followLinks }: Source): Promise<FileHandle> {
  const handle = await open(from, O_RDONLY | NONBLOCK | (followLinks ? 0 : NOFOLLOW))
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw Object.assign(new Error(`${from} is not a regular file`), { code: 'ENOTREG' })
}

/** Where the last whole line ends. */
async function wholeLines(file: OpenFile, size: number): Promise<number> {
  for await (const lines of linesBackward(file, size)) {
    const whole: Line | undefined = lines.find(({ terminated }) => terminated)
    if (whole !== undefined) return whole.end
  }
  return 0
}

async function copy(
  file: OpenFile,
  size: number,
  to: OpenFile,
  hash: Hash,
  from: string,
): Promise<void> {
  for (let at = 0; at < size;) {
    const bytes = await readAt(file, at, Math.min(CHUNK, size - at))
    if (bytes.length === 0) {
      throw Object.assign(new Error(`${from} became shorter`), { code: 'ESTALE' })
    }
    hash.update(bytes)
    await writeAll(to, bytes)
    at += bytes.length
  }
}
