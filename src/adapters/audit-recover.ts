import { join } from 'node:path'
import type { Json } from '../engine/types.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { codeOf } from './safe-read.ts'

const COPY = 1 << 16

/**
 * Move a half-written line out of the way, into a file beside it: a crash is no reason to lose bytes,
 * and no reason to stop. Resolves with what the recovery event says. When the bytes cannot be moved
 * they stay, and `error` says why.
 */
export async function quarantine(
  file: OpenFile,
  range: { readonly from: number; readonly to: number },
  to: { readonly dir: string; readonly name: string },
  ops: FileOps,
): Promise<{ readonly error?: unknown; readonly detail: Readonly<Record<string, Json>> }> {
  const bytes = range.to - range.from
  try {
    await copyOut(file, range, join(to.dir, to.name), ops)
    await ops.syncDirectory(to.dir)
    // Made durable with the next append.
    await file.truncate(range.from)
    return { detail: { torn_bytes: bytes, kept_as: to.name } }
  } catch (error) {
    // A disk that stays full must not fill with halves of copies.
    await ops.remove(join(to.dir, to.name)).catch(() => {})
    return { error, detail: { torn_bytes: bytes, left_in_place: codeOf(error) } }
  }
}

async function copyOut(
  file: OpenFile,
  { from, to }: { readonly from: number; readonly to: number },
  path: string,
  ops: FileOps,
): Promise<void> {
  const copy = await ops.open(path, 'create')
  try {
    const buffer = new Uint8Array(COPY)
    for (let at = from; at < to;) {
      const read = await file.read(buffer.subarray(0, Math.min(COPY, to - at)), at)
      if (read === 0) break
      await writeAll(copy, buffer.subarray(0, read))
      at += read
    }
    await copy.datasync()
  } finally {
    await copy.close()
  }
}

/** Write all bytes or reject: a full disk may take some of them. */
export async function writeAll(file: OpenFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const written = await file.write(bytes.subarray(at))
    if (written <= 0) throw Object.assign(new Error('Nothing was written'), { code: 'EIO' })
    at += written
  }
}
