import { join } from 'node:path'
import { type Member, MEMBER_BYTES, packMember, tableMember } from './audit-gzip-format.ts'
import { openArchive } from './audit-gzip-read.ts'
import { readAt } from './audit-lines.ts'
import type { Lock } from './audit-lock.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { writeAll } from './audit-recover.ts'
import { sha256Hasher } from './hash.ts'

const PACKED = '.gz'
/** Members of one file, at most about this many: well below what a table holds. */
const MEMBERS = 4000
const LINE_FEED = 10

export interface PackOptions {
  readonly dir: string
  readonly ops: FileOps
  /** Of the trail, held for the switch alone. */
  readonly lock: Pick<Lock, 'take' | 'give'>
  /** Awaited between members, so that calls come first. */
  readonly pause?: (() => Promise<void>) | undefined
}

/**
 * `packed`: the archive stands in the place of the file. `differs`: both are there and are not the same,
 * and nothing was touched. `torn`: the file does not end with a line, and stays as it is.
 */
export type Packed = 'packed' | 'differs' | 'torn'

/**
 * Put `X.jsonl.gz` in the place of a file that nobody writes to any more. At no time are both away, and the
 * file goes only when what its archive unpacks to was read back and is the same.
 */
export async function packFile(name: string, options: PackOptions): Promise<Packed> {
  const { dir, ops, lock } = options
  const [plain, packed, draft] = ['', PACKED, `${PACKED}.tmp`].map((end) => join(dir, name + end))
  const before = ops.stat(plain!)
  // What a process left that was killed while it packed.
  if (ops.stat(draft!) !== undefined) await ops.remove(draft!)
  if (ops.stat(packed!) === undefined) {
    const made = await makeDraft(plain!, draft!, options)
    if (made === 'torn') return made
    if (!await isSame(plain!, draft!, options)) throw changed(name)
  } else if (!await isSame(plain!, packed!, options)) return 'differs'
  await lock.take()
  try {
    const now = ops.stat(plain!)
    if (now === undefined || now.ino !== before?.ino || now.size !== before.size) {
      throw changed(name)
    }
    if (ops.stat(draft!) !== undefined) {
      await ops.rename(draft!, packed!)
      await ops.syncDirectory(dir)
    }
    await ops.remove(plain!)
    await ops.syncDirectory(dir)
  } finally {
    lock.give()
  }
  return 'packed'
}

/** The plain file again, in the place of its archive. Whoever calls it holds the lock of the trail. */
export async function unpackFile(dir: string, name: string, ops: FileOps): Promise<void> {
  const [plain, packed, draft] = ['', PACKED, '.tmp'].map((end) => join(dir, name + end))
  if (ops.stat(draft!) !== undefined) await ops.remove(draft!)
  const from = await openArchive(await ops.open(packed!, 'read'))
  try {
    const to = await ops.open(draft!, 'create')
    try {
      for await (const block of blocksOf(from)) await writeAll(to, block)
      await to.datasync()
    } finally {
      await to.close()
    }
  } finally {
    await from.close()
  }
  await ops.rename(draft!, plain!)
  await ops.syncDirectory(dir)
  await ops.remove(packed!)
  await ops.syncDirectory(dir)
}

async function makeDraft(
  plain: string,
  draft: string,
  { ops, pause }: PackOptions,
): Promise<'made' | 'torn'> {
  const from = await ops.open(plain, 'read')
  try {
    const { size } = await from.stat()
    if (size > 0 && (await readAt(from, size - 1, 1))[0] !== LINE_FEED) return 'torn'
    const to = await ops.open(draft, 'create')
    try {
      await packInto(to, from, size, pause)
      await to.datasync()
    } finally {
      await to.close()
    }
    return 'made'
  } finally {
    await from.close()
  }
}

/** Members of whole lines, then the table of them. */
async function packInto(
  to: OpenFile,
  from: OpenFile,
  size: number,
  pause: PackOptions['pause'],
): Promise<void> {
  const most = Math.max(MEMBER_BYTES, Math.ceil(size / MEMBERS))
  const members: Member[] = []
  for (let at = 0; at < size;) {
    const block = await readAt(from, at, Math.min(most, size - at))
    if (block.length === 0) break
    const whole = block.lastIndexOf(LINE_FEED) + 1
    const plain = whole > 0 ? block.subarray(0, whole) : block
    const packed = await packMember(plain)
    await writeAll(to, packed)
    members.push({ packed: packed.length, plain: plain.length })
    at += plain.length
    await pause?.()
  }
  await writeAll(to, tableMember(members))
}

/** Whether an archive unpacks to what a file holds. */
export async function isSame(
  plain: string,
  packed: string,
  { ops, pause }: Pick<PackOptions, 'ops' | 'pause'>,
): Promise<boolean> {
  const one = await digestOf(await ops.open(plain, 'read'), pause)
  const archive = await ops.open(packed, 'read').then(openArchive).catch(() => undefined)
  if (archive === undefined) return false
  const other = await digestOf(archive, pause).catch(() => undefined)
  return one === other
}

/** SHA-256 of all bytes, in hex. The file is closed. */
export async function digestOf(file: OpenFile, pause?: () => Promise<void>): Promise<string> {
  try {
    const hash = sha256Hasher()
    for await (const block of blocksOf(file)) {
      hash.update(block)
      await pause?.()
    }
    return hash.digest('hex')
  } finally {
    await file.close()
  }
}

async function* blocksOf(file: OpenFile): AsyncGenerator<Uint8Array> {
  for (let at = 0;;) {
    const block = await readAt(file, at, MEMBER_BYTES)
    if (block.length === 0) return
    yield block
    at += block.length
  }
}

function changed(name: string): Error {
  return Object.assign(new Error(`${name} changed while it was packed`), { code: 'ESTALE' })
}
