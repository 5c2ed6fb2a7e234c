import { constants } from 'node:fs'
import { type FileHandle, open, readlink, stat } from 'node:fs/promises'

/** Why something is not done, in words for the caller. */
export class Unfit extends Error {}

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants

/** An opened file or directory, and a name of it that nobody can point elsewhere. */
export interface Held {
  readonly handle: FileHandle
  readonly name: string
}

/**
 * Open a directory that lies where its path says: no part of the path is a link, which the kernel tells of
 * what was opened, not of what stands at the path a moment later.
 */
export async function holdDirectory(path: string, roots: readonly string[]): Promise<Held> {
  return await held(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, roots, 'directory')
}

/** The same for a regular file: a pipe is not waited for, and a device is not touched. */
export async function holdFile(path: string, roots: readonly string[]): Promise<Held> {
  const found = await held(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY, roots, 'file')
  if ((await found.handle.stat()).isFile()) return found
  await found.handle.close()
  throw new Unfit('It is not a regular file')
}

async function held(
  path: string,
  flags: number,
  roots: readonly string[],
  what: string,
): Promise<Held> {
  const plain = path.length > 1 ? path.replace(/\/$/, '') : path
  checkRoots(plain, roots)
  const handle = await open(plain, flags).catch((error: unknown) => {
    throw new Unfit(`The ${what} cannot be opened: ${wordOf(error)}`)
  })
  try {
    const name = `/proc/self/fd/${handle.fd}`
    const [own, seen] = [await handle.stat({ bigint: true }), await stat(name, { bigint: true })]
    if (own.dev !== seen.dev || own.ino !== seen.ino) {
      throw new Unfit('This runtime does not tell what it opened')
    }
    const real = await readlink(name)
    if (real !== plain) throw new Unfit(`The ${what} is reached through a link, or was moved`)
    return { handle, name }
  } catch (error) {
    await handle.close()
    throw error instanceof Unfit ? error : new Unfit(`The ${what} cannot be checked`)
  }
}

/** With no roots named the policies alone say where. */
export function checkRoots(path: string, roots: readonly string[]): void {
  if (roots.length === 0) return
  const inside = roots.some((root) => root === '/' || path === root || path.startsWith(`${root}/`))
  if (!inside) throw new Unfit('It is outside the directories that the server executes in')
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  ELOOP: 'it is a link',
  EMLINK: 'it is a link',
  ENOTDIR: 'it is no directory, or a link',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  ENXIO: 'it is not a regular file',
}

export function wordOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return WORDS[code ?? ''] ?? String(code ?? 'it failed')
}
