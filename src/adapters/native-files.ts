import { chmod, lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { RampartError } from '../errors.ts'
import { hashBytes } from '../runtime/hasher.ts'
import { randomHex } from './hash.ts'
import { codeOf } from './safe-read.ts'

/** A file of machine code that we carry. */
export interface NativeFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * Put a native file into a directory of ours, 0755, and return its path. What lies there already is used
 * only when it is ours, closed to others and the same to the byte; anything else is replaced as a whole,
 * so that of several processes at once each finds one whole file.
 *
 * @throws RampartError `state_unusable` with the place when it cannot be written.
 */
export async function unpackNative(dir: string, { name, bytes }: NativeFile): Promise<string> {
  const path = join(dir, name)
  try {
    await ownDirectoryOf(dir)
    if (await isSame(path, bytes)) return path
    const made = join(dir, `.${name}.${randomHex(6)}.tmp`)
    try {
      const file = await open(made, 'wx', 0o700)
      try {
        await file.writeFile(bytes)
        await file.chmod(0o755)
        await file.datasync()
      } finally {
        await file.close()
      }
      await rename(made, path)
    } catch (error) {
      await rm(made, { force: true })
      throw error
    }
    return path
  } catch (error) {
    if (error instanceof RampartError) throw error
    throw new RampartError('state_unusable', `Cannot write ${path}: ${codeOf(error)}`)
  }
}

async function ownDirectoryOf(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const { uid, mode } = await lstat(dir)
  if (uid !== process.getuid?.()) {
    throw new RampartError('state_unusable', `Cannot use ${dir}: it belongs to uid ${uid}`)
  }
  if ((mode & 0o022) !== 0) await chmod(dir, 0o700)
}

/** Whether the very same file lies there, and nobody else can have a hand in it. */
async function isSame(path: string, bytes: Uint8Array): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined)
  if (stats === undefined || !stats.isFile() || stats.size !== bytes.length) return false
  if (stats.uid !== process.getuid?.() || (stats.mode & 0o777) !== 0o755) return false
  return hashBytes(await readFile(path)) === hashBytes(bytes)
}
