import { constants } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { randomHex } from './hash.ts'

/**
 * Put a text, or bytes, in the place of what a file of ours held, 0600 unless given: all of it durable before anybody sees any of
 * it, and its name too, as far as the file system lets us. After a failure the file is as it was, and nothing is left beside it but what a kill leaves (`*.tmp`).
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  mode = 0o600,
): Promise<void> {
  const made = `${path}.${randomHex(4)}.tmp`
  try {
    const file = await open(made, 'wx', mode)
    try {
      await file.writeFile(content)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(made, path)
    await syncDirectory(dirname(path))
  } catch (error) {
    await rm(made, { force: true })
    throw error
  }
}

/** Windows has no such thing to be synced; the rename itself is whole all the same. */
async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, constants.O_RDONLY).catch(() => undefined)
  try {
    await handle?.sync()
  } catch {
    // Some file systems make names durable in their own way.
  } finally {
    await handle?.close()
  }
}
