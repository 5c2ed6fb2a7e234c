import { join } from 'node:path'
import { type Anchor, anchorLine, ANCHORS, readAnchor } from '../audit/anchor.ts'
import { linesBackward, textOf } from './audit-lines.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { writeAll } from './audit-recover.ts'
import { codeOf } from './safe-read.ts'

/** Most lines that are looked at for one that can be read. */
const LOOKED_AT = 200

/** The anchors of a trail, newest first, as far as somebody asks; lines that are none are passed over. */
export async function* anchorsBackward(dir: string, ops: FileOps): AsyncGenerator<Anchor> {
  const file = await openOr(dir, ops, 'read')
  if (file === undefined) return
  try {
    for await (const lines of linesBackward(file, (await file.stat()).size)) {
      for (const line of lines) {
        const text = line.terminated ? textOf(line) : undefined
        const read = text === undefined ? '' : readAnchor(text)
        if (typeof read !== 'string') yield read.anchor
      }
    }
  } finally {
    await file.close()
  }
}

/** The last anchor, which nothing proves yet. */
export async function lastAnchorOf(dir: string, ops: FileOps): Promise<Anchor | undefined> {
  for await (const anchor of anchorsBackward(dir, ops)) return anchor
  return undefined
}

/** Whether one of the last anchors hands over to a key. */
export async function isHandedOver(dir: string, keyId: string, ops: FileOps): Promise<boolean> {
  let looked = 0
  for await (const { next_key_id } of anchorsBackward(dir, ops)) {
    if (next_key_id === keyId) return true
    if (++looked >= LOOKED_AT) return false
  }
  return false
}

/** Append anchors with one write, durable when this resolves with the file's size. Who calls it holds the lock of anchors. */
export async function appendAnchors(
  dir: string,
  anchors: readonly Anchor[],
  ops: FileOps,
): Promise<number> {
  const bytes = new TextEncoder().encode(
    anchors.map((anchor) => `${anchorLine(anchor)}\n`).join(''),
  )
  const there = await openOr(dir, ops, 'append')
  const file = there ?? await ops.open(join(dir, ANCHORS), 'create')
  try {
    if (there === undefined) await ops.syncDirectory(dir)
    const size = await mend(file)
    try {
      await writeAll(file, bytes)
      await file.datasync()
      return size + bytes.length
    } catch (error) {
      // What stands half written is cut here, or by the next append.
      await file.truncate(size).catch(() => {})
      throw error
    }
  } finally {
    await file.close()
  }
}

/** Cut a half-written last line, which says nothing; the size that is left. */
async function mend(file: OpenFile): Promise<number> {
  const { size } = await file.stat()
  const end = new Uint8Array(1)
  if (size === 0 || (await file.read(end, size - 1) === 1 && end[0] === 10)) return size
  for await (const lines of linesBackward(file, size)) {
    const last = lines[0]
    if (last === undefined) continue
    await file.truncate(last.start)
    return last.start
  }
  return size
}

async function openOr(
  dir: string,
  ops: FileOps,
  how: 'read' | 'append',
): Promise<OpenFile | undefined> {
  try {
    return await ops.open(join(dir, ANCHORS), how)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
