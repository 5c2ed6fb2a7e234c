import { constants, lstatSync, readdirSync, writeSync } from 'node:fs'
import { chmod, type FileHandle, mkdir, open, rename, unlink } from 'node:fs/promises'
import { codeOf } from './safe-read.ts'

/** What the trail asks of a file system. A seam: tests let the nth write or flush fail. */
export interface FileOps {
  makeDirectory(dir: string): Promise<void>
  /** Names of regular files; links and directories are none. */
  list(dir: string): readonly string[]
  /** Undefined when nothing is there. Never follows a link. */
  stat(path: string): FileStat | undefined
  /** `create` fails with EEXIST when something is there; `append` and `read` when nothing is. */
  open(path: string, how: 'create' | 'append' | 'read'): Promise<OpenFile>
  remove(path: string): Promise<void>
  /** In the place of whatever stands there, or not at all. */
  rename(from: string, to: string): Promise<void>
  /** For its owner alone. */
  tighten(path: string, mode: 0o600 | 0o700): Promise<void>
  /** Make names that were created durable. */
  syncDirectory(dir: string): Promise<void>
}

export interface FileStat {
  readonly size: number
  readonly ino: bigint
  readonly changed: bigint
}

export interface OpenFile {
  stat(): Promise<FileStat>
  /** Bytes read; fewer than asked for at the end. */
  read(into: Uint8Array, position: number): Promise<number>
  /** Write at the end; resolves with how many bytes went out, which may be fewer than given. */
  write(bytes: Uint8Array): Promise<number>
  datasync(): Promise<void>
  truncate(size: number): Promise<void>
  close(): Promise<void>
}

const { O_RDONLY, O_RDWR, O_APPEND, O_CREAT, O_EXCL } = constants
const SAFELY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

const FLAGS = {
  create: O_RDWR | O_APPEND | O_CREAT | O_EXCL | SAFELY,
  append: O_RDWR | O_APPEND | SAFELY,
  read: O_RDONLY | SAFELY,
} as const

/** The real file system. What takes long is asynchronous; a look at a name is not. */
export const nodeFileOps: FileOps = {
  async makeDirectory(dir) {
    await mkdir(dir, { recursive: true, mode: 0o700 })
  },
  list: (dir) =>
    readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) =>
      entry.name
    ),
  stat(path) {
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false })
    return stats === undefined ? undefined : statOf(stats)
  },
  open: async (path, how) => openFile(await open(path, FLAGS[how], 0o600)),
  remove: (path) => unlink(path),
  rename: (from, to) => rename(from, to),
  tighten: (path, mode) => chmod(path, mode),
  async syncDirectory(dir) {
    const handle = await open(dir, O_RDONLY)
    try {
      await handle.sync()
    } catch (error) {
      // Some file systems cannot, and make names durable in their own way.
      if (!['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP'].includes(codeOf(error))) throw error
    } finally {
      await handle.close()
    }
  },
}

function statOf(stats: { size: bigint; ino: bigint; mtimeNs: bigint }): FileStat {
  return { size: Number(stats.size), ino: stats.ino, changed: stats.mtimeNs }
}

/** So much goes to the page cache in less time than a thread is found for it. */
const SHORT = 1 << 16

/** A handle in the words of this seam. */
export function openFile(handle: FileHandle): OpenFile {
  return {
    stat: async () => statOf(await handle.stat({ bigint: true })),
    read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
    write: async (bytes) =>
      bytes.length <= SHORT
        ? writeSync(handle.fd, bytes)
        : (await handle.write(bytes, 0, bytes.length, null)).bytesWritten,
    datasync: () => handle.datasync(),
    truncate: (size) => handle.truncate(size),
    close: () => handle.close(),
  }
}
