import { join } from 'node:path'
import { readStub, type Stub, stubLine, STUBS } from '../audit/stub.ts'
import { RampartError } from '../errors.ts'
import { PACKED } from './audit-gzip.ts'
import { digestOf } from './audit-gzip-pack.ts'
import { readAt } from './audit-lines.ts'
import type { FileOps } from './audit-ops.ts'
import { writeAll } from './audit-recover.ts'
import { codeOf } from './safe-read.ts'

/** Largest file of stubs that is read: one prune a day for a thousand years is smaller. */
const LARGEST = 256 << 20

/** The lines of `pruned.jsonl`; none where there is no such file. */
export async function stubLines(dir: string, ops: FileOps): Promise<readonly string[]> {
  let file
  try {
    file = await ops.open(join(dir, STUBS), 'read')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
  try {
    const { size } = await file.stat()
    if (size > LARGEST) throw new Error(`${STUBS} is larger than ${LARGEST} bytes`)
    const text = new TextDecoder().decode(await readAt(file, 0, size))
    return text === '' ? [] : text.replace(/\n$/, '').split('\n')
  } finally {
    await file.close()
  }
}

/** The stubs of a trail; rejects with `state_unusable` where a line is none: nothing is built on it. */
export async function readStubs(dir: string, ops: FileOps): Promise<readonly Stub[]> {
  return (await stubLines(dir, ops)).map((line, index) => {
    const stub = readStub(line)
    if (typeof stub !== 'string') return stub
    const detail = `${STUBS}:${index + 1}: ${stub}. Next: rampart audit verify`
    throw new RampartError('state_unusable', detail)
  })
}

/** Add a stub; the file is replaced as a whole, so that there is never half of one. */
export async function addStub(
  dir: string,
  stubs: readonly Stub[],
  ops: FileOps,
): Promise<void> {
  const path = join(dir, STUBS)
  const draft = `${path}.tmp`
  if (ops.stat(draft) !== undefined) await ops.remove(draft)
  const file = await ops.open(draft, 'create')
  try {
    const text = stubs.map((stub) => `${stubLine(stub)}\n`).join('')
    await writeAll(file, new TextEncoder().encode(text))
    await file.datasync()
  } finally {
    await file.close()
  }
  await ops.rename(draft, path)
  await ops.syncDirectory(dir)
}

/** A file that a stub stands for and that is there all the same. */
export interface Leftover {
  readonly name: string
  readonly stub: Stub
  /** Whether it is the one that was pruned; any other file of that name is none of ours. */
  readonly isSame: boolean
}

/** What was to be removed and is still there: who pruned it was killed, or somebody brought it back. */
export async function leftoversOf(
  dir: string,
  stubs: readonly Stub[],
  ops: FileOps,
): Promise<readonly Leftover[]> {
  const found: Leftover[] = []
  const there = new Set(ops.list(dir))
  for (const stub of stubs) {
    for (const { name, sha256 } of stub.files) {
      if (!there.has(name)) continue
      const digest = await ops.open(join(dir, name), 'read').then((file) => digestOf(file))
        .catch(() => undefined)
      found.push({ name, stub, isSame: `sha256:${digest}` === sha256 })
    }
  }
  return found
}

/** Remove a file of the trail in each of its forms. */
export async function removeFile(dir: string, name: string, ops: FileOps): Promise<void> {
  for (const path of [name, name + PACKED].map((one) => join(dir, one))) {
    if (ops.stat(path) !== undefined) await ops.remove(path)
  }
}
