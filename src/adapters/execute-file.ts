import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, lstat, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { FileTask, Ran, TaskLimits } from '../ports.ts'
import { Capture } from './execute-capture.ts'
import { checkRoots, holdDirectory, holdFile, Unfit, wordOf } from './execute-place.ts'
import { randomHex } from './hash.ts'

const CHUNK = 65_536

export interface FilePlace {
  readonly roots: readonly string[]
  /** Files of ours, which no other name of theirs opens (security.md F34). */
  readonly protectedPaths: readonly string[]
  /** Of files that were not there. */
  readonly newFileMode?: number | undefined
}

/** The beginning of a regular file, as far as the limit goes, by the descriptor that was checked. */
export async function readTask(
  { path }: FileTask,
  { outputBytes }: TaskLimits,
  { roots, protectedPaths }: FilePlace,
): Promise<Ran> {
  const { handle } = await holdFile(path, roots)
  try {
    const stats = await handle.stat({ bigint: true })
    await refuseProtected(stats, protectedPaths)
    const capture = new Capture('content', outputBytes)
    let more = true
    while (capture.bytes < outputBytes) {
      const chunk = new Uint8Array(Math.min(CHUNK, outputBytes - capture.bytes))
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, null)
      more = bytesRead > 0
      if (!more) break
      capture.add(chunk.subarray(0, bytesRead))
    }
    const isCut = more && await isLonger(handle)
    return { state: 'done', outputs: [capture.result(isCut)] }
  } catch (error) {
    throw error instanceof Unfit ? error : new Unfit(`It cannot be read: ${wordOf(error)}`)
  } finally {
    await handle.close()
  }
}

async function isLonger(handle: FileHandle): Promise<boolean> {
  return (await handle.read(new Uint8Array(1), 0, 1, null)).bytesRead > 0
}

async function refuseProtected(stats: BigIntStats, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const own = await stat(path, { bigint: true }).catch(() => undefined)
    if (own !== undefined && own.dev === stats.dev && own.ino === stats.ino) {
      throw new Unfit('It is a file of Rampart')
    }
  }
}

/**
 * Put a text in the place of what a file held: whole or not at all, with the mode and owner it had. All goes
 * through the directory as it was opened and checked: what is swapped meanwhile is not written to.
 */
export async function writeTask(
  { path, content = '' }: FileTask,
  place: FilePlace,
): Promise<Ran> {
  checkRoots(path, place.roots)
  const name = basename(path)
  const { handle, name: dir } = await holdDirectory(dirname(path), place.roots)
  const made = `${dir}/.rampart-${randomHex(8)}.tmp`
  try {
    const before = await standing(`${dir}/${name}`)
    await fill(made, content, before, place.newFileMode ?? 0o644)
    await rename(made, `${dir}/${name}`)
    await handle.sync().catch(() => {})
    return { state: 'done', detail: before === undefined ? 'created' : 'replaced', outputs: [] }
  } catch (error) {
    await rm(made, { force: true })
    throw error instanceof Unfit ? error : new Unfit(`It cannot be written: ${wordOf(error)}`)
  } finally {
    await handle.close()
  }
}

/** What stands at the name: a regular file or nothing. */
async function standing(path: string): Promise<Owned | undefined> {
  const stats = await lstat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  })
  if (stats?.isSymbolicLink()) throw new Unfit('It is a link')
  if (stats !== undefined && !stats.isFile()) throw new Unfit('It is not a regular file')
  return stats
}

interface Owned {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

async function fill(
  path: string,
  content: string,
  before: Owned | undefined,
  newMode: number,
): Promise<void> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  // Nobody reads it before it has the mode of what it replaces.
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  try {
    await file.writeFile(content)
    if (before === undefined) await file.chmod(newMode)
    else await takeOver(file, before)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Bits that run a file as its owner are not kept: what it says is another thing now. */
async function takeOver(file: FileHandle, { mode, uid, gid }: Owned): Promise<void> {
  const own = await file.stat()
  if (own.uid !== uid || own.gid !== gid) {
    await file.chown(uid, gid).catch(() => {
      throw new Unfit('It belongs to another user or group')
    })
  }
  await file.chmod(mode & 0o777)
}
