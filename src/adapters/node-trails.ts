import { Buffer } from 'node:buffer'
import { join } from 'node:path'
import { ANCHORS, readAnchor } from '../audit/anchor.ts'
import { GENESIS, type Head } from '../audit/chain.ts'
import { readEvent } from '../audit/read.ts'
import { RampartError } from '../errors.ts'
import type { NodeTrails } from '../ports.ts'
import { trailFile, trailFiles } from './audit-files.ts'
import { linesBackward, textOf } from './audit-lines.ts'
import { type FileOps, nodeFileOps } from './audit-ops.ts'
import { sha256 } from './hash.ts'

/** Where the copy of a node's trail ends. */
interface End {
  readonly head: Head
  readonly anchors: Anchored
}

/** The last event with an anchor, and the lines of its anchors: where the key changes it has two. */
interface Anchored {
  readonly seq: number
  readonly texts: readonly string[]
}

/**
 * Copies of nodes' trails, a directory each, laid out as a trail is: what reads and verifies a trail reads
 * and verifies them. Lines are only ever added. What a kill left half-written goes when a copy is opened.
 */
export function nodeTrails(root: string, ops: FileOps = nodeFileOps): NodeTrails {
  const ends = new Map<string, Promise<End>>()
  const turns = new Map<string, Promise<unknown>>()
  const dirOf = (id: string) => join(root, id)

  function endOf(id: string): Promise<End> {
    const known = ends.get(id)
    if (known !== undefined) return known
    const read = openCopy(dirOf(id), ops)
    ends.set(id, read)
    // Asked again it may be well.
    read.catch(() => ends.delete(id))
    return read
  }

  return {
    hash: sha256,
    head: async (id) => (await endOf(id)).head,
    anchored: async (id) => (await endOf(id)).anchors.seq,
    async append(id, { file, lines, anchors }, head) {
      if (trailFile(file) === undefined) {
        throw new RampartError('request_invalid', 'The file is no file of a trail')
      }
      const end = await endOf(id)
      const fresh = anchorsBeyond(end.anchors, head.seq, anchors)
      if (lines.length === 0 && fresh.texts.length === 0) return
      // Should one of them fail, what is on the disk says where to go on.
      ends.delete(id)
      await ops.makeDirectory(dirOf(id))
      if (lines.length > 0) await addLines(dirOf(id), file, lines, ops)
      if (fresh.texts.length > 0) await addLines(dirOf(id), ANCHORS, fresh.texts, ops)
      ends.set(id, Promise.resolve({ head, anchors: fresh.last }))
    },
    async exclusively(id, work) {
      const before = turns.get(id) ?? Promise.resolve()
      const turn = before.then(work, work)
      turns.set(id, turn.catch(() => {}))
      return await turn
    },
  }
}

/** The anchors that come next, of events that the copy holds; what is none of them is left out. */
function anchorsBeyond(
  known: Anchored,
  most: number,
  texts: readonly string[],
): { readonly texts: readonly string[]; readonly last: Anchored } {
  let last = known
  const fresh = texts.filter((text) => {
    const seq = anchorSeq(text)
    if (seq === undefined || seq < last.seq || seq > most || last.texts.includes(text)) return false
    last = { seq, texts: seq === last.seq ? [...last.texts, text] : [text] }
    return true
  })
  return { texts: fresh, last }
}

function anchorSeq(text: string): number | undefined {
  const read = readAnchor(text)
  return typeof read === 'string' ? undefined : read.anchor.seq
}

async function addLines(
  dir: string,
  name: string,
  lines: readonly string[],
  ops: FileOps,
): Promise<void> {
  const path = join(dir, name)
  const isNew = ops.stat(path) === undefined
  const file = await ops.open(path, isNew ? 'create' : 'append')
  try {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
    for (let sent = 0; sent < bytes.length;) sent += await file.write(bytes.subarray(sent))
    await file.datasync()
  } finally {
    await file.close()
  }
  if (isNew) await ops.syncDirectory(dir)
}

async function openCopy(dir: string, ops: FileOps): Promise<End> {
  if (ops.stat(dir) === undefined) return { head: GENESIS, anchors: { seq: 0, texts: [] } }
  const names = ops.list(dir)
  let head: Head | undefined
  for (const { name } of trailFiles(names).reverse()) {
    await fromEnd(dir, name, ops, (text) => head = readEvent(text))
    if (head !== undefined) break
  }
  const { seq, hash, time } = head ?? GENESIS
  let anchors: Anchored = { seq: 0, texts: [] }
  if (names.includes(ANCHORS)) {
    await fromEnd(dir, ANCHORS, ops, (text) => {
      const at = anchorSeq(text) ?? 0
      if (anchors.seq !== 0 && at !== anchors.seq) return true
      anchors = { seq: at, texts: [text, ...anchors.texts] }
      return undefined
    })
  }
  return { head: { seq, hash, time }, anchors }
}

/** The whole lines of a file, the last one first, until one is what is looked for; half a line at the end is cut off. */
async function fromEnd(
  dir: string,
  name: string,
  ops: FileOps,
  isIt: (text: string) => unknown,
): Promise<void> {
  const file = await ops.open(join(dir, name), 'append')
  try {
    // What an append left behind that failed before it was durable counts from here on.
    await file.datasync()
    const { size } = await file.stat()
    for await (const lines of linesBackward(file, size)) {
      for (const line of lines) {
        if (!line.terminated) await file.truncate(line.start)
        else if (isIt(textOf(line) ?? '') !== undefined) return
      }
    }
  } finally {
    await file.close()
  }
}
