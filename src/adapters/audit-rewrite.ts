import { join } from 'node:path'
import { verdictOn } from './audit-damage.ts'
import { linesForward, readAt } from './audit-lines.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { writeAll } from './audit-recover.ts'

const BLOCK = 1 << 18
const LINE_FEED = new Uint8Array([10])

/** A file of a trail, and the names of what a repair makes beside it. */
export interface Rewritten {
  readonly dir: string
  readonly name: string
  /** Where the lines go that are moved out. */
  readonly side: string
  /** Where the rest is gathered until it takes the file's place. */
  readonly draft: string
}

/**
 * Move every line that is no event out of a file, byte for byte, into the one beside it, and end a last
 * line that lacks its line feed. The rest keeps its bytes. It happens as a whole or not at all; whoever
 * calls it holds the lock. False where nothing had to be moved out.
 */
export async function rewrite(paths: Rewritten, ops: FileOps): Promise<boolean> {
  const { dir, name, side, draft } = paths
  const opened: OpenFile[] = []
  let placed = false
  async function open(path: string, how: 'create' | 'read'): Promise<OpenFile> {
    const file = await ops.open(join(dir, path), how)
    opened.push(file)
    return file
  }
  try {
    const from = await open(name, 'read')
    const [kept, out] = [await open(draft, 'create'), await open(side, 'create')]
    const moved = await divide(from, kept, out)
    for (const file of [kept, out]) await file.datasync()
    if (!moved) await ops.remove(join(dir, side))
    await ops.syncDirectory(dir)
    await ops.rename(join(dir, draft), join(dir, name))
    placed = true
    await ops.syncDirectory(dir)
    return moved
  } catch (error) {
    // From then on the file beside it holds the only copy of what was moved out.
    for (const path of placed ? [] : [draft, side]) {
      await ops.remove(join(dir, path)).catch(() => {})
    }
    throw error
  } finally {
    for (const file of opened) await file.close().catch(() => {})
  }
}

/** True when something went out. */
async function divide(from: OpenFile, kept: OpenFile, out: OpenFile): Promise<boolean> {
  let moved = false
  let run = { to: kept, start: 0, end: 0 }
  async function flush(): Promise<void> {
    await copyRange(from, run.start, run.end, run.to)
    if (run.to === out && run.end > run.start) moved = true
  }
  for await (const lines of linesForward(from)) {
    for (const line of lines) {
      const verdict = verdictOn(line)
      const to = verdict === 'keep' || verdict === 'no line feed' ? kept : out
      if (to !== run.to) {
        await flush()
        run = { to, start: line.start, end: line.start }
      }
      run.end = line.end
      if (verdict !== 'no line feed') continue
      await flush()
      await writeAll(kept, LINE_FEED)
      run = { to: kept, start: line.end, end: line.end }
    }
  }
  await flush()
  return moved
}

async function copyRange(from: OpenFile, start: number, end: number, to: OpenFile): Promise<void> {
  for (let at = start; at < end;) {
    const bytes = await readAt(from, at, Math.min(BLOCK, end - at))
    if (bytes.length === 0) throw Object.assign(new Error('It became shorter'), { code: 'EIO' })
    await writeAll(to, bytes)
    at += bytes.length
  }
}
