import { basename, dirname } from 'node:path'
import { trailFile } from './audit-files.ts'
import { openArchive } from './audit-gzip-read.ts'
import { unpackFile } from './audit-gzip-pack.ts'
import { type FileOps, nodeFileOps, type OpenFile } from './audit-ops.ts'
import { codeOf } from './safe-read.ts'

/** What a packed file is called beside its own name. */
export const PACKED = '.gz'

/** The name of the trail file that an archive stands for, undefined for any other name. */
export function unpackedName(name: string): string | undefined {
  if (!name.endsWith(PACKED)) return undefined
  return trailFile(name.slice(0, -PACKED.length))?.name
}

/**
 * A file system in which `X.jsonl` is there where only `X.jsonl.gz` is: listed, and read by the offsets of
 * the unpacked bytes. Where both are, the plain one counts. Who opens a packed one to append to it gets
 * it unpacked; he holds the lock of the trail.
 */
export function withArchives(ops: FileOps): FileOps {
  return {
    ...ops,
    list(dir) {
      const names = ops.list(dir)
      const plain = new Set(names)
      const packed = names.map(unpackedName).filter((name) => name !== undefined)
      return [...names, ...packed.filter((name) => !plain.has(name))]
    },
    async open(path, how) {
      if (trailFile(basename(path)) === undefined) return await ops.open(path, how)
      if (how === 'create') return await create(path, ops)
      return await found(() => ops.open(path, how)) ?? await openPacked(path, how, ops) ??
        // Between the two looks somebody may have unpacked it.
        await ops.open(path, how)
    },
  }
}

/** The real file system, old files of a trail packed or not. */
export const trailFileOps: FileOps = withArchives(nodeFileOps)

async function create(path: string, ops: FileOps): Promise<OpenFile> {
  if (ops.stat(path + PACKED) === undefined) return await ops.open(path, 'create')
  throw Object.assign(new Error(`${path + PACKED} is there`), { code: 'EEXIST' })
}

async function openPacked(
  path: string,
  how: 'append' | 'read',
  ops: FileOps,
): Promise<OpenFile | undefined> {
  if (how === 'append') {
    if (ops.stat(path + PACKED) === undefined) return undefined
    await unpackFile(dirname(path), basename(path), ops)
    return await ops.open(path, 'append')
  }
  const file = await found(() => ops.open(path + PACKED, 'read'))
  return file === undefined ? undefined : await openArchive(file)
}

async function found(open: () => Promise<OpenFile>): Promise<OpenFile | undefined> {
  try {
    return await open()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
