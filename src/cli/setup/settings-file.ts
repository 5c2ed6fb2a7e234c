import { constants, type Stats } from 'node:fs'
import { chown, lstat, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { randomHex, sha256 } from '../../adapters/hash.ts'
import { codeOf } from '../../adapters/safe-read.ts'
import { RampartError } from '../../errors.ts'

/** No settings file of an agent is longer; what is endless is not read. */
const LONGEST = 4 << 20
const DRAFT = '.rampart-draft'

/** A file of somebody else's as it stands. */
export interface Settings {
  readonly bytes: Uint8Array
  readonly text: string
  readonly mode: number
  readonly gid: number
}

export const refusal = (path: string, why: string): RampartError =>
  new RampartError('config_invalid', `${path} is left as it is: ${why}`)

/**
 * Read a settings file, byte for byte. Undefined where there is none.
 *
 * @throws RampartError for a link, for what is no file, for one that is too long or no UTF-8.
 */
export async function readSettings(path: string): Promise<Settings | undefined> {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants
  try {
    const handle = await open(path, O_RDONLY | (O_NONBLOCK ?? 0) | (O_NOFOLLOW ?? 0))
    try {
      const stats = await handle.stat()
      return await whole(path, await readUpTo(handle, path, stats), stats)
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof RampartError) throw error
    const code = codeOf(error)
    if (code === 'ENOENT') return undefined
    throw refusal(path, WORDS[code] ?? code)
  }
}

const LINK = 'it is a symbolic link; set up the file that it leads to'
const WORDS: Readonly<Record<string, string>> = {
  ELOOP: LINK,
  EMLINK: LINK,
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  ENOTDIR: 'a file stands where a directory is expected',
  EISDIR: 'a directory stands where a file is expected',
}

async function readUpTo(
  handle: Awaited<ReturnType<typeof open>>,
  path: string,
  stats: Stats,
): Promise<Uint8Array> {
  if (stats.isDirectory()) throw refusal(path, WORDS.EISDIR!)
  if (!stats.isFile()) throw refusal(path, 'it is no regular file')
  if (stats.size > LONGEST) throw refusal(path, `it is longer than ${LONGEST} bytes`)
  const bytes = new Uint8Array(await handle.readFile())
  if (bytes.length > LONGEST) throw refusal(path, `it is longer than ${LONGEST} bytes`)
  return bytes
}

async function whole(path: string, bytes: Uint8Array, stats: Stats): Promise<Settings> {
  try {
    // The mark at its start is part of it.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return await Promise.resolve({ bytes, text, mode: stats.mode & 0o7777, gid: stats.gid })
  } catch {
    throw refusal(path, 'it is not valid UTF-8')
  }
}

/** What a file says, for comparing. */
export const digestOf = ({ bytes }: Pick<Settings, 'bytes'>): string =>
  sha256(Buffer.from(bytes).toString('base64'))

export interface Write {
  readonly path: string
  readonly content: Uint8Array
  readonly mode: number
  /** What the file said when the change was worked out; anything else there now was written since. */
  readonly before: Settings | undefined
}

/**
 * Put a file in the place of another: whole or not at all, with its mode and group. What a kill leaves is a
 * draft beside it, which the next one takes away.
 *
 * @throws RampartError when somebody else wrote the file meanwhile, and when it cannot be written.
 */
export async function writeSettings({ path, content, mode, before }: Write): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomHex(6)}${DRAFT}`)
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(content)
      await file.chmod(mode)
      await file.datasync()
    } finally {
      await file.close()
    }
    // A file keeps its group where we may give it one.
    if (before !== undefined) await chown(draft, -1, before.gid).catch(() => {})
    await expectUnchanged(path, before)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    if (error instanceof RampartError) throw error
    throw refusal(path, WORDS[codeOf(error)] ?? codeOf(error))
  }
}

/** Take a file away that says what it said. */
export async function removeSettings(path: string, before: Settings): Promise<void> {
  await expectUnchanged(path, before)
  await rm(path)
}

async function expectUnchanged(path: string, before: Settings | undefined): Promise<void> {
  const now = await readSettings(path)
  const isSame = now === undefined || before === undefined
    ? now === before
    : digestOf(now) === digestOf(before)
  if (!isSame) throw refusal(path, 'somebody changed it just now; run this again')
}

/** Drafts of a setup that was killed. The lock of `setup` is held, so none is being written. */
export async function sweepDrafts(path: string): Promise<void> {
  const dir = dirname(path)
  for (const name of await readdir(dir).catch((): string[] => [])) {
    if (!name.startsWith(`.${basename(path)}.`) || !name.endsWith(DRAFT)) continue
    const draft = join(dir, name)
    const stats = await lstat(draft).catch(() => undefined)
    if (stats?.isFile()) await rm(draft, { force: true })
  }
}

/** Directories that were made for our files, as far as nothing else came into them. */
export async function removeEmpty(directories: readonly string[]): Promise<void> {
  for (const dir of directories.toReversed()) await rmdir(dir).catch(() => {})
}
