import { constants } from 'node:fs'
import { lstat, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { type Gaps, NOTE_BYTES, readGaps } from '../audit/gaps.ts'
import { codeOf } from './safe-read.ts'

/** Notes beyond it are counted by their bytes. */
const READ_BYTES = 1 << 20

/** Where programs note what they let through while no server answered (`gaps` beside the socket). */
export interface GapFile {
  /**
   * Hand over what was noted since the last time, or before this server started. The notes are gone once
   * `tell` resolved; where it rejects, or the server ends meanwhile, they are told the next time.
   */
  drain(tell: (gaps: Gaps) => Promise<void>): Promise<void>
}

/**
 * Notes are renamed away before they are read, so that none is read half written or twice.
 *
 * @param share - opens the file to other accounts, who cannot make one; without it whoever notes makes it
 */
export function gapFile(path: string, share?: (at: string) => void): GapFile {
  const directory = dirname(path)
  const prefix = `${basename(path)}.`
  let taken = 0
  return {
    async drain(tell) {
      // What was renamed before has had time to be written to its end.
      const waiting = await readdir(directory).catch(() => [])
      for (const name of waiting.filter((one) => one.startsWith(prefix)).sort()) {
        const file = join(directory, name)
        const gaps = await gapsIn(file)
        if (gaps !== undefined && gaps.count > 0) await tell(gaps)
        await rm(file, { force: true, recursive: true })
      }
      if (share !== undefined && await isEmptyFile(path)) return share(path)
      const away = `${path}.${process.pid}-${++taken}`
      await rename(path, away).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error
      })
      if (share !== undefined) await offer(path, share)
    },
  }
}

async function isEmptyFile(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined)
  return stats !== undefined && stats.isFile() && stats.size === 0
}

/** Put an empty file there for those who may write, but not make files. */
async function offer(path: string, share: (at: string) => void): Promise<void> {
  const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })
  await handle?.close()
  share(path)
}

/** Undefined for what is no file: a directory, a link, a pipe. */
async function gapsIn(file: string): Promise<Gaps | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined)
  if (handle === undefined) return undefined
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) return undefined
    const bytes = new Uint8Array(Math.min(READ_BYTES, stats.size))
    let length = 0
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    const read = readGaps(new TextDecoder().decode(bytes.subarray(0, length)))
    const more = Math.floor(Math.max(0, stats.size - READ_BYTES) / NOTE_BYTES)
    return { ...read, count: read.count + more }
  } finally {
    await handle.close().catch(() => {})
  }
}
