import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'

/**
 * Put a text in the place of what a file of ours held, 0600: all of it durable before anybody sees any of
 * it. After a failure the file is as it was, and nothing is left beside it but what a kill leaves (`*.tmp`).
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const made = `${path}.${randomUUID().slice(0, 8)}.tmp`
  try {
    const file = await open(made, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(made, path)
  } catch (error) {
    await rm(made, { force: true })
    throw error
  }
}
