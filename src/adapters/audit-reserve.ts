import { open, stat, unlink } from 'node:fs/promises'

/** Room that a trail keeps for the day the disk is full (security.md F28). */
export const RESERVE_BYTES = 16 << 20

export interface Reserve {
  /** Give the room back; false where there is none. */
  free(): Promise<boolean>
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>
}

const CHUNK = 1 << 20

/**
 * A file of so many bytes, made beside the way of calls and only where there is room for it. What it
 * frees is for the last decisions and for saying that the disk is full; the next start makes it anew.
 */
export function openReserve(path: string, bytes: number): Reserve {
  let making = make(path, bytes)
  return {
    async free() {
      await making
      try {
        await unlink(path)
        return true
      } catch {
        return false
      }
    },
    async close() {
      await making
      making = Promise.resolve()
    },
  }
}

/** Never fails: without a reserve everything else goes on. */
async function make(path: string, bytes: number): Promise<void> {
  if (bytes === 0 || await stat(path).then(() => true, () => false)) return
  try {
    const handle = await open(path, 'wx', 0o600)
    try {
      const chunk = new Uint8Array(Math.min(CHUNK, bytes))
      for (let left = bytes; left > 0; left -= chunk.length) {
        await handle.write(left < chunk.length ? chunk.subarray(0, left) : chunk)
      }
    } finally {
      await handle.close()
    }
  } catch {
    // A part of it would only be in the way of those who fight for the last blocks.
    await unlink(path).catch(() => {})
  }
}
