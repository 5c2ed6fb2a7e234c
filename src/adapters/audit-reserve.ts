import { open, stat, statfs, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Room that a trail keeps for the day the disk is full (security.md F28). */
export const RESERVE_BYTES = 16 << 20

export interface Reserve {
  /** Give the room back, or tell that it was just given back; false where there is none. */
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
  // Who failed for want of room while the reserve was made may try again: it took that room.
  let inTheWay = false
  const making = make(path, bytes).then((made) => {
    inTheWay = !made
  })
  return {
    async free() {
      await making
      const gaveUp = inTheWay
      inTheWay = false
      return await unlink(path).then(() => true, () => gaveUp)
    },
    close: () => making,
  }
}

/** Never fails: without a reserve everything else goes on. False where room was taken and given back. */
async function make(path: string, bytes: number): Promise<boolean> {
  if (bytes === 0 || await stat(path).then(() => true, () => false)) return true
  if (!await hasRoom(dirname(path), bytes)) return true
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
    return true
  } catch {
    // A part of it would only be in the way of those who fight for the last blocks.
    await unlink(path).catch(() => {})
    return false
  }
}

/** Whether the disk holds twice as much: nobody else is to fail because a reserve was tried. */
async function hasRoom(dir: string, bytes: number): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(dir)
    return bavail * bsize > 2 * bytes
  } catch {
    return true
  }
}
